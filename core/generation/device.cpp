#include "generation/device.h"

#include "base/error.h"
#include "base/memory.h"
#include "generation/cuda_driver.h"

#include <charconv>
#include <cstring>
#include <dlfcn.h>
#include <filesystem>
#include <optional>
#include <thread>

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <c10/util/Exception.h>

namespace rushes {
namespace {

constexpr const char* use_cpu = "Use the device 'cpu'.";

std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

/// fp32 products round to TF32's 10 bits of mantissa, many times as fast: what is computed in fp32 on a card
/// is the little that stands around bf16, or was asked for by people who compare. Tests against a reference
/// switch it off (tests/support/cuda.h).
void allow_fast_products() {
    at::globalContext().setAllowTF32CuBLAS(true);
    at::globalContext().setAllowTF32CuDNN(true);
}

/// Where libtorch_cpu.so lies; empty when that cannot be told.
std::filesystem::path torch_folder() {
    Dl_info info{};
    const bool known = ::dladdr(reinterpret_cast<const void*>(&at::get_num_threads), &info) != 0;
    return known ? std::filesystem::path(info.dli_fname).parent_path() : std::filesystem::path();
}

/// libnvrtc opens its other half by the bare name, which succeeds only where that is loaded already: cuDNN
/// then finds "no valid execution plans" (pytorch issue 167602). The wheels lie side by side: torch/lib,
/// nvidia/cu13/lib. What is missing here is missed below.
void load_compiler_parts(const std::filesystem::path& torch, LibraryLoader& loader) {
    std::error_code none;
    const std::filesystem::path nvidia = torch.parent_path().parent_path() / "nvidia";
    for (const auto& wheel : std::filesystem::directory_iterator(nvidia, none)) {
        for (const auto& file : std::filesystem::directory_iterator(wheel.path() / "lib", none)) {
            const std::string name = file.path().filename().string();
            if (name.starts_with("libnvrtc-builtins.so.") || name.starts_with("libnvrtc.so.")) {
                loader.open(file.path().string(), true);
            }
        }
    }
}

/// "libcudnn.so.9 is missing" of what the loader says at length.
std::string loading_problem(const std::string& text) {
    const std::size_t colon = text.find(": cannot open shared object file");
    return colon == std::string::npos
               ? first_line(text)
               : std::filesystem::path(text.substr(0, colon)).filename().string() + " is missing";
}

/// libtorch_cuda.so registers itself when it is loaded; it lies beside libtorch_cpu.so. Empty on success.
std::string load_cuda_part(LibraryLoader& loader) {
    const std::filesystem::path torch = torch_folder();
    load_compiler_parts(torch, loader);
    // Global, as when it is linked: its own parts look symbols of it up.
    if (loader.open((torch / "libtorch_cuda.so").string(), true) == nullptr) {
        return "the CUDA part of libtorch cannot be loaded: " + loading_problem(loader.problem());
    }
    // libtorch remembers for good that there was no CUDA when somebody asked before, by a convolution say.
    if (!at::hasCUDA()) {
        return "libtorch looked for CUDA before that was loaded: start Rushes again";
    }
    try {
        at::globalContext().lazyInitDevice(c10::DeviceType::CUDA); // what counts its memory is made here
        return {};
    } catch (const c10::Error& error) {
        return first_line(error.what_without_backtrace());
    }
}

/// Why card `index` cannot be used, as the end of a sentence; empty when it can.
std::string problem_with(const CudaDriver& driver, int index, LibraryLoader& loader) {
    const GraphicsCard& card = driver.cards.at(static_cast<std::size_t>(index));
    if (card.capability > 0 && card.capability < needed_capability) {
        const auto words = [](int capability) {
            return std::to_string(capability / 10) + "." + std::to_string(capability % 10);
        };
        return card.name + " is too old (compute capability " + words(card.capability) + ", " +
               words(needed_capability) + " is needed)";
    }
    return load_cuda_part(loader);
}

Device cpu_device(int threads) {
    const int used = threads > 0 ? threads : int(std::thread::hardware_concurrency());
    const std::string words = "CPU, " + std::to_string(used) + (used == 1 ? " thread" : " threads");
    return {"cpu", {DeviceKind::cpu, words, machine_memory().all(), 0, {}}};
}

/// The N of "cuda:N"; 0 for "cuda"; empty when the string is something else.
std::optional<int> cuda_index(const std::string& device) {
    if (device == "cuda") {
        return 0;
    }
    if (!device.starts_with("cuda:")) {
        return std::nullopt;
    }
    int index = -1;
    const char* const end = device.data() + device.size();
    const auto read = std::from_chars(device.data() + std::strlen("cuda:"), end, index);
    return read.ec == std::errc() && read.ptr == end && index >= 0 ? std::optional(index) : std::nullopt;
}

} // namespace

Device resolve_device(const std::string& device, int threads, LibraryLoader& loader) {
    if (device == "cpu") {
        return cpu_device(threads);
    }
    const auto index = device == "auto" ? 0 : cuda_index(device);
    if (!index) {
        throw Error(ErrorKind::user, "Unknown device '" + device + "'.", "Use auto, cpu, cuda or cuda:N.");
    }
    const CudaDriver driver = ask_cuda_driver(loader);
    if (!driver.found && device == "auto") {
        return cpu_device(threads); // a machine without such a card, which is nothing to speak of
    }
    const auto cards = static_cast<int>(driver.cards.size());
    std::string problem;
    if (!driver.usable()) {
        problem = device == "auto" ? driver.problem
                                   : "The device '" + device + "' cannot be used. " + driver.problem;
    } else if (*index >= cards) {
        problem =
            "There is no device '" + device + "': the driver knows " + std::to_string(cards) +
            (cards == 1 ? " card, cuda:0." : " cards, cuda:0 to cuda:" + std::to_string(cards - 1) + ".");
    } else if (const std::string why = problem_with(driver, *index, loader); !why.empty()) {
        problem = "The graphics card cannot be used: " + why + ".";
    }
    if (problem.empty()) {
        allow_fast_products();
        const GraphicsCard& card = driver.cards[static_cast<std::size_t>(*index)];
        return {
            "cuda:" + std::to_string(*index),
            {DeviceKind::cuda, card.words(), card.memory_bytes, card.flop_per_second, {}}
        };
    }
    if (device != "auto") {
        throw Error(ErrorKind::resource, problem, use_cpu);
    }
    Device fallback = cpu_device(threads);
    fallback.info.note = "Computing on the CPU. " + problem;
    return fallback;
}

} // namespace rushes
