#include "generation/device_errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <new>

#include <c10/util/Exception.h>

namespace rushes {
namespace {

using ::testing::HasSubstr;

template <typename Exception>
std::exception_ptr thrown(const Exception& exception) {
    return std::make_exception_ptr(exception);
}

std::exception_ptr libtorch_error(const std::string& text) {
    return thrown(c10::Error(text));
}

TEST(DeviceErrors, LackOfMemoryIsKnownInEveryForm) {
    for (const char* const text :
         {"CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
          "cuDNN error: CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED",
          "cuDNN error: CUDNN_STATUS_ALLOC_FAILED",
          "GET was unable to find an engine to execute this computation",
          "FIND was unable to find an engine to execute this computation",
          "CUDA error: out of memory\nCUDA kernel errors might be asynchronously reported",
          "[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory: you tried 9 bytes"}) {
        SCOPED_TRACE(text);
        EXPECT_TRUE(is_lack_of_memory(libtorch_error(text)));
        const Error error = translated(libtorch_error(text));
        EXPECT_EQ(error.kind(), ErrorKind::resource);
        EXPECT_EQ(error.lever(), Lever::smaller_clip);
        EXPECT_THAT(error.what(), HasSubstr("not enough free memory"));
    }
    EXPECT_TRUE(is_lack_of_memory(thrown(std::bad_alloc())));
    EXPECT_TRUE(is_lack_of_memory(thrown(std::runtime_error("CUDA error: out of memory")))); // our kernels
    EXPECT_TRUE(is_lack_of_memory(thrown(c10::OutOfMemoryError("CUDA out of memory."))));
}

TEST(DeviceErrors, OtherFailuresAreNotTakenForIt) {
    const Error lost = translated(libtorch_error("CUDA error: device-side assert triggered"));
    EXPECT_EQ(lost.kind(), ErrorKind::transient);
    EXPECT_THAT(lost.what(), HasSubstr("graphics card reported an error"));
    EXPECT_THAT(lost.hint(), HasSubstr("Start Rushes again"));
    EXPECT_FALSE(is_lack_of_memory(libtorch_error("CUDA error: device-side assert triggered")));
    EXPECT_EQ(translated(libtorch_error("expected scalar type Float")).kind(), ErrorKind::bug);
    EXPECT_FALSE(is_lack_of_memory(thrown(Error(ErrorKind::user, "The prompt speaks: out of memory."))));
}

} // namespace
} // namespace rushes
