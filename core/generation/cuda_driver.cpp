#include "generation/cuda_driver.h"

#include <algorithm>
#include <array>

namespace rushes {
namespace {

constexpr int no_device = 100;       // CUDA_ERROR_NO_DEVICE
constexpr int driver_mismatch = 803; // CUDA_ERROR_SYSTEM_DRIVER_MISMATCH
constexpr int capability_major = 75; // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR
constexpr int capability_minor = 76; // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR
constexpr int clock_rate = 13;       // CU_DEVICE_ATTRIBUTE_CLOCK_RATE, in kHz
constexpr int processors = 16;       // CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT
constexpr const char* library_name = "libcuda.so.1";

/// The driver's functions, each of which may be missing.
class Functions {
public:
    explicit Functions(LibraryLoader& loader) : loader_(loader), library_(loader.open(library_name, false)) {}

    bool found() const { return library_ != nullptr; }

    /// The function's code, 0 for success; -1 when there is no such function.
    template <typename... Arguments>
    int call(const char* name, Arguments... arguments) const {
        using Signature = int(Arguments...);
        auto* const function = reinterpret_cast<Signature*>(loader_.symbol(library_, name));
        return function == nullptr ? -1 : function(arguments...);
    }

private:
    LibraryLoader& loader_;
    void* library_;
};

/// Of dense bf16 products with sums in fp32, a multiplication and an addition counted as two, for each
/// multiprocessor: what the white papers of A100, H100, B200 and of the cards for desktops (GeForce RTX 4090:
/// 165 TFLOP/s of 128 multiprocessors at 2.52 GHz) come to.
double flop_per_cycle(int capability) {
    switch (capability) {
    case 80:
        return 2048;
    case 90:
        return 4096;
    case 100:
    case 103:
        return 8192;
    default:
        return 512;
    }
}

GraphicsCard card(const Functions& driver, int index) {
    GraphicsCard result{"CUDA device " + std::to_string(index), 0, 0};
    int device = 0;
    if (driver.call("cuDeviceGet", &device, index) != 0) {
        return result;
    }
    std::array<char, 256> name{};
    if (driver.call("cuDeviceGetName", name.data(), static_cast<int>(name.size()) - 1, device) == 0) {
        result.name = name.data();
    }
    std::size_t bytes = 0;
    if (driver.call("cuDeviceTotalMem_v2", &bytes, device) == 0) {
        result.memory_bytes = bytes;
    }
    int major = 0;
    int minor = 0;
    if (driver.call("cuDeviceGetAttribute", &major, capability_major, device) == 0 &&
        driver.call("cuDeviceGetAttribute", &minor, capability_minor, device) == 0) {
        result.capability = 10 * major + minor;
    }
    int count = 0;
    int kilohertz = 0;
    if (driver.call("cuDeviceGetAttribute", &count, processors, device) == 0 &&
        driver.call("cuDeviceGetAttribute", &kilohertz, clock_rate, device) == 0) {
        result.flop_per_second = flop_per_cycle(result.capability) * count * kilohertz * 1e3;
    }
    return result;
}

std::string problem_of(const CudaDriver& driver, int init_code) {
    if (!driver.found) {
        return "There is no NVIDIA driver on this machine.";
    }
    if (init_code == no_device) {
        return "The NVIDIA driver finds no graphics card.";
    }
    if (init_code == driver_mismatch) {
        return "The NVIDIA driver was updated while it was in use: restart the machine.";
    }
    if (driver.version > 0 && driver.version < needed_cuda_version) {
        return "The NVIDIA driver is too old: it serves CUDA " + cuda_version_in_words(driver.version) +
               ", and " + cuda_version_in_words(needed_cuda_version) + " is needed.";
    }
    if (init_code != 0) {
        return "The NVIDIA driver does not start (code " + std::to_string(init_code) + ").";
    }
    if (driver.cards.empty()) {
        return "The NVIDIA driver finds no graphics card.";
    }
    return {};
}

} // namespace

std::string GraphicsCard::words() const {
    return memory_bytes > 0 ? name + ", " + std::to_string(memory_bytes >> 30) + " GB" : name;
}

std::string cuda_version_in_words(int version) {
    return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

CudaDriver ask_cuda_driver(LibraryLoader& loader) {
    const Functions functions(loader);
    CudaDriver driver;
    driver.found = functions.found();
    if (functions.call("cuDriverGetVersion", &driver.version) != 0) {
        driver.version = 0;
    }
    const int init_code = driver.found ? functions.call("cuInit", 0U) : -1;
    int count = 0;
    if (init_code == 0 && functions.call("cuDeviceGetCount", &count) == 0) {
        for (int index = 0; index < count; ++index) {
            driver.cards.push_back(card(functions, index));
        }
    }
    driver.problem = problem_of(driver, init_code);
    return driver;
}

} // namespace rushes
