// What happened, for somebody who looks for a fault: a file under the XDG state directory that turns over by
// itself. It stays on this machine; of an archive for a report, prompts and paths are left out unless asked
// for.
#pragma once

#include <filesystem>
#include <string>

namespace rushes::ui {

/// Begins a log in that folder and takes Qt's own messages into it. A folder that cannot be written leaves
/// the program without a log.
void startLog(const std::filesystem::path& folder);

/// One line; safe on any thread, and nothing before startLog().
void logLine(const std::string& text);

/// Lines that are known to be a prompt.
void logPrompt(const std::string& prompt);

/// Waits until all lines are in the file.
void flushLog();

/// Prompts and the paths of files.
enum class Private { left_out, included };

/// A tar archive for a report of a fault: the log, what crashes left behind, and `facts` (program, system,
/// Qt). Never overwrites; the file that was written. Throws Error{resource}.
std::filesystem::path writeDiagnostics(
    const std::filesystem::path& log_folder,
    const std::filesystem::path& target,
    const std::string& facts,
    Private what = Private::left_out
);

} // namespace rushes::ui
