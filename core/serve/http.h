// A request and its answer as plain values: what an address means is decided without a socket.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rushes::serve {

inline constexpr std::size_t most_body_bytes = std::size_t{1} << 20; ///< but of a picture (picture_shelf.h)

struct HttpRequest {
    std::string method;                         ///< GET, POST ...
    std::string path;                           ///< decoded, begins with '/'
    std::map<std::string, std::string> query;   ///< decoded
    std::map<std::string, std::string> headers; ///< names in lower case
    std::string body;

    /// Empty when there is none.
    const std::string& header(const std::string& lower_name) const;
    const std::string& parameter(const std::string& name) const;
};

/// Path and query of a target ("/v1/clips?limit=5"). Empty for one that is malformed: no leading '/', a
/// broken escape, a NUL, more than 64 parameters.
struct Target {
    std::string path;
    std::map<std::string, std::string> query;
};

std::optional<Target> parse_target(std::string_view target);

/// A body that is fetched piece by piece, because it is long or not there yet.
class BodySource {
public:
    virtual ~BodySource() = default;

    enum class State { more, later, end };

    /// Appends at most about `most` bytes to `piece`. `later`: there is nothing yet, ask again in a moment.
    /// May read a file; never throws: what can't be read ends the body.
    virtual State next(std::string& piece, std::size_t most) = 0;
};

struct HttpResponse {
    int status = 200;
    std::string content_type = "application/json";
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::unique_ptr<BodySource> source;        ///< instead of `body`
    std::optional<std::uint64_t> source_bytes; ///< its length; empty: it ends when it ends (chunked)
};

/// {"error": {"kind": ..., "message": ..., "hint": ...}}
HttpResponse refusal(int status, const std::string& message, const std::string& hint = {});

} // namespace rushes::serve
