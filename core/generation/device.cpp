#include "generation/device.h"

#include "base/memory.h"

#include <array>
#include <charconv>
#include <cstring>
#include <dlfcn.h>
#include <filesystem>
#include <fstream>
#include <new>
#include <optional>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <c10/util/Exception.h>

namespace rushes {
namespace {

constexpr const char* use_cpu = "Use the device 'cpu'.";
constexpr int background_nice = 10;

/// The few functions of NVIDIA's driver that tell which devices there are (CUDA driver API, cuda.h).
class CudaDriver {
public:
    CudaDriver() : library_(::dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL)) {
        auto* const init = function<int(unsigned)>("cuInit");
        auto* const count = function<int(int*)>("cuDeviceGetCount");
        if (init == nullptr || count == nullptr || init(0) != 0 || count(&devices_) != 0) {
            devices_ = 0;
        }
    }

    int devices() const { return devices_; }

    DeviceInfo info(int index) const {
        auto* const get = function<int(int*, int)>("cuDeviceGet");
        auto* const name = function<int(char*, int, int)>("cuDeviceGetName");
        auto* const memory = function<int(std::size_t*, int)>("cuDeviceTotalMem_v2");
        int device = 0;
        std::array<char, 256> text{};
        std::size_t bytes = 0;
        const bool known = get != nullptr && name != nullptr && memory != nullptr &&
                           get(&device, index) == 0 && name(text.data(), int(text.size()) - 1, device) == 0 &&
                           memory(&bytes, device) == 0;
        if (!known) {
            return {DeviceKind::cuda, "CUDA device " + std::to_string(index), 0};
        }
        const std::string words = std::string(text.data()) + ", " + std::to_string(bytes >> 30) + " GB";
        return {DeviceKind::cuda, words, bytes};
    }

private:
    template <typename Signature>
    Signature* function(const char* name) const {
        return library_ == nullptr ? nullptr : reinterpret_cast<Signature*>(::dlsym(library_, name));
    }

    void* library_; ///< stays loaded: libtorch uses it too
    int devices_ = 0;
};

/// libtorch_cuda.so registers itself when it is loaded; it lies beside libtorch_cpu.so. Empty on success.
std::string load_cuda_part() {
    Dl_info info{};
    if (::dladdr(reinterpret_cast<const void*>(&at::get_num_threads), &info) == 0) {
        return "libtorch_cpu.so cannot be found";
    }
    const auto library = std::filesystem::path(info.dli_fname).parent_path() / "libtorch_cuda.so";
    // Global, as when it is linked: its own parts look symbols of it up.
    if (::dlopen(library.c_str(), RTLD_NOW | RTLD_GLOBAL) == nullptr) {
        return ::dlerror();
    }
    return at::hasCUDA() ? std::string() : "libtorch does not see a device";
}

Device cpu_device(int threads) {
    const int used = threads > 0 ? threads : int(std::thread::hardware_concurrency());
    const std::string words = "CPU, " + std::to_string(used) + (used == 1 ? " thread" : " threads");
    return {"cpu", {DeviceKind::cpu, words, machine_memory().all()}};
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

std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

} // namespace

Device resolve_device(const std::string& device, int threads) {
    if (device == "cpu") {
        return cpu_device(threads);
    }
    const auto index = device == "auto" ? 0 : cuda_index(device);
    if (!index) {
        throw Error(ErrorKind::user, "Unknown device '" + device + "'.", "Use auto, cpu, cuda or cuda:N.");
    }
    const CudaDriver driver;
    const bool present = *index < driver.devices();
    if (!present && device == "auto") {
        return cpu_device(threads);
    }
    if (!present) {
        const std::string devices = std::to_string(driver.devices());
        throw Error(
            ErrorKind::resource,
            driver.devices() == 0
                ? "The device '" + device + "' cannot be used: no NVIDIA driver with a device was found."
                : "There is no device '" + device + "': the driver knows " + devices + ".",
            use_cpu
        );
    }
    if (const std::string problem = load_cuda_part(); !problem.empty()) {
        if (device == "auto") {
            return cpu_device(threads);
        }
        throw Error(
            ErrorKind::resource, "The CUDA part of libtorch cannot be loaded: " + problem + ".", use_cpu
        );
    }
    return {"cuda:" + std::to_string(*index), driver.info(*index)};
}

void prepare_computing_thread(int threads, bool background) {
    at::set_num_threads(threads > 0 ? threads : int(std::thread::hardware_concurrency()));
    // libtorch takes the number over for this thread only when it is first asked, and another may set it
    // before that.
    at::get_num_threads();
    if (background) {
        // On Linux the priority belongs to the thread, and the threads that it starts inherit it. A refusal
        // is harmless.
        ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), background_nice);
    }
}

std::uint64_t peak_process_memory() {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        if (word == "VmHWM:") {
            std::uint64_t kib = 0;
            status >> kib;
            return kib * 1024;
        }
    }
    return 0;
}

Error translated(std::exception_ptr exception) {
    const char* const smaller = "Choose a smaller size, fewer frames, or close other programs.";
    try {
        std::rethrow_exception(std::move(exception));
    } catch (const Error& error) {
        return error;
    } catch (const c10::OutOfMemoryError&) {
        return {
            ErrorKind::resource,
            "The graphics card has not enough free memory for this clip.",
            smaller,
            Lever::smaller_clip
        };
    } catch (const std::bad_alloc&) {
        return {
            ErrorKind::resource,
            "There is not enough free memory for this clip.",
            smaller,
            Lever::smaller_clip
        };
    } catch (const c10::Error& error) {
        const std::string text = first_line(error.what_without_backtrace());
        if (text.find("can't allocate memory") != std::string::npos) {
            return {
                ErrorKind::resource,
                "There is not enough free memory for this clip.",
                smaller,
                Lever::smaller_clip
            };
        }
        if (text.find("CUDA error") != std::string::npos) {
            return {
                ErrorKind::transient, "The graphics card reported an error: " + text, "Start Rushes again."
            };
        }
        return {ErrorKind::bug, "The engine failed: " + text, "Please report this with the recipe."};
    } catch (const std::exception& error) {
        return {
            ErrorKind::bug,
            "The engine failed: " + first_line(error.what()),
            "Please report this with the recipe."
        };
    } catch (...) {
        return {
            ErrorKind::bug, "The engine failed for an unknown reason.", "Please report this with the recipe."
        };
    }
}

} // namespace rushes
