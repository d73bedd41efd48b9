#include "media/image.h"

#include "base/atomic_file.h"
#include "base/error.h"
#include "media/clip_reader.h"
#include "media/colour.h"
#include "media/tags.h"

#include <algorithm>
#include <cmath>

namespace rushes {

namespace {

ffmpeg::Picture to_picture(const Frame& frame) {
    ffmpeg::Picture picture = ffmpeg::make_picture(frame.width, frame.height, AV_PIX_FMT_RGB24);
    copy_rgb(frame, *picture);
    return picture;
}

} // namespace

std::string encode_png(const Frame& frame, const std::string& recipe_json) {
    const ffmpeg::Codec codec = ffmpeg::open_encoder("png", {}, [&](AVCodecContext& context) {
        context.width = frame.width;
        context.height = frame.height;
        context.pix_fmt = AV_PIX_FMT_RGB24;
        context.time_base = {1, 1};
        context.thread_count = 1;
        context.compression_level = 3;
    });
    const ffmpeg::Picture picture = to_picture(frame);
    const ffmpeg::Packet packet = ffmpeg::make_packet();
    if (!codec || avcodec_send_frame(codec.get(), picture.get()) < 0 ||
        avcodec_receive_packet(codec.get(), packet.get()) < 0) {
        throw Error(
            ErrorKind::resource,
            "FFmpeg on this machine could not make a PNG.",
            "Install FFmpeg's full libraries."
        );
    }
    const std::string bytes(
        reinterpret_cast<const char*>(packet->data), static_cast<std::size_t>(packet->size)
    );
    return recipe_json.empty() ? bytes : with_xmp_chunk(bytes, xmp_packet(recipe_json));
}

void write_png(const std::filesystem::path& path, const Frame& frame, const std::string& recipe_json) {
    write_file(path, encode_png(frame, recipe_json));
}

Frame read_png(const std::filesystem::path& path) {
    const FramePtr frame = ClipReader(path).next();
    if (!frame) {
        throw Error(ErrorKind::user, "'" + path.string() + "' holds no picture.");
    }
    return *frame;
}

Frame thumbnail(const Frame& frame, int max_width, int max_height) {
    const double scale = std::min(
        {1.0, static_cast<double>(max_width) / frame.width, static_cast<double>(max_height) / frame.height}
    );
    const auto side = [&](int length) { return std::max(1, static_cast<int>(std::lround(length * scale))); };
    const ffmpeg::Picture from = to_picture(frame);
    const ffmpeg::Picture to = ffmpeg::make_picture(side(frame.width), side(frame.height), AV_PIX_FMT_RGB24);
    Converter().run(*from, *to);
    return to_frame(*to, frame.index);
}

} // namespace rushes
