#include "generation/device.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rushes {
namespace {

using ::testing::HasSubstr;

TEST(Device, CpuSaysItsThreads) {
    EXPECT_EQ(resolve_device("cpu", 3).torch_name, "cpu");
    EXPECT_EQ(resolve_device("cpu", 3).info.name, "CPU, 3 threads");
    EXPECT_EQ(resolve_device("cpu", 1).info.name, "CPU, 1 thread");
}

TEST(Device, UnknownStringsAreTheUsersMistake) {
    for (const char* text : {"", "gpu", "cuda:", "cuda:x", "cuda:1x", "cuda:-1", "cuda:99999999999", "CPU"}) {
        try {
            resolve_device(text, 0);
            ADD_FAILURE() << text;
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::user) << text;
            EXPECT_THAT(error.hint(), HasSubstr("cuda:N"));
        }
    }
}

TEST(Device, AMissingGraphicsCardIsSaidClearly) {
    // Index 63 exists nowhere; with no driver at all the sentence names that.
    try {
        resolve_device("cuda:63", 0);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::resource);
        EXPECT_THAT(error.what(), HasSubstr("cuda:63"));
        EXPECT_THAT(error.hint(), HasSubstr("cpu"));
    }
}

TEST(Device, PeakMemoryIsThatOfTheProcess) {
    const std::uint64_t before = peak_process_memory();
    EXPECT_GT(before, 1'000'000U);
    const std::vector<char> block(64 << 20, 1);
    EXPECT_GE(peak_process_memory() + (1 << 20), before + block.size() - (32 << 20));
}

} // namespace
} // namespace rushes
