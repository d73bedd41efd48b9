// How a model is loaded: where its parts lie, in which type they compute, what is added to its weights. No
// libtorch here: what a run costs depends on it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace rushes {

/// Low-rank changes of the weights.
struct LoraFile {
    std::filesystem::path file;
    double strength = 1;
    bool operator==(const LoraFile&) const = default;
};

/// Which parts of a model stay in memory between the phases of a run.
enum class Residency {
    automatic, ///< a large text encoder is read again for each new prompt, the rest stays
    all,       ///< all of them: the quickest
    by_phase,  ///< each only as long as its phase lasts: the least memory
};

/// Where the denoiser's weights lie that a card computes with. What is not on the card lies in pinned main
/// memory.
enum class DenoiserPlace {
    resident, ///< on the card, all the time
    swapped, ///< of several networks that take turns the one that computes; the others come when it is theirs
    streamed, ///< layer by layer, the next one while one computes (nn/block_stream.h)
};

/// "auto" is what the device is best at: bf16 on a card, and fp32, the reference's own numbers, on the CPU.
inline std::string settled_dtype(const std::string& dtype, const std::string& device) {
    return dtype != "auto" ? dtype : device == "cpu" ? "fp32" : "bf16";
}

struct LoadOptions {
    std::string device = "cpu"; ///< resolved: cpu or cuda:N
    std::string dtype = "fp32"; ///< fp32 | bf16, of denoiser and text encoder
    bool fp8_weights = false;   ///< the denoiser's layers stay in eight bits until they compute
    std::function<void(double fraction)> progress = {};
    std::vector<LoraFile> loras = {};
    Residency residency = Residency::automatic;
    std::map<std::string, std::string> component_devices = {}; ///< where they differ from `device`
    DenoiserPlace denoiser = DenoiserPlace::resident;
    std::uint64_t memory = 0; ///< bytes of the device that a run may fill, for who plans one; 0: not known

    const std::string& device_of(const std::string& component) const {
        const auto found = component_devices.find(component);
        return found == component_devices.end() ? device : found->second;
    }
};

/// As a recipe's `dtype` wants it. "fp8" is about weights: what computes with them has the type that the
/// device is best at.
inline LoadOptions with_numbers(LoadOptions options, const std::string& dtype) {
    options.fp8_weights = dtype == "fp8";
    options.dtype = settled_dtype(options.fp8_weights ? "auto" : dtype, options.device);
    return options;
}

} // namespace rushes
