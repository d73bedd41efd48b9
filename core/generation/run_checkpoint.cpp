#include "generation/run_checkpoint.h"

#include "base/error.h"
#include "nn/tensor_bundle.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include <ATen/ATen.h>

namespace rushes {

namespace {

namespace fs = std::filesystem;

constexpr const char* suffix = ".checkpoint";

int number_in(const TensorBundle& bundle, const std::string& name) {
    int number = 0;
    const std::string& text = bundle.texts.at(name);
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

} // namespace

RunCheckpoint::RunCheckpoint(fs::path folder, std::string identity, Note note)
    : folder_(std::move(folder)), identity_(std::move(identity)), note_(std::move(note)) {
    if (!folder_.empty()) {
        read();
    }
}

void RunCheckpoint::read() {
    const char* problem = nullptr;
    std::error_code error;
    for (const auto& file : fs::directory_iterator(folder_, error)) {
        if (file.path().extension() != suffix) {
            continue; // what a kill left half written
        }
        const auto bundle = read_bundle(file.path());
        if (!bundle || !bundle->texts.contains("identity")) {
            problem = "it is damaged";
        } else if (bundle->texts.at("identity") != identity_) {
            problem = "it is of another run, model, version or device";
        } else {
            try {
                take(*bundle);
            } catch (const std::out_of_range&) { // whole, and yet not as this program writes them
                problem = "it is damaged";
            }
        }
    }
    if (problem != nullptr) {
        refuse(problem);
    }
}

void RunCheckpoint::refuse(const std::string& problem) {
    forget();
    note_("The run begins again, its checkpoint cannot be used: " + problem + ".");
}

void RunCheckpoint::take(const TensorBundle& bundle) {
    const Place place{number_in(bundle, "pass"), number_in(bundle, "block")};
    first_pass_ = std::max(first_pass_, place.first);
    const std::string& kind = bundle.texts.at("kind");
    if (kind == "block") {
        blocks_[place] = bundle.tensors.at("latents");
    } else if (kind == "prompt") {
        prompts_[place] = bundle.texts.at("prompt");
    } else {
        steps_[place] = {number_in(bundle, "done"), bundle.tensors};
    }
}

at::Tensor RunCheckpoint::block(int pass, int block) const {
    const auto found = blocks_.find({pass, block});
    return found == blocks_.end() ? at::Tensor() : found->second;
}

std::optional<RunCheckpoint::Steps> RunCheckpoint::steps(int pass, int block) const {
    const auto found = steps_.find({pass, block});
    return found == steps_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string> RunCheckpoint::prompt(int pass, int block) const {
    const auto found = prompts_.find({pass, block});
    return found == prompts_.end() ? std::nullopt : std::optional(found->second);
}

void RunCheckpoint::keep_block(int pass, int block, const at::Tensor& latents) {
    keep("block", {pass, block}, {.texts = {}, .tensors = {{"latents", latents}}});
}

void RunCheckpoint::keep_steps(int pass, int block, const Steps& steps) {
    keep("steps", {pass, block}, {.texts = {{"done", std::to_string(steps.done)}}, .tensors = steps.state});
}

void RunCheckpoint::keep_prompt(int pass, int block, const std::string& prompt) {
    keep("prompt", {pass, block}, {.texts = {{"prompt", prompt}}, .tensors = {}});
}

void RunCheckpoint::keep(const std::string& kind, const Place& place, TensorBundle bundle) {
    if (folder_.empty()) {
        return;
    }
    const std::string pass = std::to_string(place.first);
    const std::string block = std::to_string(place.second);
    bundle.texts.insert({{"identity", identity_}, {"kind", kind}, {"pass", pass}, {"block", block}});
    try {
        write_bundle(folder_ / (kind + "-" + pass + "-" + block + suffix), bundle);
    } catch (const Error& failure) {
        folder_.clear();
        note_("The run goes on without checkpoints. " + std::string(failure.what()));
    }
}

void RunCheckpoint::forget() {
    blocks_.clear();
    prompts_.clear();
    steps_.clear();
    first_pass_ = 0;
    std::vector<fs::path> files;
    std::error_code error;
    for (const auto& file : fs::directory_iterator(folder_, error)) {
        if (file.path().filename().string().find(suffix) != std::string::npos) { // half written ones too
            files.push_back(file.path());
        }
    }
    for (const fs::path& file : files) {
        fs::remove(file, error);
    }
    fs::remove(folder_, error); // where nothing else is in it
}

} // namespace rushes
