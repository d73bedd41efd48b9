#include "serve/http.h"

#include <nlohmann/json.hpp>

namespace rushes::serve {
namespace {

constexpr std::size_t most_parameters = 64;

const std::string& value_or_empty(const std::map<std::string, std::string>& map, const std::string& name) {
    static const std::string empty;
    const auto found = map.find(name);
    return found == map.end() ? empty : found->second;
}

int hex_digit(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/// "%20" (and '+' in a query) to what it stands for; empty for a broken escape or a NUL.
std::optional<std::string> decoded(std::string_view text, bool plus_is_space) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
            const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
            if (high < 0 || low < 0 || high + low == 0) {
                return std::nullopt;
            }
            out += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            out += plus_is_space && text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

bool parse_query(std::string_view query, std::map<std::string, std::string>& into) {
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view pair = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        if (pair.empty()) {
            continue;
        }
        const std::size_t equals = std::min(pair.find('='), pair.size());
        const auto name = decoded(pair.substr(0, equals), true);
        const auto value = decoded(pair.substr(std::min(equals + 1, pair.size())), true);
        if (!name || !value || into.size() == most_parameters) {
            return false;
        }
        into[*name] = *value;
    }
    return true;
}

} // namespace

const std::string& HttpRequest::header(const std::string& lower_name) const {
    return value_or_empty(headers, lower_name);
}

const std::string& HttpRequest::parameter(const std::string& name) const {
    return value_or_empty(query, name);
}

std::optional<Target> parse_target(std::string_view target) {
    target = target.substr(0, target.find('#'));
    const std::size_t question = std::min(target.find('?'), target.size());
    const auto path = decoded(target.substr(0, question), false);
    Target parsed;
    if (!path || !path->starts_with('/') || path->find('\0') != std::string::npos ||
        !parse_query(target.substr(std::min(question + 1, target.size())), parsed.query)) {
        return std::nullopt;
    }
    parsed.path = *path;
    return parsed;
}

HttpResponse refusal(int status, const std::string& message, const std::string& hint) {
    HttpResponse response;
    response.status = status;
    const nlohmann::ordered_json json{{"error", {{"message", message}, {"hint", hint}}}};
    response.body = json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    return response;
}

} // namespace rushes::serve
