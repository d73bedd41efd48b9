// One GET to a service, for `rushes top`.
#pragma once

#include <string>

namespace rushes::serve {

struct Fetched {
    int status = 0;
    std::string body;
};

/// `url`: "http://127.0.0.1:8800/v1/status" (or https, whose certificate is checked by the system's
/// authorities). Throws Error{user} for what is no such address, Error{transient} when nobody answers within
/// some seconds.
Fetched fetch(const std::string& url, const std::string& token);

} // namespace rushes::serve
