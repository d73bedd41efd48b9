#include "base/memory.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace rushes {
namespace {

TEST(MainMemory, IsWhatTheSystemSays) {
    const MainMemory memory = main_memory();
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    EXPECT_EQ(memory.total, static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * page);
    EXPECT_GT(memory.available, 0);
    EXPECT_LE(memory.available, memory.total);
}

} // namespace
} // namespace rushes
