#include "base/memory.h"

#include <fstream>
#include <gtest/gtest.h>
#include <limits>
#include <string>

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

} // namespace
} // namespace rushes
