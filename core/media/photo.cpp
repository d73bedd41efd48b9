// Pictures in the formats of photographs: JPEG and AVIF, by FFmpeg's encoders.
#include "base/error.h"
#include "media/ffmpeg.h"
#include "media/image.h"
#include "media/tags.h"

#include <algorithm>
#include <cmath>

namespace rushes {

namespace {

constexpr double smallest_quality = 51;

/// As JFIF has it (ITU-T T.871): the matrix of BT.601 over the full range, here without fewer colours than
/// pixels.
ffmpeg::Picture to_yuv(const Frame& frame, AVPixelFormat format) {
    ffmpeg::Picture picture = ffmpeg::make_picture(frame.width, frame.height, format);
    picture->color_range = AVCOL_RANGE_JPEG;
    picture->colorspace = AVCOL_SPC_SMPTE170M;
    picture->color_trc = AVCOL_TRC_IEC61966_2_1;
    const auto level = [](double value) {
        return static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L));
    };
    const std::uint8_t* from = frame.rgb.data();
    for (int y = 0; y < frame.height; ++y) {
        for (int x = 0; x < frame.width; ++x, from += 3) {
            const double r = from[0];
            const double g = from[1];
            const double b = from[2];
            const double luma = 0.299 * r + 0.587 * g + 0.114 * b;
            const auto at = [&](int plane) -> std::uint8_t& {
                return picture->data[plane][static_cast<std::ptrdiff_t>(y) * picture->linesize[plane] + x];
            };
            at(0) = level(luma);
            at(1) = level(128 + (b - luma) / 1.772);
            at(2) = level(128 + (r - luma) / 1.402);
        }
    }
    return picture;
}

void describe(AVCodecContext& context, const Frame& frame, AVPixelFormat format) {
    context.width = frame.width;
    context.height = frame.height;
    context.pix_fmt = format;
    context.color_range = AVCOL_RANGE_JPEG;
    context.colorspace = AVCOL_SPC_SMPTE170M;
    context.color_primaries = AVCOL_PRI_BT709;
    context.color_trc = AVCOL_TRC_IEC61966_2_1;
    context.time_base = {1, 1};
}

[[noreturn]] void refuse(const std::string& format) {
    throw Error(
        ErrorKind::resource,
        "FFmpeg on this machine could not make " + format + ".",
        "Install FFmpeg's full libraries, or export .png or .webp."
    );
}

/// The one packet that an encoder makes of one picture.
ffmpeg::Packet
packet_of(const ffmpeg::Codec& codec, const ffmpeg::Picture& picture, const std::string& format) {
    ffmpeg::Packet packet = ffmpeg::make_packet();
    picture->pts = 0;
    if (!codec || avcodec_send_frame(codec.get(), picture.get()) < 0 ||
        avcodec_send_frame(codec.get(), nullptr) < 0 ||
        avcodec_receive_packet(codec.get(), packet.get()) < 0) {
        refuse(format);
    }
    return packet;
}

/// A file's bytes in memory, taken out once.
std::string bytes_of(AVIOContext*& memory) {
    std::uint8_t* bytes = nullptr;
    const int size = avio_close_dyn_buf(memory, &bytes);
    memory = nullptr;
    const std::string text(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    av_free(bytes);
    return text;
}

struct CloseMemory {
    void operator()(AVFormatContext* output) const {
        if (output->pb != nullptr) {
            bytes_of(output->pb);
        }
        avformat_free_context(output);
    }
};

using MemoryFile = std::unique_ptr<AVFormatContext, CloseMemory>;

/// The coded picture as a file of boxes.
std::string avif_file(const AVCodecContext& codec, AVPacket& packet) {
    AVFormatContext* made = nullptr;
    if (avformat_alloc_output_context2(&made, nullptr, "avif", nullptr) < 0) {
        refuse("an AVIF");
    }
    const MemoryFile output(made);
    AVStream* const stream = avformat_new_stream(output.get(), nullptr);
    if (stream == nullptr || avcodec_parameters_from_context(stream->codecpar, &codec) < 0 ||
        avio_open_dyn_buf(&output->pb) < 0) {
        refuse("an AVIF");
    }
    stream->time_base = codec.time_base;
    packet.stream_index = stream->index;
    if (avformat_write_header(output.get(), nullptr) < 0 || av_write_frame(output.get(), &packet) < 0 ||
        av_write_trailer(output.get()) < 0) {
        refuse("an AVIF");
    }
    return bytes_of(output->pb);
}

} // namespace

std::string encode_jpeg(const Frame& frame, int quality, const std::string& recipe_json) {
    // Its scale goes from 1 to 31, and shows beyond 5 or so.
    const double q = 1 + 30 * std::pow(quality / smallest_quality, 2.5);
    const int lambda = static_cast<int>(std::lround(q * FF_QP2LAMBDA));
    const ffmpeg::Codec codec = ffmpeg::open_encoder("mjpeg", {}, [&](AVCodecContext& context) {
        describe(context, frame, AV_PIX_FMT_YUVJ444P);
        context.flags |= AV_CODEC_FLAG_QSCALE | AV_CODEC_FLAG_BITEXACT;
        context.global_quality = lambda;
        context.qmin = 1;
        context.thread_count = 1;
    });
    const ffmpeg::Picture picture = to_yuv(frame, AV_PIX_FMT_YUVJ444P);
    picture->quality = lambda;
    const ffmpeg::Packet packet = packet_of(codec, picture, "a JPEG");
    const std::string bytes(
        reinterpret_cast<const char*>(packet->data), static_cast<std::size_t>(packet->size)
    );
    return recipe_json.empty() ? bytes : with_xmp_segment(bytes, xmp_packet(recipe_json));
}

std::string encode_avif(const Frame& frame, int quality, const std::string& recipe_json) {
    constexpr double smallest_of_av1 = 63;
    const ffmpeg::Options options{
        {"crf", std::to_string(std::lround(quality / smallest_quality * smallest_of_av1))},
        {"b", "0"},
        {"cpu-used", "6"},
        {"still-picture", "1"},
    };
    const ffmpeg::Codec codec = ffmpeg::open_encoder("libaom-av1", options, [&](AVCodecContext& context) {
        describe(context, frame, AV_PIX_FMT_YUV444P);
        context.flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    });
    const ffmpeg::Packet packet = packet_of(codec, to_yuv(frame, AV_PIX_FMT_YUV444P), "an AVIF");
    const std::string bytes = avif_file(*codec, *packet);
    return recipe_json.empty() ? bytes : bytes + xmp_box(xmp_packet(recipe_json));
}

} // namespace rushes
