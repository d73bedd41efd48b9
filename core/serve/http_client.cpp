#include "serve/http_client.h"

#include "base/error.h"

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <openssl/ssl.h>

namespace rushes::serve {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using net::ip::tcp;

constexpr auto patience = std::chrono::seconds(5);

struct Url {
    bool secure = false;
    std::string host;
    std::string port;
    std::string target;
};

Url parts_of(const std::string& url) {
    Url parts;
    const std::size_t scheme = url.find("://");
    const std::string kind = url.substr(0, scheme);
    if (scheme == std::string::npos || (kind != "http" && kind != "https")) {
        throw Error(
            ErrorKind::user,
            "'" + url + "' is no address of a service: use for example http://127.0.0.1:8800."
        );
    }
    parts.secure = kind == "https";
    const std::size_t path = url.find('/', scheme + 3);
    const std::string place = url.substr(scheme + 3, path - scheme - 3);
    parts.target = path == std::string::npos ? "/" : url.substr(path);
    const std::size_t colon = place.rfind(':');
    const bool has_port = colon != std::string::npos && place.find(']', colon) == std::string::npos;
    parts.host = place.substr(0, has_port ? colon : place.size());
    parts.port = has_port ? place.substr(colon + 1) : parts.secure ? "443" : "80";
    if (parts.host.starts_with('[') && parts.host.ends_with(']')) {
        parts.host = parts.host.substr(1, parts.host.size() - 2);
    }
    return parts;
}

/// Runs one asynchronous step to its end: Beast's timeouts need it.
template <typename Start>
void step(net::io_context& io, const Start& start) {
    beast::error_code result;
    start([&](beast::error_code error, auto&&...) { result = error; });
    io.restart();
    io.run();
    if (result) {
        throw beast::system_error(result);
    }
}

template <typename Stream>
Fetched ask(net::io_context& io, Stream& stream, const Url& url, const std::string& token) {
    http::request<http::empty_body> request(http::verb::get, url.target, 11);
    request.set(
        http::field::host,
        (url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]") + ":" + url.port
    );
    request.set(http::field::authorization, "Bearer " + token);
    request.set(http::field::connection, "close");
    beast::flat_buffer buffer;
    http::response<http::string_body> response;
    step(io, [&](auto done) { http::async_write(stream, request, done); });
    step(io, [&](auto done) { http::async_read(stream, buffer, response, done); });
    return {static_cast<int>(response.result_int()), std::move(response.body())};
}

Fetched fetch_from(const Url& url, const std::string& token) {
    net::io_context io;
    tcp::resolver resolver(io);
    const auto found = resolver.resolve(url.host, url.port);
    if (!url.secure) {
        beast::tcp_stream stream(io);
        stream.expires_after(patience);
        step(io, [&](auto done) { stream.async_connect(found, done); });
        return ask(io, stream, url, token);
    }
    net::ssl::context tls(net::ssl::context::tls_client);
    tls.set_default_verify_paths();
    // Nobody stands between this machine and itself, and a certificate is seldom made for "localhost".
    const bool here = std::ranges::all_of(found, [](const auto& entry) {
        return entry.endpoint().address().is_loopback();
    });
    tls.set_verify_mode(here ? net::ssl::verify_none : net::ssl::verify_peer);
    beast::ssl_stream<beast::tcp_stream> stream(io, tls);
    SSL_set_tlsext_host_name(stream.native_handle(), url.host.c_str());
    if (!here) {
        SSL_set1_host(stream.native_handle(), url.host.c_str());
    }
    beast::get_lowest_layer(stream).expires_after(patience);
    step(io, [&](auto done) { beast::get_lowest_layer(stream).async_connect(found, done); });
    step(io, [&](auto done) { stream.async_handshake(net::ssl::stream_base::client, done); });
    return ask(io, stream, url, token);
}

} // namespace

Fetched fetch(const std::string& url, const std::string& token) {
    const Url parts = parts_of(url);
    try {
        return fetch_from(parts, token);
    } catch (const beast::system_error& error) {
        throw Error(
            ErrorKind::transient,
            "Nobody answers under " + parts.host + ", port " + parts.port + ": " + error.code().message() +
                ".",
            "Is 'rushes serve' running?"
        );
    }
}

} // namespace rushes::serve
