// What is left behind when the program ends by a signal or an exception that nobody caught: a text file on
// this machine, with the signal and the calls that led there. No prompt, no picture, nothing is sent.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace rushes::ui {

/// From now on, for the whole process. `header` stands at the top of each report: version and system.
void reportCrashes(const std::filesystem::path& folder, const std::string& header);

/// The oldest first.
std::vector<std::filesystem::path> crashReports(const std::filesystem::path& folder);

} // namespace rushes::ui
