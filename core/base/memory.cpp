#include "base/memory.h"

#include <fstream>
#include <limits>
#include <string>

namespace rushes {

MainMemory main_memory() {
    MainMemory memory;
    std::ifstream file("/proc/meminfo"); // "MemTotal:       24632004 kB", a line each
    std::string name;
    std::uint64_t kibibytes = 0;
    while (file >> name >> kibibytes) {
        if (name == "MemTotal:") {
            memory.total = kibibytes * 1024;
        } else if (name == "MemAvailable:") {
            memory.available = kibibytes * 1024;
        }
        file.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
    }
    return memory;
}

} // namespace rushes
