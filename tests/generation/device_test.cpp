#include "base/error.h"
#include "generation/device.h"
#include "support/fake_machine.h"

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

/// What a person is told who asks for a card on such a machine, and what `auto` notes there.
void expect_refusal(
    rushes::testing::FakeMachine& machine, const std::string& device, const std::string& words
) {
    SCOPED_TRACE(words);
    try {
        resolve_device(device, 1, machine);
        ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::resource);
        EXPECT_THAT(error.what(), HasSubstr(words));
        EXPECT_THAT(error.hint(), HasSubstr("cpu"));
    }
}

void expect_fall_back(rushes::testing::FakeMachine& machine, const std::string& words) {
    const Device device = resolve_device("auto", 1, machine);
    EXPECT_EQ(device.torch_name, "cpu");
    EXPECT_THAT(device.info.note, HasSubstr("Computing on the CPU"));
    EXPECT_THAT(device.info.note, HasSubstr(words));
}

TEST(Device, ACardThatCannotBeUsedIsNeverPassedOverInSilence) {
    rushes::testing::FakeMachine machine;
    machine.version = 12040;
    expect_refusal(machine, "cuda", "too old: it serves CUDA 12.4");
    expect_fall_back(machine, "too old: it serves CUDA 12.4");

    machine.version = 13000;
    machine.cards.front() = {"NVIDIA GTX 1080", std::size_t{8} << 30, 6, 1};
    expect_refusal(machine, "cuda:0", "NVIDIA GTX 1080 is too old (compute capability 6.1, 7.5 is needed)");
    expect_fall_back(machine, "compute capability 6.1");

    machine.cards.front() = {};
    machine.broken = "libtorch_cuda.so";
    machine.broken_says = "libcudnn.so.9: cannot open shared object file: No such file or directory";
    expect_refusal(machine, "cuda", "libcudnn.so.9 is missing.");
    expect_fall_back(machine, "libcudnn.so.9 is missing.");
}

TEST(Device, AMachineWithoutADriverIsNothingToSpeakOf) {
    rushes::testing::FakeMachine machine;
    machine.driver = false;
    EXPECT_EQ(resolve_device("auto", 1, machine).info.note, "");
    expect_refusal(machine, "cuda", "no NVIDIA driver");
}

TEST(Device, ACardThatIsNotThereIsNamedWithThoseThatAre) {
    rushes::testing::FakeMachine machine;
    expect_refusal(machine, "cuda:7", "'cuda:7': the driver knows 1 card, cuda:0.");
    machine.cards.resize(4);
    expect_refusal(machine, "cuda:7", "the driver knows 4 cards, cuda:0 to cuda:3.");
}

/// Its parts are asked for by their whole path, before what needs them.
TEST(Device, LibtorchsCudaPartIsLoadedFromWhereLibtorchIs) {
    rushes::testing::FakeMachine machine;
    machine.broken = "libtorch_cuda.so";
    resolve_device("auto", 1, machine);
    ASSERT_FALSE(machine.opened.empty());
    const std::filesystem::path last = machine.opened.back();
    EXPECT_EQ(last.filename(), "libtorch_cuda.so");
    EXPECT_TRUE(std::filesystem::exists(last.parent_path() / "libtorch_cpu.so")) << last;
    for (const std::string& name : machine.opened) {
        EXPECT_TRUE(name == "libcuda.so.1" || std::filesystem::path(name).is_absolute()) << name;
    }
}

} // namespace
} // namespace rushes
