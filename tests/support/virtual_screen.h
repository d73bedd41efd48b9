// An X server without a screen, for tests that need what the offscreen platform does not have: OpenGL, menus
// that take the keyboard. One a process, ended with it.
#pragma once

#include <array>
#include <csignal>
#include <cstdlib>
#include <string>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace rushes::testing {

class VirtualScreen {
public:
    /// Starts Xvfb and names it in DISPLAY. `whyNot()` says what is missing when there is none.
    VirtualScreen() {
        std::array<int, 2> ends{};
        if (::pipe(ends.data()) != 0) {
            why_not_ = "no pipe";
            return;
        }
        server_ = ::fork();
        if (server_ == 0) {
            ::close(ends[0]);
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            const std::string number = std::to_string(ends[1]);
            ::execlp(
                "Xvfb",
                "Xvfb",
                "-displayfd",
                number.c_str(),
                "-screen",
                "0",
                "1920x1200x24",
                "-nolisten",
                "tcp",
                nullptr
            );
            ::_exit(127);
        }
        ::close(ends[1]);
        std::string display; // Xvfb writes its number when it is ready, and closes the pipe when it can't be
        char letter = 0;
        while (::read(ends[0], &letter, 1) == 1 && letter != '\n') {
            display += letter;
        }
        ::close(ends[0]);
        if (display.empty()) {
            why_not_ = "Xvfb (Debian: xvfb) could not be started";
            return;
        }
        ::setenv("DISPLAY", (":" + display).c_str(), 1);
    }

    ~VirtualScreen() {
        if (server_ > 0) {
            ::kill(server_, SIGTERM);
            ::waitpid(server_, nullptr, 0);
        }
    }

    VirtualScreen(const VirtualScreen&) = delete;
    VirtualScreen& operator=(const VirtualScreen&) = delete;

    /// Empty when there is a screen.
    const std::string& whyNot() const { return why_not_; }

private:
    pid_t server_ = -1;
    std::string why_not_;
};

} // namespace rushes::testing
