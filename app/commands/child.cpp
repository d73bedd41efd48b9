#include "commands/child.h"

#include "base/error.h"

#include <array>
#include <chrono>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace rushes {

ChildResult run_self(const std::vector<std::string>& arguments) {
    std::vector<std::string> all{"rushes"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    argv.reserve(all.size() + 1);
    for (std::string& argument : all) {
        argv.push_back(argument.data());
    }
    argv.push_back(nullptr);

    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) {
        throw Error(ErrorKind::resource, "No pipe can be made for a child process.");
    }
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    const auto start = std::chrono::steady_clock::now();
    const int refused = ::posix_spawn(&child, "/proc/self/exe", &actions, nullptr, argv.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(pipe[1]);
    ChildResult result;
    std::array<char, 65'536> bytes{};
    for (ssize_t n = 0; refused == 0 && (n = ::read(pipe[0], bytes.data(), bytes.size())) > 0;) {
        result.output.append(bytes.data(), static_cast<std::size_t>(n));
    }
    ::close(pipe[0]);
    if (refused != 0) {
        throw Error(ErrorKind::resource, "The program cannot start itself again.");
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return result;
}

} // namespace rushes
