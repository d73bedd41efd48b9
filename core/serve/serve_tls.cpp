// Connections with TLS.
#include "serve/http_connection.h"

namespace rushes::serve {

void serve_tls(net::ip::tcp::socket socket, Network& network, net::ssl::context& tls) {
    using Stream = beast::ssl_stream<beast::tcp_stream>;
    std::make_shared<HttpConnection<Stream>>(Stream(beast::tcp_stream(std::move(socket)), tls), network)
        ->start();
}

} // namespace rushes::serve
