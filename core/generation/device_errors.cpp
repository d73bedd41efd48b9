#include "generation/device_errors.h"

#include <algorithm>
#include <array>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include <c10/util/Exception.h>

namespace rushes {
namespace {

std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

/// What libtorch, cuBLAS, cuDNN and the driver say when there is no memory left. Most do not throw libtorch's
/// own OutOfMemoryError.
bool speaks_of_memory(const std::string& text) {
    constexpr std::array<std::string_view, 8> phrases{
        "can't allocate memory",      // libtorch on the CPU
        "out of memory",              // the driver, also for a kernel that it cannot launch
        "CUBLAS_STATUS_ALLOC_FAILED", // cuBLAS has no room for its workspace
        "CUDNN_STATUS_ALLOC_FAILED",  // cuDNN, the same
        "DEVICE_ALLOCATION_FAILED",   // cuDNN 9, the same
        "HOST_ALLOCATION_FAILED",     // cuDNN 9, of main memory
        "unable to find an engine",   // cuDNN: every one that it tried wanted more workspace than there is
        "cudaErrorMemoryAllocation",  // the runtime
    };
    return std::ranges::any_of(phrases, [&](std::string_view phrase) {
        return text.find(phrase) != std::string::npos;
    });
}

Error memory_error(const std::string& whose) {
    return {
        ErrorKind::resource,
        whose + " not enough free memory for this clip.",
        "Choose a smaller size, fewer frames, or close other programs.",
        Lever::smaller_clip
    };
}

Error engine_error(const std::string& sentence) {
    return {ErrorKind::bug, sentence, "Please report this with the recipe."};
}

} // namespace

bool is_lack_of_memory(const std::exception_ptr& exception) {
    try {
        std::rethrow_exception(exception);
    } catch (const c10::OutOfMemoryError&) {
        return true;
    } catch (const std::bad_alloc&) {
        return true;
    } catch (const Error&) {
        return false;
    } catch (const std::exception& error) {
        return speaks_of_memory(error.what());
    } catch (...) {
        return false;
    }
}

Error translated(std::exception_ptr exception) {
    const bool memory = is_lack_of_memory(exception);
    try {
        std::rethrow_exception(std::move(exception));
    } catch (const Error& error) {
        return error;
    } catch (const std::bad_alloc&) {
        return memory_error("There is");
    } catch (const c10::Error& error) {
        const std::string text = first_line(error.what_without_backtrace());
        if (memory) {
            return memory_error(
                text.find("can't allocate memory") != std::string::npos ? "There is" : "The graphics card has"
            );
        }
        if (text.find("CUDA error") != std::string::npos || text.find("CUBLAS_STATUS") != std::string::npos ||
            text.find("CUDNN_STATUS") != std::string::npos || text.find("cuDNN error") != std::string::npos) {
            return {
                ErrorKind::transient,
                "The graphics card reported an error: " + text,
                "Start Rushes again. The frames that were made are kept."
            };
        }
        return engine_error("The engine failed: " + text);
    } catch (const std::exception& error) {
        return memory ? memory_error("The graphics card has")
                      : engine_error("The engine failed: " + first_line(error.what()));
    } catch (...) {
        return engine_error("The engine failed for an unknown reason.");
    }
}

} // namespace rushes
