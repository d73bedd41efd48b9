// The machine in words, for reports.
#pragma once

#include <string>

namespace rushes {

std::string processor_name();

/// Processor, cores and system in one line.
std::string machine_name();

} // namespace rushes
