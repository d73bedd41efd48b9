// Who may do what: tokens, origins, and which jobs are whose.
#pragma once

#include "serve/http.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rushes::serve {

/// Who asks. The owner of the machine sees everything; a guest sees what was asked for with the same token.
struct Client {
    bool owner = false;
    std::string tag; ///< first digits of the ids of its jobs

    bool may_see(std::string_view job_id) const { return owner || job_id.starts_with(tag); }

    bool operator==(const Client&) const = default;
};

/// 32 hexadecimal digits, from the system's random source.
std::string new_token();

struct AccessRules {
    std::string token;                   ///< the owner's; not empty
    std::vector<std::string> guests;     ///< more tokens, each with jobs of its own
    std::vector<std::string> origins;    ///< pages of others that may call, "https://studio.example"
    std::vector<std::string> host_names; ///< that this machine answers to besides loopback
    bool any_host = false;               ///< a certificate vouches for the name already
};

class Access {
public:
    explicit Access(AccessRules rules);

    /// By `Authorization: Bearer T` or `?token=T`; empty when it is neither. Takes as long for a wrong token
    /// as for a right one.
    std::optional<Client> client_of(const HttpRequest& request) const;

    /// Whether a browser may send this: no Origin, the server's own, or one of the rules. A Host that is none
    /// of this machine's names is refused too: a page that had its own name resolved to 127.0.0.1 would pass
    /// for its own origin otherwise ("DNS rebinding").
    bool right_place(const HttpRequest& request) const;

    /// An origin of the rules, for Access-Control-Allow-Origin.
    bool known_origin(const std::string& origin) const;

private:
    bool own_host(std::string_view host) const;

    AccessRules rules_;
};

/// A new job's id. With an idempotency key the same client and key give the same id.
std::string job_id_for(const Client& client, const std::string& idempotency_key);

} // namespace rushes::serve
