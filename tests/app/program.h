// Runs the built program in a world of its own: home, state and library are folders of the test.
#pragma once

#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

namespace rushes::app_test {

struct Ran {
    int exit_code = -1; ///< -1: ended by a signal
    std::string out;
    std::string err;
};

/// A program that is running; its output goes to files in the folder.
class Program {
public:
    /// `environment`: before a small fixed one.
    Program(
        const std::filesystem::path& folder,
        const std::vector<std::string>& arguments,
        const std::vector<std::string>& environment = {}
    );
    ~Program(); ///< kills what still runs
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    void send(int signal) const;
    std::string out() const; ///< so far
    Ran wait();

private:
    std::filesystem::path out_;
    std::filesystem::path err_;
    pid_t child_ = -1;
};

Ran run(
    const std::filesystem::path& folder,
    const std::vector<std::string>& arguments,
    const std::vector<std::string>& environment = {}
);

/// The model that generating tests use: $RUSHES_TEST_MODEL, else the built-in one; empty when there is
/// neither.
std::filesystem::path test_model();

} // namespace rushes::app_test
