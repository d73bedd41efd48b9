// The sockets: HTTP/1.1 and WebSocket on one port, by Boost.Beast. One thread moves the bytes and never
// waits; what an address means is asked of Api on another.
//
// Beast, because it is kept by the Boost project, is in Debian and Ubuntu as headers only, needs neither Qt
// nor a display, and lets the server decide when a message is written: frames are pulled when a client has
// room.
#pragma once

#include "serve/api.h"
#include "serve/connected.h"
#include "serve/viewer.h"
#include "serve/work_thread.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace rushes::serve {

struct ServerOptions {
    std::string address = "127.0.0.1";          ///< to listen on
    std::uint16_t port = 0;                     ///< 0: any free one
    std::filesystem::path certificate;          ///< PEM, with its chain; empty: no TLS
    std::filesystem::path private_key;          ///< PEM
    int most_connections = 4096;                ///< more are closed at once
    std::chrono::milliseconds patience{30'000}; ///< for a request to come in, an answer to be taken
    std::chrono::milliseconds idle{120'000};    ///< between requests; a stream that is silent is pinged
};

class Server {
public:
    using MakeViewer =
        std::function<std::shared_ptr<Viewer>(const Client& client, std::function<void()> wake)>;

    /// Listens when it returns; who comes waits for start(). Throws Error{resource}: the port is taken, the
    /// address is none of this machine; Error{user}: a certificate or key that is none.
    /// `work` answers requests, `posters` those that decode pictures.
    Server(
        const ServerOptions& options, Api& api, WorkThread& work, WorkThread& posters, MakeViewer make_viewer
    );
    /// Ends all connections.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Once, when all that its viewers ask is there: lets clients in.
    void start();

    std::uint16_t port() const;
    int connections() const;

    // From any thread; nothing of it waits.
    void post(std::function<void()> on_network_thread);
    void changed(const std::string& job); ///< to every viewer
    void tell(const std::string& event);  ///< to every viewer
    /// `then` is called on the network's thread.
    void list(std::function<void(std::vector<Connected>)> then);
    /// Takes no new connection, tells viewers that it goes.
    void stop_listening();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Whether only this machine can reach an address ("127.0.0.1", "::1").
bool is_loopback(const std::string& address);

} // namespace rushes::serve
