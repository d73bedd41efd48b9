// What it takes to switch LoRAs of a model that is loaded, beside loading it.
//   build/release/bench/lora_bench MODEL [--device cpu] [--dtype bf16] [--rank 32]
// MODEL is a directory in the diffusers layout; the LoRA is a random one of this rank for each product of its
// transformers, written for the time of the measurement.
#include "models/pipeline.h"
#include "models/registry.h"
#include "nn/weights/random_weights.h"
#include "nn/weights/safetensors_writer.h"
#include "nn/weights/weight_index.h"

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <unistd.h>
#include <vector>

#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

namespace rushes {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// Removed at the end.
class RandomLora {
public:
    RandomLora(const fs::path& component, std::int64_t rank) {
        std::vector<TensorShape> tensors;
        const WeightIndex index = index_weights(component);
        for (const auto& [name, place] : index.places) {
            const auto& shape = index.entry(place).shape;
            if (shape.size() == 2 && name.starts_with("blocks.")) {
                const std::string layer = name.substr(0, name.rfind('.'));
                tensors.push_back({layer + ".lora_A.weight", TensorDtype::bf16, {rank, shape[1]}});
                tensors.push_back({layer + ".lora_B.weight", TensorDtype::bf16, {shape[0], rank}});
            }
        }
        SafetensorsWriter writer(file_, tensors);
        RandomWeights random(1);
        for (const TensorShape& tensor : tensors) {
            random.make(tensor, [&](std::span<const std::byte> bytes) { writer.write(bytes); }, {});
        }
        writer.finish();
    }

    ~RandomLora() { fs::remove(file_); }

    const fs::path& file() const { return file_; }

private:
    const fs::path file_ =
        fs::temp_directory_path() / ("rushes-lora-bench-" + std::to_string(::getpid()) + ".safetensors");
};

template <typename Work>
void row(const char* what, const Work& work) {
    const auto start = Clock::now();
    work();
    std::printf("| %s | %.2f s |\n", what, std::chrono::duration<double>(Clock::now() - start).count());
    std::fflush(stdout);
}

int run(int count, char** arguments) {
    LoadOptions options{.device = "cpu", .dtype = "bf16"};
    std::int64_t rank = 32;
    for (int i = 2; i + 1 < count; i += 2) {
        const std::string flag = arguments[i];
        const std::string value = arguments[i + 1];
        if (flag == "--rank") {
            rank = std::stoll(value);
        } else {
            (flag == "--device" ? options.device : options.dtype) = value;
        }
    }
    const c10::InferenceMode no_gradients;
    const ModelInfo info = describe_model(arguments[1]);
    const RandomLora lora(info.part("transformer"), rank);
    std::printf(
        "LoRA of %.0f MB, %d threads\n", double(fs::file_size(lora.file())) / 1e6, at::get_num_threads()
    );
    std::unique_ptr<Pipeline> pipeline;
    row("the model loaded", [&] { pipeline = load_pipeline(info, options, {}); });
    row("a LoRA switched on", [&] { pipeline->change_loras({{lora.file(), 0.8}}, {}); });
    row("its strength changed", [&] { pipeline->change_loras({{lora.file(), 0.5}}, {}); });
    row("switched off", [&] { pipeline->change_loras({}, {}); });
    return 0;
}

} // namespace
} // namespace rushes

int main(int count, char** arguments) {
    if (count < 2 || count % 2 != 0) {
        std::fprintf(stderr, "lora_bench MODEL [--device cpu] [--dtype bf16] [--rank 32]\n");
        return 2;
    }
    return rushes::run(count, arguments);
}
