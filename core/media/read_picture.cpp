#include "media/read_picture.h"

#include "base/atomic_file.h"
#include "base/error.h"
#include "media/colour.h"
#include "media/decoder.h"
#include "media/picture_header.h"

#include <algorithm>
#include <deque>
#include <fstream>
#include <iterator>
#include <string>

namespace rushes {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t largest_still_file = std::size_t{1} << 30;
constexpr std::size_t header_bytes = std::size_t{1} << 20; ///< of a clip, which is not read whole

std::string quoted(const fs::path& file) {
    return "'" + file.string() + "'";
}

std::string beginning_of(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    std::string bytes(header_bytes, '\0');
    stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(stream.gcount()));
    return bytes;
}

/// What a file's first bytes say; the whole of a still picture, whose tags may lie at its end.
PictureHeader header_of(const fs::path& file) {
    std::error_code error;
    if (!fs::is_regular_file(file, error)) {
        throw Error(ErrorKind::user, "There is no picture " + quoted(file) + ".");
    }
    const std::string start = beginning_of(file);
    const PictureHeader header = read_picture_header(start);
    const bool whole = header.kind == PictureKind::unknown || start.size() < header_bytes;
    return whole ? header : read_picture_header(read_file(file, largest_still_file));
}

void check_size(const fs::path& file, std::int64_t width, std::int64_t height) {
    if (std::max(width, height) > most_picture_side || width * height > most_picture_pixels) {
        throw Error(
            ErrorKind::user,
            quoted(file) + " is too large: " + std::to_string(width) + "x" + std::to_string(height) +
                " pixels, at most " + std::to_string(most_picture_side) + " a side and " +
                std::to_string(most_picture_pixels / 1'000'000) + " million in all are read.",
            "Make it smaller first."
        );
    }
}

std::unique_ptr<Decoder> open(const fs::path& file, const PictureHeader& header) {
    if (header.kind == PictureKind::webp) {
        return make_webp_decoder(file);
    }
    const bool still_container = header.kind == PictureKind::avif || header.kind == PictureKind::heic;
    try {
        if (still_container && header.tiled) {
            throw Error(ErrorKind::user, "tiled");
        }
        return make_video_decoder(file);
    } catch (const Error& error) {
        if (!still_container || error.kind() != ErrorKind::user) {
            throw;
        }
        throw Error(
            ErrorKind::user,
            "FFmpeg on this machine cannot read the " +
                std::string(header.kind == PictureKind::heic ? "HEIC" : "AVIF") + " picture " + quoted(file) +
                ".",
            "Save it as JPEG or PNG."
        );
    }
}

/// RGB of a picture that is not turned yet; what is not opaque lies on black.
Frame flattened(const AVFrame& picture, Converter& converter) {
    const ffmpeg::Picture rgba = ffmpeg::make_picture(picture.width, picture.height, AV_PIX_FMT_RGBA);
    converter.run(picture, *rgba);
    Frame frame{picture.width, picture.height, 0, {}};
    frame.rgb.reserve(static_cast<std::size_t>(frame.width) * static_cast<std::size_t>(frame.height) * 3);
    for (int y = 0; y < frame.height; ++y) {
        const std::uint8_t* pixel = rgba->data[0] + static_cast<std::ptrdiff_t>(y) * rgba->linesize[0];
        for (int x = 0; x < frame.width; ++x, pixel += 4) {
            for (int c = 0; c < 3; ++c) {
                frame.rgb.push_back(static_cast<std::uint8_t>((pixel[c] * pixel[3] + 127) / 255));
            }
        }
    }
    return frame;
}

Frame turned(const Frame& frame, const Turn& turn) {
    if (turn == Turn{}) {
        return frame;
    }
    const bool sideways = turn.a == 0;
    Frame result{
        sideways ? frame.height : frame.width, sideways ? frame.width : frame.height, frame.index, {}
    };
    result.rgb.resize(frame.rgb.size());
    const int left = turn.a + turn.c < 0 ? result.width - 1 : 0;
    const int top = turn.b + turn.d < 0 ? result.height - 1 : 0;
    const std::uint8_t* from = frame.rgb.data();
    for (int y = 0; y < frame.height; ++y) {
        for (int x = 0; x < frame.width; ++x, from += 3) {
            const auto to_x = static_cast<std::size_t>(turn.a * x + turn.c * y + left);
            const auto to_y = static_cast<std::size_t>(turn.b * x + turn.d * y + top);
            std::copy_n(
                from, 3, result.rgb.data() + (to_y * static_cast<std::size_t>(result.width) + to_x) * 3
            );
        }
    }
    return result;
}

/// A decoder with what its pictures need to be upright RGB.
class PictureSource {
public:
    explicit PictureSource(const fs::path& file) : header_(header_of(file)) {
        check_size(file, header_.width, header_.height);
        decoder_ = open(file, header_);
        check_size(file, decoder_->facts().width, decoder_->facts().height);
    }

    Decoder& decoder() { return *decoder_; }

    /// Of a picture that next() gave.
    Frame upright(const AVFrame& picture) {
        const Frame frame = flattened(picture, converter_);
        return turned(frame, header_.kind == PictureKind::unknown ? decoder_->turn() : header_.turn);
    }

private:
    PictureHeader header_;
    std::unique_ptr<Decoder> decoder_;
    Converter converter_;
};

[[noreturn]] void refuse_empty(const fs::path& file) {
    throw Error(ErrorKind::user, quoted(file) + " holds no picture.", "It may be damaged or incomplete.");
}

} // namespace

Frame read_picture(const fs::path& file) {
    PictureSource source(file);
    const AVFrame* picture = source.decoder().next();
    if (picture == nullptr) {
        refuse_empty(file);
    }
    return source.upright(*picture);
}

std::vector<Frame> read_last_frames(const fs::path& file, std::size_t count) {
    PictureSource source(file);
    Decoder& decoder = source.decoder();
    std::deque<Frame> last;
    const auto read_on = [&] {
        while (const AVFrame* picture = decoder.next()) {
            last.push_back(source.upright(*picture));
            last.back().index = decoder.index();
            if (last.size() > count) {
                last.pop_front();
            }
        }
    };
    decoder.seek(std::max<std::int64_t>(0, decoder.facts().frames - static_cast<std::int64_t>(count)));
    read_on();
    if (last.size() < count && decoder.facts().frames > static_cast<std::int64_t>(last.size())) {
        // The file has fewer frames than it says, or the seek went too far: all of it, then.
        last.clear();
        decoder.seek(0);
        read_on();
    }
    if (last.empty()) {
        refuse_empty(file);
    }
    return {std::make_move_iterator(last.begin()), std::make_move_iterator(last.end())};
}

} // namespace rushes
