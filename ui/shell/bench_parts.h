// What the benches of the window share: a studio in a folder of its own, and waiting with its events running.
#pragma once

#include "session/studio_parts.h"

#include <filesystem>
#include <functional>

namespace rushes::ui {

/// A folder that goes with the object.
class BenchFolder {
public:
    BenchFolder();
    ~BenchFolder();
    BenchFolder(const BenchFolder&) = delete;
    BenchFolder& operator=(const BenchFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }

    /// Of a real studio that keeps everything in the folder.
    StudioParts parts() const;

private:
    std::filesystem::path path_;
};

/// Runs the events until `condition` holds; false after five minutes, on a machine that others keep busy.
bool runUntil(const std::function<bool()>& condition);
void runFor(int milliseconds);

} // namespace rushes::ui
