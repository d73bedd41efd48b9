#include "commands/machine.h"

#include <fstream>
#include <sys/utsname.h>
#include <thread>

namespace rushes {

std::string processor_name() {
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("model name")) {
            return line.substr(line.find(':') + 2);
        }
    }
    return "unknown processor";
}

std::string machine_name() {
    utsname system{};
    ::uname(&system);
    return processor_name() + ", " + std::to_string(std::thread::hardware_concurrency()) + " cores, " +
           system.sysname + " " + system.release + " " + system.machine;
}

} // namespace rushes
