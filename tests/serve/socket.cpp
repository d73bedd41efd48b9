#include "serve/socket.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cstring>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace rushes::serve_test {
namespace {

constexpr int a_minute = 60'000;

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
    return text;
}

} // namespace

Socket::Socket(std::uint16_t port, int receive_buffer)
    : handle_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (receive_buffer > 0) {
        ::setsockopt(handle_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(handle_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        ::close(std::exchange(handle_, -1));
        throw std::runtime_error("cannot connect to port " + std::to_string(port));
    }
}

Socket::~Socket() {
    close();
}

Socket::Socket(Socket&& other) noexcept
    : handle_(std::exchange(other.handle_, -1)), pending_(std::move(other.pending_)) {}

void Socket::close() {
    if (handle_ >= 0) {
        ::close(std::exchange(handle_, -1));
    }
}

bool Socket::send(std::string_view bytes) const {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(handle_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

std::string Socket::read_some() {
    if (!pending_.empty()) {
        return std::exchange(pending_, {});
    }
    pollfd waited{.fd = handle_, .events = POLLIN, .revents = 0};
    if (::poll(&waited, 1, a_minute) <= 0) {
        throw std::runtime_error("the server has said nothing for a minute");
    }
    std::string bytes(65536, '\0');
    const ssize_t got = ::recv(handle_, bytes.data(), bytes.size(), 0);
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
}

std::string Socket::read_exactly(std::size_t bytes) {
    std::string read;
    while (read.size() < bytes) {
        const std::string more = read_some();
        if (more.empty()) {
            return read;
        }
        read += more;
    }
    pending_ = read.substr(bytes) + pending_;
    read.resize(bytes);
    return read;
}

std::string Socket::read_line() {
    std::string line;
    while (line.find('\n') == std::string::npos) {
        const std::string more = read_some();
        if (more.empty()) {
            return line;
        }
        line += more;
    }
    const std::size_t end = line.find('\n');
    pending_ = line.substr(end + 1) + pending_;
    line.resize(end > 0 && line[end - 1] == '\r' ? end - 1 : end);
    return line;
}

std::string Socket::read_all() {
    std::string all;
    for (std::string more; !(more = read_some()).empty();) {
        all += more;
    }
    return all;
}

std::string request_text(
    std::uint16_t port,
    const std::string& method,
    const std::string& target,
    const Headers& headers,
    const std::string& body
) {
    std::string text = method + " " + target + " HTTP/1.1\r\n";
    const bool host_given =
        std::ranges::any_of(headers, [](const auto& header) { return header.first == "Host"; });
    if (!host_given) {
        text += "Host: 127.0.0.1:" + std::to_string(port) + "\r\n";
    }
    for (const auto& [name, value] : headers) {
        text += name + ": " + value + "\r\n";
    }
    if (!body.empty() || method == "POST") {
        text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    }
    return text + "\r\n" + body;
}

Answer read_answer(Socket& socket, bool head) {
    Answer answer;
    const std::string first = socket.read_line();
    answer.status = first.size() > 12 ? std::atoi(first.c_str() + 9) : 0;
    for (std::string line; !(line = socket.read_line()).empty();) {
        const std::size_t colon = line.find(": ");
        answer.headers[lower(line.substr(0, colon))] =
            colon == std::string::npos ? "" : line.substr(colon + 2);
    }
    if (head || answer.status == 101 || answer.status == 204) {
        return answer;
    }
    if (answer.headers.contains("transfer-encoding")) {
        while (true) {
            const std::size_t size = std::strtoul(socket.read_line().c_str(), nullptr, 16);
            answer.body += socket.read_exactly(size);
            socket.read_line();
            if (size == 0) {
                return answer;
            }
        }
    }
    answer.body = socket.read_exactly(std::strtoul(answer.headers["content-length"].c_str(), nullptr, 10));
    return answer;
}

Answer
ask(std::uint16_t port,
    const std::string& method,
    const std::string& target,
    const Headers& headers,
    const std::string& body) {
    Socket socket(port);
    socket.send(request_text(port, method, target, headers, body));
    return read_answer(socket, method == "HEAD");
}

Frame frame_of(const Message& message) {
    if (message.bytes.size() < 4) {
        throw std::runtime_error("a binary message without a header");
    }
    std::uint32_t length = 0;
    for (int i = 3; i >= 0; --i) {
        length = length << 8 | static_cast<std::uint8_t>(message.bytes[static_cast<std::size_t>(i)]);
    }
    return {nlohmann::json::parse(message.bytes.substr(4, length)), message.bytes.substr(4 + length)};
}

WebSocket::WebSocket(std::uint16_t port, const std::string& token, const Headers& headers, int receive_buffer)
    : socket_(port, receive_buffer) {
    Headers all{
        {"Upgrade", "websocket"},
        {"Connection", "Upgrade"},
        {"Sec-WebSocket-Version", "13"},
        {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}
    };
    all.insert(all.end(), headers.begin(), headers.end());
    const std::string target = token.empty() ? "/v1/stream" : "/v1/stream?token=" + token;
    socket_.send(request_text(port, "GET", target, all, {}));
    const Answer answer = read_answer(socket_);
    status_ = answer.status;
    // RFC 6455, 1.3: the answer to this key.
    if (status_ == 101 && answer.headers.at("sec-websocket-accept") != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") {
        throw std::runtime_error("the handshake's answer is wrong");
    }
}

void WebSocket::send(const nlohmann::json& message) {
    send_frame(0x81, message.dump());
}

bool WebSocket::send_frame(std::uint8_t first_byte, std::string_view payload) {
    std::string frame(1, static_cast<char>(first_byte));
    const std::size_t size = payload.size();
    const int extra = size < 126 ? 0 : size < 65536 ? 2 : 8;
    frame += static_cast<char>(0x80 | (extra == 0 ? size : extra == 2 ? 126U : 127U));
    for (int i = extra - 1; i >= 0; --i) {
        frame += static_cast<char>(size >> (8 * i) & 0xFF);
    }
    const std::string mask = "\x12\x34\x56\x78";
    frame += mask;
    for (std::size_t i = 0; i < size; ++i) {
        frame += static_cast<char>(payload[i] ^ mask[i % 4]);
    }
    return socket_.send(frame);
}

Message WebSocket::read() {
    Message message;
    while (true) {
        const std::string header = socket_.read_exactly(2);
        if (header.size() < 2) {
            return {};
        }
        const auto first = static_cast<std::uint8_t>(header[0]);
        std::uint64_t size = static_cast<std::uint8_t>(header[1]);
        const int extra = size == 126 ? 2 : size == 127 ? 8 : 0;
        if (extra > 0) {
            size = 0;
            for (const char byte : socket_.read_exactly(static_cast<std::size_t>(extra))) {
                size = size << 8 | static_cast<std::uint8_t>(byte);
            }
        }
        const std::string payload = socket_.read_exactly(size);
        if (payload.size() < size) {
            return {};
        }
        const int opcode = first & 0x0F;
        if (opcode >= 8) { // between the parts of a message too
            return {static_cast<Message::Kind>(opcode), payload};
        }
        message.kind = opcode == 0 ? message.kind : static_cast<Message::Kind>(opcode);
        message.bytes += payload;
        if ((first & 0x80) != 0) {
            return message;
        }
    }
}

nlohmann::json WebSocket::wait_for(const std::string& type) {
    while (true) {
        const Message message = read();
        if (message.kind == Message::text) {
            events.push_back(message.json());
            if (events.back().value("type", "") == type) {
                return events.back();
            }
        } else if (message.kind == Message::binary) {
            frames.push_back(frame_of(message));
        } else if (message.kind == Message::gone || message.kind == Message::close) {
            throw std::runtime_error("the connection ended before '" + type + "'");
        }
    }
}

} // namespace rushes::serve_test
