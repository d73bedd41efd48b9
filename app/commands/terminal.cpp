#include "commands/terminal.h"

#include <cstdio>
#include <sys/ioctl.h>
#include <unistd.h>

namespace rushes {

bool is_terminal() {
    return ::isatty(STDERR_FILENO) == 1;
}

int terminal_columns() {
    winsize size{};
    return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void print(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

void say(const std::string& line) {
    std::fprintf(stderr, "%s\n", line.c_str());
}

void say_error(const Error& error) {
    say("rushes: " + std::string(error.what()) + (error.hint().empty() ? "" : " " + error.hint()));
}

std::string fixed(double number, int digits) {
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", digits, number);
    return text;
}

} // namespace rushes
