#include "base/error.h"
#include "media/decoder.h"

#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <string_view>

namespace rushes {
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t most_pixels = std::int64_t{1} << 28; // what a picture of 16384 a side has

Error no_clip(const fs::path& file) {
    const bool exists = fs::is_regular_file(file);
    return {
        ErrorKind::user,
        "'" + file.string() + (exists ? "' is not a clip or picture that can be read." : "' does not exist."),
        exists ? "It may be damaged or incomplete." : "",
    };
}

class VideoDecoder final : public Decoder {
public:
    explicit VideoDecoder(fs::path file)
        : file_(std::move(file)), packet_(ffmpeg::make_packet()), picture_(ffmpeg::make_picture()) {
        open();
        fill_facts();
        open(); // counting may have read to the end
    }

    const ClipFacts& facts() const override { return facts_; }

    std::int64_t index() const override { return index_; }

    Turn turn() const override { return display_turn(*stream_); }

    AVFrame* next() override {
        while (true) {
            const int code = avcodec_receive_frame(codec_.get(), picture_.get());
            if (code >= 0) {
                index_ = index_of(*picture_);
                return picture_.get();
            }
            if (code == AVERROR_EOF || (code != AVERROR(EAGAIN) && code != AVERROR_INVALIDDATA)) {
                return nullptr;
            }
            if (!feed()) {
                return nullptr;
            }
        }
    }

    void seek(std::int64_t index) override {
        const std::string_view format = input_->iformat->name;
        const bool has_index =
            format.find("mp4") != std::string_view::npos || format.find("matroska") != std::string_view::npos;
        const std::int64_t time =
            start_ + av_rescale_q(index, av_inv_q(ffmpeg::rational(facts_.rate)), stream_->time_base);
        if (has_index && av_seek_frame(input_.get(), stream_->index, time, AVSEEK_FLAG_BACKWARD) >= 0) {
            avcodec_flush_buffers(codec_.get());
            drained_ = false;
            index_ = -1;
            return;
        }
        open();
    }

private:
    void open() {
        input_ = ffmpeg::open_input(file_);
        if (!input_ || avformat_find_stream_info(input_.get(), nullptr) < 0) {
            throw no_clip(file_);
        }
        const AVCodec* codec = nullptr;
        const int stream = av_find_best_stream(input_.get(), AVMEDIA_TYPE_VIDEO, -1, -1, &codec, 0);
        if (stream < 0) {
            throw no_clip(file_);
        }
        stream_ = input_->streams[stream];
        codec_.reset(avcodec_alloc_context3(codec));
        if (!codec_ || avcodec_parameters_to_context(codec_.get(), stream_->codecpar) < 0) {
            throw no_clip(file_);
        }
        codec_->thread_count = 2;
        codec_->max_pixels = most_pixels;
        if (!ffmpeg::open(codec_, {}) || codec_->width < 1 || codec_->height < 1) {
            throw no_clip(file_);
        }
        start_ = stream_->start_time == AV_NOPTS_VALUE ? 0 : stream_->start_time;
        drained_ = false;
        index_ = -1;
    }

    void fill_facts() {
        facts_.width = codec_->width;
        facts_.height = codec_->height;
        facts_.codec = avcodec_get_name(codec_->codec_id);
        const AVRational rate = av_guess_frame_rate(input_.get(), stream_, nullptr);
        if (rate.num > 0 && rate.den > 0) {
            facts_.rate = {rate.num, rate.den};
        }
        // Matroska, GIF and fragmented MP4 don't say how many frames they have.
        facts_.frames = stream_->nb_frames > 0 ? stream_->nb_frames : count_packets();
        facts_.seconds = static_cast<double>(facts_.frames) / facts_.rate.fps();
    }

    std::int64_t count_packets() {
        std::int64_t count = 0;
        while (av_read_frame(input_.get(), packet_.get()) >= 0) {
            count += packet_->stream_index == stream_->index ? 1 : 0;
            av_packet_unref(packet_.get());
        }
        return count;
    }

    std::int64_t index_of(const AVFrame& picture) const {
        const std::int64_t time = picture.best_effort_timestamp;
        if (time == AV_NOPTS_VALUE) {
            return index_ + 1;
        }
        return av_rescale_q(time - start_, stream_->time_base, av_inv_q(ffmpeg::rational(facts_.rate)));
    }

    /// One packet, or the end, into the codec. False when the end was there already.
    bool feed() {
        if (drained_) {
            return false;
        }
        while (av_read_frame(input_.get(), packet_.get()) >= 0) {
            const bool ours = packet_->stream_index == stream_->index;
            if (ours) {
                avcodec_send_packet(codec_.get(), packet_.get()); // a damaged packet is passed over
            }
            av_packet_unref(packet_.get());
            if (ours) {
                return true;
            }
        }
        drained_ = true;
        avcodec_send_packet(codec_.get(), nullptr);
        return true;
    }

    fs::path file_;
    ffmpeg::Packet packet_;
    ffmpeg::Picture picture_;
    ffmpeg::Input input_;
    ffmpeg::Codec codec_;
    AVStream* stream_ = nullptr; ///< owned by input_
    ClipFacts facts_;
    std::int64_t start_ = 0;
    std::int64_t index_ = -1;
    bool drained_ = false;
};

} // namespace

Turn display_turn(const AVStream& stream) {
    const std::uint8_t* bytes = nullptr;
#if LIBAVFORMAT_VERSION_INT >= AV_VERSION_INT(60, 15, 100)
    const AVPacketSideData* data = av_packet_side_data_get(
        stream.codecpar->coded_side_data, stream.codecpar->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX
    );
    bytes = data == nullptr || data->size < 9 * sizeof(std::int32_t) ? nullptr : data->data;
#else
    std::size_t size = 0;
    bytes = av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
    bytes = size < 9 * sizeof(std::int32_t) ? nullptr : bytes;
#endif
    if (bytes == nullptr) {
        return {};
    }
    std::array<std::int32_t, 9> matrix{}; // a b u, c d v, x y w (libavutil/display.h)
    std::memcpy(matrix.data(), bytes, sizeof(matrix));
    const auto sign = [](std::int32_t value) { return value > 0 ? 1 : value < 0 ? -1 : 0; };
    const Turn turn{sign(matrix[0]), sign(matrix[1]), sign(matrix[3]), sign(matrix[4])};
    const bool quarter =
        (turn.a == 0) == (turn.d == 0) && (turn.b == 0) == (turn.c == 0) && (turn.a == 0) != (turn.b == 0);
    return quarter ? turn : Turn{}; // a slant is not for us
}

std::unique_ptr<Decoder> make_video_decoder(const fs::path& file) {
    if (!fs::is_regular_file(file)) {
        throw no_clip(file);
    }
    return std::make_unique<VideoDecoder>(file);
}

} // namespace rushes
