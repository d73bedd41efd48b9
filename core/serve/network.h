// What the connections share. Beast's headers cost seconds: included by the files that move bytes, nowhere
// else.
#pragma once

#include "serve/server.h"

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <set>
#include <utility>

namespace rushes::serve {

namespace net = boost::asio;

/// A stream of events and frames, whatever it goes over. Used on the network's thread only.
class StreamLink {
public:
    virtual ~StreamLink() = default;
    virtual void changed(const std::string& job) = 0;
    virtual void tell(const std::string& event) = 0;
    virtual void close() = 0;
    virtual Connected connected() const = 0;
};

struct Network {
    Network(
        ServerOptions the_options,
        Api& the_api,
        WorkThread& the_work,
        WorkThread& the_posters,
        Server::MakeViewer make
    )
        : options(std::move(the_options)),
          api(the_api),
          work(the_work),
          posters(the_posters),
          make_viewer(std::move(make)) {}

    const ServerOptions options;
    Api& api;
    WorkThread& work;
    WorkThread& posters;
    const Server::MakeViewer make_viewer;
    std::atomic<int> connections{0};
    std::set<StreamLink*> streams;
    net::io_context io{1};
};

/// Counts a connection while it lives, and moves along when it becomes a stream.
class Ticket {
public:
    explicit Ticket(Network& network) : network_(&network) { ++network_->connections; }

    Ticket(Ticket&& other) noexcept : network_(std::exchange(other.network_, nullptr)) {}

    Ticket& operator=(Ticket&&) = delete;

    ~Ticket() {
        if (network_ != nullptr) {
            --network_->connections;
        }
    }

private:
    Network* network_;
};

/// Each lives until its client leaves.
void serve_plain(net::ip::tcp::socket socket, Network& network);
void serve_tls(net::ip::tcp::socket socket, Network& network, net::ssl::context& tls);

} // namespace rushes::serve
