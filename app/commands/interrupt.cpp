#include "commands/interrupt.h"

#include "command_line.h"
#include "commands/terminal.h"

#include <cstdint>
#include <cstdlib>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace rushes {

InterruptWatch::InterruptWatch() {
    ::sigemptyset(&signals_);
    ::sigaddset(&signals_, SIGINT);
    ::sigaddset(&signals_, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &signals_, &before_);
    wake_ = ::eventfd(0, EFD_CLOEXEC);
    thread_ = std::thread([this] { watch(); });
}

InterruptWatch::~InterruptWatch() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
    thread_.join();
    ::close(wake_);
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void InterruptWatch::watch() {
    // Read from a descriptor, not in a handler: a handler may not touch a stop source.
    const int signals = ::signalfd(-1, &signals_, SFD_CLOEXEC);
    pollfd waited[] = {
        {.fd = signals, .events = POLLIN, .revents = 0}, {.fd = wake_, .events = POLLIN, .revents = 0}
    };
    while (::poll(waited, 2, -1) > 0 && (waited[1].revents & POLLIN) == 0) {
        signalfd_siginfo info{};
        if (::read(signals, &info, sizeof info) != static_cast<ssize_t>(sizeof info)) {
            break;
        }
        if (!heard_ || stop_.stop_requested()) {
            std::_Exit(exit_interrupted);
        }
        say("\nStopping; the frames that exist are kept (once more: leave at once).");
        stop_.request_stop();
    }
    ::close(signals);
}

} // namespace rushes
