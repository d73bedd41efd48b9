// A bus of the desktop for one process, for tests of what goes over it: a dbus-daemon of its own, ended with
// the process.
#pragma once

#include <array>
#include <csignal>
#include <cstdlib>
#include <string>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace rushes::testing {

class PrivateBus {
public:
    /// Starts the daemon and names it in DBUS_SESSION_BUS_ADDRESS. `whyNot()` says what is missing when there
    /// is none.
    PrivateBus() {
        std::array<int, 2> ends{};
        if (::pipe(ends.data()) != 0) {
            why_not_ = "no pipe";
            return;
        }
        daemon_ = ::fork();
        if (daemon_ == 0) {
            ::close(ends[0]);
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            const std::string address = "--print-address=" + std::to_string(ends[1]);
            ::execlp("dbus-daemon", "dbus-daemon", "--session", "--nofork", address.c_str(), nullptr);
            ::_exit(127);
        }
        ::close(ends[1]);
        std::string address; // written when it is ready
        char letter = 0;
        while (::read(ends[0], &letter, 1) == 1 && letter != '\n') {
            address += letter;
        }
        ::close(ends[0]);
        if (address.empty()) {
            why_not_ = "dbus-daemon (Debian: dbus-daemon) could not be started";
            return;
        }
        ::setenv("DBUS_SESSION_BUS_ADDRESS", address.c_str(), 1);
    }

    ~PrivateBus() {
        if (daemon_ > 0) {
            ::kill(daemon_, SIGTERM);
            ::waitpid(daemon_, nullptr, 0);
        }
    }

    PrivateBus(const PrivateBus&) = delete;
    PrivateBus& operator=(const PrivateBus&) = delete;

    /// Empty when there is a bus.
    const std::string& whyNot() const { return why_not_; }

private:
    pid_t daemon_ = -1;
    std::string why_not_;
};

} // namespace rushes::testing
