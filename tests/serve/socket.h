// A client made of plain sockets: HTTP/1.1 and WebSocket (RFC 6455) by the letter of the standards, with
// nothing of the library that the server is built on.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rushes::serve_test {

class Socket {
public:
    explicit Socket(std::uint16_t port, int receive_buffer = 0);
    ~Socket();
    Socket(Socket&& other) noexcept;
    Socket& operator=(Socket&&) = delete;

    /// False: the other side is gone.
    bool send(std::string_view bytes) const;
    /// Some bytes, or none at the end of the stream. Throws after a minute of silence.
    std::string read_some();
    std::string read_exactly(std::size_t bytes);
    std::string read_line(); ///< without its line break
    std::string read_all();  ///< until the end
    void close();

    int handle() const { return handle_; }

private:
    int handle_ = -1;
    std::string pending_;
};

struct Answer {
    int status = 0;
    std::map<std::string, std::string> headers; ///< lower-case names
    std::string body;

    nlohmann::json json() const { return nlohmann::json::parse(body, nullptr, false); }
};

using Headers = std::vector<std::pair<std::string, std::string>>;

std::string request_text(
    std::uint16_t port,
    const std::string& method,
    const std::string& target,
    const Headers& headers,
    const std::string& body
);
/// Reads one answer; `head`: to a HEAD, which has no body.
Answer read_answer(Socket& socket, bool head = false);
/// A connection of its own.
Answer
ask(std::uint16_t port,
    const std::string& method,
    const std::string& target,
    const Headers& headers = {},
    const std::string& body = {});

struct Message {
    enum Kind { text = 1, binary = 2, close = 8, ping = 9, pong = 10, gone = -1 };

    Kind kind = gone;
    std::string bytes;

    nlohmann::json json() const { return nlohmann::json::parse(bytes, nullptr, false); }
};

/// The header and the picture of a binary message.
struct Frame {
    nlohmann::json header;
    std::string picture;
};

Frame frame_of(const Message& message);

class WebSocket {
public:
    /// Opens /v1/stream. `status()` tells how it went.
    WebSocket(
        std::uint16_t port, const std::string& token, const Headers& headers = {}, int receive_buffer = 0
    );

    int status() const { return status_; }

    void send(const nlohmann::json& message);
    /// One frame as it is: `first_byte` with FIN and opcode.
    bool send_frame(std::uint8_t first_byte, std::string_view payload);
    /// The next message; control frames are handed out too. `gone` at the end.
    Message read();
    /// The next event with this "type"; everything else on the way goes to `seen`. Throws at the end.
    nlohmann::json wait_for(const std::string& type);

    std::vector<nlohmann::json> events; ///< that wait_for() passed, and its own
    std::vector<Frame> frames;          ///< the same

    Socket& socket() { return socket_; }

private:
    Socket socket_;
    int status_ = 0;
};

} // namespace rushes::serve_test
