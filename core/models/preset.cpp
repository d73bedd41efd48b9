#include "models/preset.h"

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/new_directory.h"
#include "base/paths.h"
#include "nn/weights/random_weights.h"

#include <algorithm>

namespace rushes {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t shard_bytes = 5'000'000'000; ///< as published ones are cut
constexpr std::uint64_t seed = 1;

/// Any that has no more pieces than the text encoder: the prompt's length is what counts.
void copy_tokenizer(const fs::path& target) {
    for (const auto& model : fs::directory_iterator(resources_dir() / "models")) {
        if (fs::is_directory(model.path() / "tokenizer")) {
            fs::copy(model.path() / "tokenizer", target, fs::copy_options::recursive);
            return;
        }
    }
    throw Error(ErrorKind::bug, "The program's resources hold no tokenizer.");
}

} // namespace

std::uint64_t ModelPreset::bytes() const {
    std::uint64_t sum = 0;
    for (const Component& component : components) {
        for (const TensorShape& tensor : component.tensors) {
            sum += tensor.bytes();
        }
    }
    return sum;
}

void write_random_model(
    const ModelPreset& preset,
    const fs::path& target,
    const std::function<void(double)>& progress,
    const std::stop_token& stop
) {
    require_room(target, preset.bytes());
    NewDirectory directory(target);
    for (const auto& [name, text] : preset.files) {
        write_file(directory.path() / name, text);
    }
    const auto is_of_tokenizer = [&](const auto& file) {
        return file.first.starts_with(preset.lent_tokenizer + "/");
    };
    if (std::ranges::none_of(preset.files, is_of_tokenizer)) {
        copy_tokenizer(directory.path() / preset.lent_tokenizer);
    }
    const double all = std::max(1.0, static_cast<double>(preset.bytes()));
    std::uint64_t done = 0;
    RandomWeights random(seed);
    for (const ModelPreset::Component& component : preset.components) {
        const fs::path folder = directory.path() / component.directory;
        fs::create_directories(folder);
        const ShardPlan plan = plan_shards(component.tensors, component.stem, shard_bytes);
        for (const ShardPlan::Shard& shard : plan.shards) {
            SafetensorsWriter writer(folder / shard.file, shard.tensors, {{"format", "pt"}});
            const auto take = [&](std::span<const std::byte> bytes) {
                writer.write(bytes);
                done += bytes.size();
            };
            for (const TensorShape& tensor : shard.tensors) {
                random.make(tensor, take, stop);
                if (progress) {
                    progress(static_cast<double>(done) / all);
                }
            }
            writer.finish();
        }
        if (!plan.index.empty()) {
            write_file(folder / (component.stem + ".safetensors.index.json"), plan.index);
        }
    }
    directory.keep();
}

} // namespace rushes
