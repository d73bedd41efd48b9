// One client's requests, one after the other. Included by the two files that give it a kind of socket.
#pragma once

#include "serve/stream_connection.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/ssl.hpp>
#include <cstdio>
#include <optional>
#include <type_traits>

namespace rushes::serve {

inline constexpr std::size_t most_header_bytes = std::size_t{16} << 10;
inline constexpr std::size_t piece_bytes = std::size_t{128} << 10;
inline constexpr std::size_t most_lingering_bytes = std::size_t{8} << 20;
inline constexpr auto growing_pause = std::chrono::milliseconds(50);

/// Empty for a target that is malformed.
std::optional<HttpRequest> request_of(const BeastRequest& request);
http::response<http::string_body>
beast_response(const HttpResponse& response, unsigned version, bool keep_alive);
http::response<http::empty_body>
beast_header(const HttpResponse& response, unsigned version, bool keep_alive);

template <typename Stream>
class HttpConnection : public std::enable_shared_from_this<HttpConnection<Stream>> {
public:
    HttpConnection(Stream stream, Network& network)
        : stream_(std::move(stream)), ticket_(network), network_(network) {}

    void start() {
        if constexpr (std::is_same_v<Stream, beast::tcp_stream>) {
            read_header();
        } else {
            socket().expires_after(network_.options.patience);
            stream_.async_handshake(
                net::ssl::stream_base::server,
                [self = this->shared_from_this()](beast::error_code error) {
                    if (!error) {
                        self->read_header();
                    }
                }
            );
        }
    }

private:
    beast::tcp_stream& socket() { return beast::get_lowest_layer(stream_); }

    void read_header() {
        parser_.emplace();
        parser_->header_limit(most_header_bytes);
        parser_->body_limit(most_picture_bytes); // until it is known what this is
        socket().expires_after(answered_ ? network_.options.idle : network_.options.patience);
        http::async_read_header(
            stream_,
            buffer_,
            *parser_,
            [self = this->shared_from_this()](beast::error_code error, std::size_t) {
                error ? self->refuse(error) : self->got_header();
            }
        );
    }

    void got_header() {
        if (websocket::is_upgrade(parser_->get())) {
            become_stream();
            return;
        }
        socket().expires_after(network_.options.patience);
        const auto values = request_of(parser_->get());
        most_bytes_ = values ? network_.api.most_bytes_of(*values) : most_body_bytes;
        if (parser_->content_length() && *parser_->content_length() > most_bytes_) {
            refuse(http::error::body_limit);
            return;
        }
        parser_->body_limit(most_bytes_);
        if (beast::iequals(parser_->get()[http::field::expect], "100-continue")) {
            continue_ = {http::status::continue_, 11};
            http::async_write(
                stream_,
                continue_,
                [self = this->shared_from_this()](beast::error_code error, std::size_t) {
                    if (!error) {
                        self->read_body();
                    }
                }
            );
            return;
        }
        read_body();
    }

    void read_body() {
        http::async_read(
            stream_,
            buffer_,
            *parser_,
            [self = this->shared_from_this()](beast::error_code error, std::size_t) {
                error ? self->refuse(error) : self->answer();
            }
        );
    }

    /// What is no HTTP, or too large of it, gets a last answer; who is gone or too slow gets none.
    void refuse(const beast::error_code& error) {
        HttpResponse response;
        if (error == http::error::header_limit) {
            response =
                refusal(431, "The header is longer than " + std::to_string(most_header_bytes) + " bytes.");
        } else if (error == http::error::body_limit) {
            response = refusal(413, "The body is longer than " + std::to_string(most_bytes_) + " bytes.");
        } else if (error.category() == http::make_error_code(http::error::bad_method).category() &&
                   error != http::error::end_of_stream && error != http::error::partial_message) {
            response = refusal(400, "This is no HTTP/1.1 request.");
        } else {
            return;
        }
        keep_alive_ = false;
        write(std::move(response));
    }

    void become_stream() {
        const BeastRequest request = parser_->release();
        const auto values = request_of(request);
        HttpResponse refused = refusal(400, "The address is malformed.");
        std::optional<Client> client;
        if (values && values->path == "/v1/stream") {
            client = network_.api.stream_client(*values, refused);
        } else if (values) {
            refused = refusal(404, "The stream is under /v1/stream.");
        }
        if (!client) {
            keep_alive_ = false;
            write(std::move(refused));
            return;
        }
        std::make_shared<StreamConnection<Stream>>(std::move(stream_), std::move(ticket_), network_)
            ->start(request, *client);
    }

    void answer() {
        const BeastRequest request = parser_->release();
        parser_.reset();
        version_ = request.version();
        keep_alive_ = request.keep_alive();
        head_only_ = request.method() == http::verb::head;
        auto values = request_of(request);
        if (!values) {
            write(refusal(400, "The address is malformed."));
            return;
        }
        socket().expires_never();
        WorkThread& thread = Api::decodes_pictures(*values) ? network_.posters : network_.work;
        thread.post([self = this->shared_from_this(), values = std::move(*values)] {
            auto response = std::make_shared<HttpResponse>(self->network_.api.answer(values));
            net::post(self->network_.io, [self, response] { self->write(std::move(*response)); });
        });
    }

    void write(HttpResponse response) {
        socket().expires_after(network_.options.patience);
        answered_ = true;
        const auto done = [self = this->shared_from_this()](beast::error_code error, std::size_t) {
            self->wrote(error);
        };
        if (response.source != nullptr || head_only_) {
            chunked_ = response.source != nullptr && !response.source_bytes && version_ == 11;
            if (!chunked_ && !response.source_bytes && response.source != nullptr) {
                keep_alive_ = false; // HTTP/1.0 ends what has no length by closing
            }
            header_ = beast_header(response, version_, keep_alive_);
            if (chunked_) { // else this would take the length away
                header_.chunked(true);
            }
            source_ = head_only_ ? nullptr : std::move(response.source);
            left_ = response.source_bytes.value_or(0);
            serializer_.emplace(header_);
            http::async_write_header(stream_, *serializer_, done);
        } else {
            whole_ = beast_response(response, version_, keep_alive_);
            http::async_write(stream_, whole_, done);
        }
    }

    void wrote(const beast::error_code& error) {
        if (error && error != http::error::need_buffer) {
            return; // gone, or too slow
        }
        if (source_ != nullptr) {
            fetch_piece();
        } else if (keep_alive_) {
            read_header();
        } else {
            close();
        }
    }

    void fetch_piece() {
        socket().expires_never();
        network_.work.post([self = this->shared_from_this()] {
            auto piece = std::make_shared<std::string>();
            const BodySource::State state = self->source_->next(*piece, piece_bytes);
            net::post(self->network_.io, [self, piece, state] {
                self->write_piece(std::move(*piece), state);
            });
        });
    }

    void write_piece(std::string piece, BodySource::State state) {
        left_ -= std::min<std::uint64_t>(left_, piece.size());
        if (state == BodySource::State::end) {
            source_.reset();
            if (left_ > 0) { // the file was cut meanwhile: the client would take the next answer for the rest
                keep_alive_ = false;
            }
        }
        if (piece.empty() && state == BodySource::State::later) {
            pause_.emplace(network_.io, growing_pause);
            pause_->async_wait([self = this->shared_from_this()](beast::error_code) { self->fetch_piece(); });
            return;
        }
        piece_.clear();
        if (chunked_) {
            char size[32];
            std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
            piece_ = piece.empty() ? std::string() : size + piece + "\r\n";
            piece_ += state == BodySource::State::end ? "0\r\n\r\n" : "";
        } else {
            piece_ = std::move(piece);
        }
        socket().expires_after(network_.options.patience);
        net::async_write(
            stream_,
            net::buffer(piece_),
            [self = this->shared_from_this()](beast::error_code error, std::size_t) { self->wrote(error); }
        );
    }

    void close() {
        socket().expires_after(network_.options.patience);
        if constexpr (std::is_same_v<Stream, beast::tcp_stream>) {
            beast::error_code ignored;
            socket().socket().shutdown(net::ip::tcp::socket::shutdown_send, ignored);
            linger(0);
        } else {
            stream_.async_shutdown([self = this->shared_from_this()](beast::error_code) {});
        }
    }

    /// Bytes that nobody read when a socket is closed would take the last answer with them (RFC 9112, 9.6):
    /// some of what the client still sends is read and dropped.
    void linger(std::size_t dropped) {
        if (dropped > most_lingering_bytes) {
            return;
        }
        buffer_.clear();
        stream_.async_read_some(
            buffer_.prepare(piece_bytes),
            [self = this->shared_from_this(), dropped](beast::error_code error, std::size_t bytes) {
                if (!error) {
                    self->linger(dropped + bytes);
                }
            }
        );
    }

    Stream stream_;
    Ticket ticket_;
    Network& network_;
    std::size_t most_bytes_ = most_body_bytes;
    beast::flat_buffer buffer_{most_header_bytes + most_body_bytes};
    std::optional<http::request_parser<http::string_body>> parser_;
    http::response<http::empty_body> continue_;
    http::response<http::empty_body> header_;
    http::response<http::string_body> whole_;
    std::optional<http::response_serializer<http::empty_body>> serializer_;
    std::unique_ptr<BodySource> source_;
    std::uint64_t left_ = 0; ///< of a body whose length was told
    std::string piece_;
    std::optional<net::steady_timer> pause_;
    unsigned version_ = 11;
    bool keep_alive_ = false;
    bool head_only_ = false;
    bool chunked_ = false;
    bool answered_ = false;
};

} // namespace rushes::serve
