#include "serve/access.h"

#include "base/sha256.h"
#include "jobs/job_queue.h"

#include <algorithm>

namespace rushes::serve {
namespace {

constexpr std::size_t tag_digits = 12;
constexpr std::size_t id_digits = 32;

std::string digest(std::initializer_list<std::string_view> parts) {
    Sha256 hash;
    for (const std::string_view part : parts) {
        hash.update(part);
        hash.update(std::string_view("\0", 1));
    }
    return hash.finish();
}

/// Looks at every byte, whatever the first difference is; digests, so that lengths tell nothing either.
bool same(const std::string& a, const std::string& b) {
    const std::string left = digest({a});
    const std::string right = digest({b});
    unsigned difference = 0;
    for (std::size_t i = 0; i < left.size(); ++i) {
        difference |= static_cast<unsigned>(left[i] ^ right[i]);
    }
    return difference == 0;
}

std::string token_of(const HttpRequest& request) {
    constexpr std::string_view scheme = "bearer ";
    const std::string& header = request.header("authorization");
    const bool bearer = header.size() > scheme.size() &&
                        std::equal(scheme.begin(), scheme.end(), header.begin(), [](char want, char got) {
                            return want == (got >= 'A' && got <= 'Z' ? got + ('a' - 'A') : got);
                        });
    return bearer ? header.substr(scheme.size()) : request.parameter("token");
}

/// "studio.example" of "studio.example:8080", "[::1]" of "[::1]:8080".
std::string_view without_port(std::string_view host) {
    const std::size_t bracket = host.rfind(']');
    const std::size_t colon = host.rfind(':');
    const bool has_port =
        colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
    return has_port ? host.substr(0, colon) : host;
}

} // namespace

std::string new_token() {
    return new_job_id();
}

Access::Access(AccessRules rules) : rules_(std::move(rules)) {}

std::optional<Client> Access::client_of(const HttpRequest& request) const {
    const std::string token = token_of(request);
    std::optional<Client> client;
    if (same(token, rules_.token)) {
        client = Client{true, digest({rules_.token, "jobs"}).substr(0, tag_digits)};
    }
    for (const std::string& guest : rules_.guests) {
        if (same(token, guest) && !client) {
            client = Client{false, digest({guest, "jobs"}).substr(0, tag_digits)};
        }
    }
    return client;
}

bool Access::own_host(std::string_view host) const {
    const std::string_view name = without_port(host);
    return rules_.any_host || name == "localhost" || name == "127.0.0.1" || name == "[::1]" ||
           std::ranges::find(rules_.host_names, name) != rules_.host_names.end();
}

bool Access::known_origin(const std::string& origin) const {
    return std::ranges::find(rules_.origins, origin) != rules_.origins.end();
}

bool Access::right_place(const HttpRequest& request) const {
    const std::string& host = request.header("host");
    if (!own_host(host)) {
        return false;
    }
    const std::string& origin = request.header("origin");
    return origin.empty() || known_origin(origin) || origin == "http://" + host ||
           origin == "https://" + host;
}

std::string job_id_for(const Client& client, const std::string& idempotency_key) {
    const std::string rest = idempotency_key.empty() ? new_job_id() : digest({client.tag, idempotency_key});
    return client.tag + rest.substr(0, id_digits - tag_digits);
}

} // namespace rushes::serve
