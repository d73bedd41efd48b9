#include "serve/server.h"

#include "base/error.h"
#include "serve/network.h"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <thread>

namespace rushes::serve {

using net::ip::tcp;

namespace {

net::ip::address address_of(const std::string& text) {
    boost::system::error_code error;
    auto address = net::ip::make_address(text, error);
    if (error) {
        throw Error(
            ErrorKind::user, "'" + text + "' is no address to listen on: use for example 127.0.0.1 or ::."
        );
    }
    return address;
}

tcp::acceptor listen_on(net::io_context& io, const ServerOptions& options) {
    const tcp::endpoint endpoint(address_of(options.address), options.port);
    tcp::acceptor acceptor(io);
    boost::system::error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (!error) {
        acceptor.set_option(net::socket_base::reuse_address(true), error);
        acceptor.bind(endpoint, error);
    }
    if (!error) {
        acceptor.listen(net::socket_base::max_listen_connections, error);
    }
    if (error) {
        throw Error(
            ErrorKind::resource,
            "Cannot listen on " + options.address + ", port " + std::to_string(options.port) + ": " +
                error.message() + ".",
            "Choose another --port."
        );
    }
    return acceptor;
}

std::optional<net::ssl::context> tls_of(const ServerOptions& options) {
    if (options.certificate.empty()) {
        return std::nullopt;
    }
    std::optional<net::ssl::context> tls(net::ssl::context::tls_server);
    tls->set_options(
        net::ssl::context::default_workarounds | net::ssl::context::no_sslv2 | net::ssl::context::no_sslv3 |
        net::ssl::context::no_tlsv1 | net::ssl::context::no_tlsv1_1
    );
    boost::system::error_code error;
    tls->use_certificate_chain_file(options.certificate.string(), error);
    if (error) {
        throw Error(
            ErrorKind::user,
            "'" + options.certificate.string() + "' holds no certificate (PEM) that can be read."
        );
    }
    tls->use_private_key_file(options.private_key.string(), net::ssl::context::pem, error);
    if (error) {
        throw Error(
            ErrorKind::user,
            "'" + options.private_key.string() + "' holds no private key (PEM) of this certificate."
        );
    }
    return tls;
}

} // namespace

bool is_loopback(const std::string& address) {
    return address_of(address).is_loopback();
}

struct Server::State {
    State(
        const ServerOptions& options, Api& api, WorkThread& work, WorkThread& posters, MakeViewer make_viewer
    )
        : network(options, api, work, posters, std::move(make_viewer)),
          tls(tls_of(options)),
          acceptor(listen_on(network.io, options)),
          port(acceptor.local_endpoint().port()),
          pause(network.io) {}

    ~State() {
        net::post(network.io, [this] { close(); });
        network.io.stop();
        if (thread.joinable()) {
            thread.join();
        }
    }

    void run() {
        while (true) {
            try {
                network.io.run();
                return;
            } catch (const std::exception&) {
                // One connection ran out of memory; the others go on.
            }
        }
    }

    void accept() {
        acceptor.async_accept([this](const boost::system::error_code& error, tcp::socket socket) {
            if (error == net::error::operation_aborted) {
                return;
            }
            if (error) { // no file handles are left: some will be free soon
                pause.expires_after(std::chrono::milliseconds(100));
                pause.async_wait([this](const boost::system::error_code& stopped) {
                    if (!stopped) {
                        accept();
                    }
                });
                return;
            }
            begin(std::move(socket));
            accept();
        });
    }

    void begin(tcp::socket socket) {
        if (network.connections >= network.options.most_connections) {
            return; // closed by its destructor
        }
        boost::system::error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        // A client that does not read is noticed before megabytes wait for it.
        socket.set_option(net::socket_base::send_buffer_size(256 << 10), ignored);
        if (tls) {
            serve_tls(std::move(socket), network, *tls);
        } else {
            serve_plain(std::move(socket), network);
        }
    }

    void close() {
        boost::system::error_code ignored;
        acceptor.close(ignored);
        pause.cancel();
        for (StreamLink* stream : std::set<StreamLink*>(network.streams)) {
            stream->close();
        }
    }

    Network network;
    std::optional<net::ssl::context> tls;
    tcp::acceptor acceptor;
    const std::uint16_t port;
    net::steady_timer pause;
    std::thread thread;
};

Server::Server(
    const ServerOptions& options, Api& api, WorkThread& work, WorkThread& posters, MakeViewer make_viewer
)
    : state_(std::make_unique<State>(options, api, work, posters, std::move(make_viewer))) {}

Server::~Server() = default;

void Server::start() {
    state_->accept();
    state_->thread = std::thread([state = state_.get()] { state->run(); });
}

std::uint16_t Server::port() const {
    return state_->port;
}

int Server::connections() const {
    return state_->network.connections;
}

void Server::post(std::function<void()> on_network_thread) {
    net::post(state_->network.io, std::move(on_network_thread));
}

void Server::changed(const std::string& job) {
    post([this, job] {
        for (StreamLink* stream : state_->network.streams) {
            stream->changed(job);
        }
    });
}

void Server::tell(const std::string& event) {
    post([this, event] {
        for (StreamLink* stream : state_->network.streams) {
            stream->tell(event);
        }
    });
}

void Server::list(std::function<void(std::vector<Connected>)> then) {
    post([this, then = std::move(then)] {
        std::vector<Connected> all;
        for (const StreamLink* stream : state_->network.streams) {
            all.push_back(stream->connected());
        }
        then(std::move(all));
    });
}

void Server::stop_listening() {
    post([this] { state_->close(); });
}

} // namespace rushes::serve
