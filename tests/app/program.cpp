#include "app/program.h"

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <spawn.h>
#include <stdexcept>
#include <sys/wait.h>

namespace rushes::app_test {
namespace fs = std::filesystem;

namespace {

std::string text_of(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> all;
    for (std::string& text : texts) {
        all.push_back(text.data());
    }
    all.push_back(nullptr);
    return all;
}

} // namespace

Program::Program(
    const fs::path& folder,
    const std::vector<std::string>& arguments,
    const std::vector<std::string>& environment
)
    : out_(folder / "stdout.txt"), err_(folder / "stderr.txt") {
    std::vector<std::string> argv{RUSHES_PROGRAM};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    // Of a name that is there twice the first one counts.
    std::vector<std::string> variables = environment;
    variables.insert(
        variables.end(),
        {"HOME=" + folder.string(),
         "PATH=/usr/bin:/bin",
         "LANG=C.UTF-8",
         "RUSHES_RESOURCES=" RUSHES_SOURCE_DIR "/resources"}
    );
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions, 1, out_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::posix_spawn_file_actions_addopen(&actions, 2, err_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    const int refused = ::posix_spawn(
        &child_, RUSHES_PROGRAM, &actions, nullptr, pointers(argv).data(), pointers(variables).data()
    );
    ::posix_spawn_file_actions_destroy(&actions);
    if (refused != 0) {
        throw std::runtime_error("cannot start " RUSHES_PROGRAM);
    }
}

Program::~Program() {
    if (child_ > 0) {
        ::kill(child_, SIGKILL);
        ::waitpid(child_, nullptr, 0);
    }
}

void Program::send(int signal) const {
    ::kill(child_, signal);
}

std::string Program::out() const {
    return text_of(out_);
}

Ran Program::wait() {
    int status = 0;
    ::waitpid(child_, &status, 0);
    child_ = -1;
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text_of(out_), text_of(err_)};
}

Ran run(
    const fs::path& folder,
    const std::vector<std::string>& arguments,
    const std::vector<std::string>& environment
) {
    return Program(folder, arguments, environment).wait();
}

fs::path test_model() {
    if (const char* const model = std::getenv("RUSHES_TEST_MODEL"); model != nullptr && *model != '\0') {
        return model;
    }
    const fs::path built_in = fs::path(RUSHES_SOURCE_DIR) / "resources" / "models" / "rushes-demo";
    return fs::exists(built_in / "model_index.json") ? built_in : fs::path();
}

} // namespace rushes::app_test
