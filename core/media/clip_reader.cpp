#include "media/clip_reader.h"

#include "base/paths.h"
#include "media/colour.h"
#include "media/decoder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <string_view>

namespace rushes {
namespace fs = std::filesystem;

namespace {

bool is_webp(const fs::path& file) {
    std::error_code error;
    if (!fs::is_regular_file(file, error)) {
        return false; // opening a pipe would wait for its writer
    }
    std::array<char, 12> start{};
    std::ifstream(file, std::ios::binary).read(start.data(), start.size());
    const std::string_view text(start.data(), start.size());
    return text.starts_with("RIFF") && text.ends_with("WEBP");
}

std::unique_ptr<Decoder> make_decoder(const fs::path& file) {
    std::error_code error;
    if (lower_extension(file) == ".png" && file.filename().string().find('%') != std::string::npos &&
        !fs::exists(file, error)) {
        return make_sequence_decoder(file);
    }
    return is_webp(file) ? make_webp_decoder(file) : make_video_decoder(file);
}

/// The largest size within the limits (0: none) that keeps the aspect; never larger than the picture.
std::pair<int, int> limited(int width, int height, int max_width, int max_height) {
    double scale = 1;
    scale = max_width > 0 ? std::min(scale, static_cast<double>(max_width) / width) : scale;
    scale = max_height > 0 ? std::min(scale, static_cast<double>(max_height) / height) : scale;
    const auto side = [&](int length) { return std::max(1, static_cast<int>(std::lround(length * scale))); };
    return {side(width), side(height)};
}

/// Decoding forward this far costs less than a seek to a key frame two seconds apart.
constexpr std::int64_t near = 24;

} // namespace

struct ClipReader::State {
    explicit State(const fs::path& file) : decoder(make_decoder(file)) {}

    FramePtr convert(const AVFrame& picture, int max_width, int max_height) {
        const auto [width, height] = limited(picture.width, picture.height, max_width, max_height);
        if (!rgb || rgb->width != width || rgb->height != height) {
            rgb = ffmpeg::make_picture(width, height, AV_PIX_FMT_RGB24);
        }
        converter.run(picture, *rgb);
        return std::make_shared<const Frame>(to_frame(*rgb, decoder->index()));
    }

    std::unique_ptr<Decoder> decoder;
    Converter converter;
    ffmpeg::Picture rgb;
    FramePtr last; ///< what at() gave
    std::int64_t next_index = 0;
};

ClipReader::ClipReader(const fs::path& file) : state_(std::make_unique<State>(file)) {}

ClipReader::~ClipReader() = default;
ClipReader::ClipReader(ClipReader&&) noexcept = default;
ClipReader& ClipReader::operator=(ClipReader&&) noexcept = default;

const ClipFacts& ClipReader::facts() const {
    return state_->decoder->facts();
}

FramePtr ClipReader::next(int max_width, int max_height) {
    const AVFrame* picture = state_->decoder->next();
    if (picture == nullptr) {
        return nullptr;
    }
    state_->next_index = state_->decoder->index() + 1;
    return state_->convert(*picture, max_width, max_height);
}

void ClipReader::rewind() {
    state_->decoder->seek(0);
    state_->next_index = 0;
}

FramePtr ClipReader::at(std::int64_t index) {
    if (state_->last && state_->last->index == index) {
        return state_->last;
    }
    if (index < 0) {
        return nullptr;
    }
    if (index < state_->next_index || index > state_->next_index + near) {
        state_->decoder->seek(index);
    }
    while (const AVFrame* picture = state_->decoder->next()) {
        state_->next_index = state_->decoder->index() + 1;
        if (state_->decoder->index() >= index) {
            state_->last = state_->convert(*picture, 0, 0);
            return state_->last;
        }
    }
    state_->next_index = facts().frames;
    return nullptr;
}

} // namespace rushes
