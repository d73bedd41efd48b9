// Where the service of this machine is, for `rushes top`: a file that only its user can read.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace rushes::serve {

struct ServiceAddress {
    std::string url;
    std::string token;
};

class ServiceNote {
public:
    explicit ServiceNote(const ServiceAddress& address);
    ~ServiceNote(); ///< removes what it wrote
    ServiceNote(const ServiceNote&) = delete;
    ServiceNote& operator=(const ServiceNote&) = delete;

    static std::optional<ServiceAddress> read();

private:
    std::string text_;
};

} // namespace rushes::serve
