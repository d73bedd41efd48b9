// A disk that is full after n bytes.
#pragma once

#include <csignal>
#include <sys/resource.h>

namespace rushes::testing {

/// While it lives, no file of this process grows beyond `bytes`: write() fails with EFBIG, as it does on a
/// full disk with ENOSPC.
class FullDisk {
public:
    explicit FullDisk(rlim_t bytes) : old_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &old_limit_);
        const rlimit limit{bytes, old_limit_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }

    ~FullDisk() {
        ::setrlimit(RLIMIT_FSIZE, &old_limit_);
        std::signal(SIGXFSZ, old_handler_);
    }

    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

private:
    using Handler = void (*)(int);

    Handler old_handler_;
    rlimit old_limit_{};
};

} // namespace rushes::testing
