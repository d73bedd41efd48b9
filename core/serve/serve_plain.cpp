// Connections without TLS, and what both kinds need of Beast's messages.
#include "serve/http_connection.h"

namespace rushes::serve {
namespace {

template <typename Body>
void fill(http::response<Body>& message, const HttpResponse& response, bool keep_alive) {
    message.result(static_cast<unsigned>(response.status));
    message.keep_alive(keep_alive);
    message.set(http::field::server, "Rushes");
    message.set(http::field::x_frame_options, "DENY");
    message.set("X-Content-Type-Options", "nosniff");
    message.set("Referrer-Policy", "no-referrer"); // an address may hold a token
    if (response.status != 204) {
        message.set(http::field::content_type, response.content_type);
    }
    if (response.headers.end() ==
        std::find_if(response.headers.begin(), response.headers.end(), [](const auto& header) {
            return header.first == "Cache-Control";
        })) {
        message.set(http::field::cache_control, "no-store");
    }
    for (const auto& [name, value] : response.headers) {
        message.set(name, value);
    }
}

std::string text_of_view(const beast::string_view& view) {
    return {view.data(), view.size()};
}

} // namespace

std::optional<HttpRequest> request_of(const BeastRequest& request) {
    const std::string text = text_of_view(request.target());
    auto target = parse_target(text);
    if (!target) {
        return std::nullopt;
    }
    HttpRequest values;
    values.method = text_of_view(request.method_string());
    values.path = std::move(target->path);
    values.query = std::move(target->query);
    for (const auto& field : request) {
        std::string name = text_of_view(field.name_string());
        std::transform(name.begin(), name.end(), name.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
        });
        values.headers[name] = text_of_view(field.value());
    }
    values.body = request.body();
    return values;
}

http::response<http::string_body>
beast_response(const HttpResponse& response, unsigned version, bool keep_alive) {
    http::response<http::string_body> message;
    message.version(version);
    fill(message, response, keep_alive);
    message.body() = response.body;
    message.prepare_payload();
    return message;
}

http::response<http::empty_body>
beast_header(const HttpResponse& response, unsigned version, bool keep_alive) {
    http::response<http::empty_body> message;
    message.version(version);
    fill(message, response, keep_alive);
    if (response.source_bytes) {
        message.content_length(*response.source_bytes);
    } else if (response.source == nullptr) {
        message.content_length(response.body.size());
    }
    return message;
}

void serve_plain(net::ip::tcp::socket socket, Network& network) {
    std::make_shared<HttpConnection<beast::tcp_stream>>(beast::tcp_stream(std::move(socket)), network)
        ->start();
}

} // namespace rushes::serve
