// One WebSocket: a viewer on the one side, a socket on the other. Included by the two files that give it a
// kind of socket.
#pragma once

#include "serve/network.h"

#include <boost/asio/post.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

namespace rushes::serve {

namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;

using BeastRequest = http::request<http::string_body>;

template <typename Stream>
class StreamConnection final : public StreamLink,
                               public std::enable_shared_from_this<StreamConnection<Stream>> {
public:
    StreamConnection(Stream stream, Ticket ticket, Network& network)
        : socket_(std::move(stream)), ticket_(std::move(ticket)), network_(network) {}

    ~StreamConnection() override { network_.streams.erase(this); }

    StreamConnection(const StreamConnection&) = delete;
    StreamConnection& operator=(const StreamConnection&) = delete;

    void start(const BeastRequest& request, const Client& client) {
        beast::get_lowest_layer(socket_).expires_never(); // the WebSocket has timeouts of its own
        websocket::stream_base::timeout timeout{};
        timeout.handshake_timeout = network_.options.patience;
        timeout.idle_timeout = network_.options.idle; // pings halfway; who does not answer is gone
        timeout.keep_alive_pings = true;
        socket_.set_option(timeout);
        socket_.read_message_max(most_message_bytes);
        socket_.auto_fragment(false);
        keep_facts(request, client);
        network_.streams.insert(this);
        // Many reasons to look are one look. The flag is a thing of its own: who wakes must not be the last
        // to hold the connection.
        const auto woken = std::make_shared<std::atomic<bool>>(false);
        viewer_ = network_.make_viewer(client, [weak = this->weak_from_this(), &io = network_.io, woken] {
            if (woken->exchange(true)) {
                return;
            }
            net::post(io, [weak, woken] {
                *woken = false;
                if (const auto self = weak.lock()) {
                    self->pump();
                }
            });
        });
        socket_.async_accept(request, [self = this->shared_from_this()](beast::error_code error) {
            if (!error) {
                self->open_ = true;
                self->read();
                self->pump();
            }
        });
    }

    void changed(const std::string& job) override { viewer_->changed(job); }

    void tell(const std::string& event) override { viewer_->tell(event); }

    void close() override { close(websocket::close_code::going_away); }

    Connected connected() const override {
        Connected now = facts_;
        now.clips = viewer_ == nullptr ? 0 : viewer_->watched();
        return now;
    }

private:
    void keep_facts(const BeastRequest& request, const Client& client) {
        constexpr std::size_t most = 256;
        beast::error_code gone;
        const auto peer = beast::get_lowest_layer(socket_).socket().remote_endpoint(gone);
        const auto agent = request[http::field::user_agent];
        facts_.address = gone ? std::string() : peer.address().to_string();
        facts_.program = std::string(agent.data(), std::min(agent.size(), most));
        facts_.owner = client.owner;
    }

    void read() {
        socket_.async_read(buffer_, [self = this->shared_from_this()](beast::error_code error, std::size_t) {
            if (!error) {
                self->got_message();
            } else {
                self->open_ = false; // Beast has told a client that broke the rules, and closes
            }
        });
    }

    void got_message() {
        if (!socket_.got_text()) {
            close(websocket::close_code::unknown_data);
            return;
        }
        const auto bytes = buffer_.cdata();
        viewer_->take(std::string_view(static_cast<const char*>(bytes.data()), bytes.size()));
        buffer_.clear();
        buffer_.shrink_to_fit(); // a thousand that are silent hold nothing
        if (!open_) {
            return;
        }
        reading_ = !viewer_->busy();
        if (reading_) {
            read();
        }
    }

    void pump() {
        if (!open_) {
            return;
        }
        if (viewer_->given_up()) {
            open_ = false;
            beast::get_lowest_layer(socket_).close(); // it reads nothing, not even why
            return;
        }
        if (!reading_ && !viewer_->busy()) {
            reading_ = true;
            read();
        }
        if (writing_) {
            return;
        }
        auto outgoing = viewer_->next();
        if (!outgoing) {
            return;
        }
        writing_ = true;
        sent_ = std::move(outgoing->message);
        socket_.binary(outgoing->binary);
        socket_.async_write(
            net::buffer(*sent_),
            [self = this->shared_from_this()](beast::error_code error, std::size_t) {
                self->writing_ = false;
                self->sent_.reset();
                if (error) {
                    self->open_ = false;
                } else {
                    self->pump();
                }
            }
        );
    }

    void close(websocket::close_code code) {
        if (!open_) {
            return;
        }
        open_ = false;
        socket_.async_close(code, [self = this->shared_from_this()](beast::error_code) {});
    }

    websocket::stream<Stream> socket_;
    Ticket ticket_;
    Network& network_;
    Connected facts_;
    beast::flat_buffer buffer_;
    std::shared_ptr<Viewer> viewer_;
    MessagePtr sent_;
    bool open_ = false;
    bool reading_ = true;
    bool writing_ = false;
};

} // namespace rushes::serve
