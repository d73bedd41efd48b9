#include "generation/run_checkpoint.h"

#include "base/error.h"
#include "generation/checkpoint_files.h"
#include "nn/tensor_bundle.h"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include <ATen/ATen.h>

namespace rushes {

namespace {

namespace fs = std::filesystem;

/// That the steps of one block may take on the disk where all of them are kept. Of more, some are left out.
constexpr std::uint64_t most_history_bytes = std::uint64_t{1} << 30;

std::uint64_t bytes_of(const Denoising::State& state) {
    std::uint64_t sum = 0;
    for (const auto& [name, tensor] : state) {
        sum += tensor.nbytes();
    }
    return sum;
}

} // namespace

RunCheckpoint::RunCheckpoint(fs::path own, fs::path kept, std::string identity, Note note)
    : own_(std::move(own)),
      every_step_(!kept.empty()),
      identity_(std::move(identity)),
      note_(std::move(note)) {
    look_into_kept(kept);
    look_into_own();
}

void RunCheckpoint::look_into_kept(const fs::path& kept) {
    const std::string run = short_name(identity_);
    std::error_code none;
    for (const auto& folder : fs::directory_iterator(kept, none)) {
        for (const auto& entry : fs::directory_iterator(folder.path(), none)) {
            const auto file = checkpoint_file(entry.path());
            if (file && file->run == run && file->kind != "prompt") { // a wish is of its run alone
                files_[entry.path().filename().string()] = entry.path();
            }
        }
    }
}

void RunCheckpoint::look_into_own() {
    const std::string run = short_name(identity_);
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(own_, none)) {
        const auto file = checkpoint_file(entry.path());
        if (file && file->run != run) {
            refuse("it is of another run, model, version or device");
            return;
        }
        if (file) {
            files_[entry.path().filename().string()] = entry.path();
        }
    }
}

void RunCheckpoint::refuse(const std::string& problem) {
    forget();
    note_("The run begins again, its checkpoint cannot be used: " + problem + ".");
}

int RunCheckpoint::first_pass() const {
    int latest = 0;
    for (const auto& [name, path] : files_) {
        latest = std::max(latest, checkpoint_file(path)->pass);
    }
    return latest;
}

CheckpointFile RunCheckpoint::file_of(const char* kind, const Place& place, int steps) const {
    return {kind, place.pass, place.block, steps, identity_, place.lineage};
}

std::optional<TensorBundle> RunCheckpoint::read(const char* kind, const Place& place, int steps) {
    const auto found = files_.find(name_of(file_of(kind, place, steps)));
    if (found == files_.end()) {
        return std::nullopt;
    }
    const fs::path path = found->second;
    auto bundle = read_bundle(path);
    const auto says = [&](const char* name, const std::string& text) {
        const auto written = bundle->texts.find(name);
        return written != bundle->texts.end() && written->second == text;
    };
    std::error_code none;
    if (bundle && says("identity", identity_) && says("lineage", place.lineage)) {
        fs::last_write_time(path.parent_path(), fs::file_time_type::clock::now(), none); // it is of use
        return bundle;
    }
    if (path.parent_path() == own_) {
        refuse(
            bundle && bundle->texts.contains("identity") ? "it is of another run, model, version or device"
                                                         : "it is damaged"
        );
    } else { // what others left serves or does not
        files_.erase(found);
        fs::remove(path, none);
    }
    return std::nullopt;
}

at::Tensor RunCheckpoint::block(const Place& place) {
    const auto bundle = read("block", place, 0);
    if (!bundle) {
        return {};
    }
    const auto latents = bundle->tensors.find("latents");
    if (latents == bundle->tensors.end()) { // whole, and yet not as this program writes them
        refuse("it is damaged");
        return {};
    }
    return latents->second;
}

std::optional<RunCheckpoint::Steps> RunCheckpoint::steps(const Place& place, int done) {
    const auto bundle = read("steps", place, done);
    return bundle ? std::optional(Steps{done, bundle->tensors}) : std::nullopt;
}

std::optional<std::string> RunCheckpoint::prompt(const Place& place) {
    const auto bundle = read("prompt", place, 0);
    if (!bundle || !bundle->texts.contains("prompt")) {
        return std::nullopt;
    }
    return bundle->texts.at("prompt");
}

void RunCheckpoint::keep_block(const Place& place, const at::Tensor& latents) {
    keep(file_of("block", place, 0), place, {.texts = {}, .tensors = {{"latents", latents}}});
    last_steps_.clear();
}

void RunCheckpoint::keep_steps(const Place& place, const Steps& done, int steps) {
    const CheckpointFile file = file_of("steps", place, done.done);
    if (!keep(file, place, {.texts = {}, .tensors = done.state})) {
        return;
    }
    if (!last_steps_.empty()) {
        std::error_code none;
        fs::remove(last_steps_, none);
    }
    const std::uint64_t all = bytes_of(done.state) * static_cast<std::uint64_t>(steps);
    const auto every = static_cast<int>(1 + all / most_history_bytes);
    const bool stays = every_step_ && done.done % every == 0;
    last_steps_ = stays ? fs::path() : own_ / name_of(file);
}

void RunCheckpoint::keep_prompt(const Place& place, const std::string& prompt) {
    keep(file_of("prompt", place, 0), place, {.texts = {{"prompt", prompt}}, .tensors = {}});
}

/// False: nothing is kept.
bool RunCheckpoint::keep(const CheckpointFile& file, const Place& place, TensorBundle bundle) {
    if (own_.empty()) {
        return false;
    }
    bundle.texts.insert({{"identity", identity_}, {"lineage", place.lineage}});
    try {
        write_bundle(own_ / name_of(file), bundle);
        return true;
    } catch (const Error& failure) {
        own_.clear();
        note_("The run goes on without checkpoints. " + std::string(failure.what()));
        return false;
    }
}

void RunCheckpoint::forget() {
    std::erase_if(files_, [&](const auto& file) { return file.second.parent_path() == own_; });
    last_steps_.clear();
    remove_checkpoint(own_);
}

} // namespace rushes
