#include "base/bytes_in_words.h"
#include "base/memory.h"

#include <fstream>
#include <gtest/gtest.h>
#include <limits>
#include <string>
#include <vector>

namespace rushes {
namespace {

/// A line of /proc/meminfo: "MemTotal:       24632004 kB".
std::uint64_t line_of_meminfo(const std::string& wanted) {
    std::ifstream file("/proc/meminfo");
    std::string name;
    std::uint64_t kibibytes = 0;
    while (file >> name >> kibibytes && name != wanted) {
        file.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
    }
    return kibibytes * 1024;
}

TEST(MachineMemory, IsWhatTheSystemSays) {
    const MachineMemory memory = machine_memory();
    EXPECT_GT(memory.main, 0);
    EXPECT_EQ(memory.main, line_of_meminfo("MemTotal:"));
    EXPECT_EQ(memory.all(), memory.main + line_of_meminfo("SwapTotal:"));
}

TEST(ProcessMemory, ItsPeakCoversWhatWasTaken) {
    const std::uint64_t before = peak_process_memory();
    EXPECT_GT(before, 1'000'000U);
    const std::vector<char> block(64 << 20, 1);
    EXPECT_GE(peak_process_memory() + (1 << 20), before + block.size() - (32 << 20));
}

TEST(ProcessMemory, APeakThatIsForgottenBeginsAgain) {
    constexpr std::uint64_t much = 64 << 20;
    {
        const std::vector<char> block(much, 1); // large enough to go back to the system at once
        ASSERT_GE(peak_process_memory(), much);
    }
    const std::uint64_t peak = peak_process_memory();
    forget_peak_process_memory();
    EXPECT_LT(peak_process_memory() + much / 2, peak);
}

TEST(BytesInWords, AreRoundedInTheUnitThatFits) {
    EXPECT_EQ(bytes_in_words(0), "0 MB");
    EXPECT_EQ(bytes_in_words(320'499'999), "320 MB");
    EXPECT_EQ(bytes_in_words(999'499'999), "999 MB");
    EXPECT_EQ(bytes_in_words(999'500'000), "1.0 GB");
    EXPECT_EQ(bytes_in_words(1'449'999'999), "1.4 GB");
    EXPECT_EQ(bytes_in_words(17'450'000'000), "17.5 GB");
}

} // namespace
} // namespace rushes
