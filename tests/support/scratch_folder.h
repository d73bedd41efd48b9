// A folder that a test has for itself.
#pragma once

#include <filesystem>
#include <string>
#include <unistd.h>

namespace rushes::test {

/// A folder of the test's own, removed at the end.
class ScratchFolder {
public:
    explicit ScratchFolder(const std::string& name)
        : path(std::filesystem::temp_directory_path() / (name + std::to_string(::getpid()))) {
        std::filesystem::remove_all(path);
        std::filesystem::create_directories(path);
    }

    ~ScratchFolder() { std::filesystem::remove_all(path); }

    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    const std::filesystem::path path;
};

} // namespace rushes::test
