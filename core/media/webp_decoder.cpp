#include "base/atomic_file.h"
#include "base/error.h"
#include "media/decoder.h"

#include <algorithm>
#include <cmath>
#include <vector>
#include <webp/demux.h>

namespace rushes {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t largest_file = std::size_t{512} << 20;

/// How long each stored picture stays, in milliseconds.
std::vector<int> durations_of(const WebPData& data) {
    std::vector<int> durations;
    const std::unique_ptr<WebPDemuxer, decltype(&WebPDemuxDelete)> demuxer(WebPDemux(&data), WebPDemuxDelete);
    WebPIterator frame{};
    if (demuxer && WebPDemuxGetFrame(demuxer.get(), 1, &frame) != 0) {
        do {
            durations.push_back(frame.duration);
        } while (WebPDemuxNextFrame(&frame) != 0);
    }
    WebPDemuxReleaseIterator(&frame);
    return durations;
}

/// Milliseconds are coarse: 83 and 84 in turn are 12 frames a second.
FrameRate snapped_rate(double fps) {
    const double whole = std::round(fps);
    if (whole >= 1 && std::abs(fps - whole) < 0.005 * whole) {
        return {static_cast<int>(whole), 1};
    }
    return {std::max(1, static_cast<int>(std::lround(fps * 1000))), 1000};
}

class WebpDecoder final : public Decoder {
public:
    explicit WebpDecoder(const fs::path& file) : bytes_(read_file(file, largest_file)) {
        const WebPData data{reinterpret_cast<const std::uint8_t*>(bytes_.data()), bytes_.size()};
        WebPAnimDecoderOptions options;
        WebPAnimDecoderOptionsInit(&options);
        options.color_mode = MODE_RGBA;
        decoder_.reset(WebPAnimDecoderNew(&data, &options));
        WebPAnimInfo info{};
        if (!decoder_ || WebPAnimDecoderGetInfo(decoder_.get(), &info) == 0 || info.frame_count == 0) {
            throw Error(
                ErrorKind::user,
                "'" + file.string() + "' is not a WebP picture that can be read.",
                "It may be damaged or incomplete."
            );
        }
        picture_ = ffmpeg::make_picture();
        picture_->format = AV_PIX_FMT_RGBA;
        picture_->width = static_cast<int>(info.canvas_width);
        picture_->height = static_cast<int>(info.canvas_height);
        picture_->linesize[0] = picture_->width * 4;
        fill_facts(durations_of(data));
    }

    const ClipFacts& facts() const override { return facts_; }

    std::int64_t index() const override { return index_; }

    AVFrame* next() override {
        if (repeats_left_ == 0) {
            if (stored_ >= repeats_.size() || WebPAnimDecoderHasMoreFrames(decoder_.get()) == 0) {
                return nullptr;
            }
            int time = 0;
            std::uint8_t* pixels = nullptr;
            if (WebPAnimDecoderGetNext(decoder_.get(), &pixels, &time) == 0) {
                return nullptr;
            }
            picture_->data[0] = pixels; // the decoder's own, valid until its next call
            repeats_left_ = repeats_[stored_++];
        }
        --repeats_left_;
        ++index_;
        return picture_.get();
    }

    void seek(std::int64_t) override {
        WebPAnimDecoderReset(decoder_.get());
        stored_ = 0;
        repeats_left_ = 0;
        index_ = -1;
    }

private:
    /// libwebp joins equal neighbours into one long picture: they are given out again one by one.
    void fill_facts(const std::vector<int>& durations) {
        facts_.width = picture_->width;
        facts_.height = picture_->height;
        facts_.codec = "webp";
        int shortest = 0;
        double total = 0;
        for (const int duration : durations) {
            shortest = duration > 0 && (shortest == 0 || duration < shortest) ? duration : shortest;
            total += duration;
        }
        constexpr int most_repeats = 1000;
        for (const int duration : durations) {
            const int count =
                shortest == 0 ? 1 : static_cast<int>(std::lround(static_cast<double>(duration) / shortest));
            repeats_.push_back(std::clamp(count, 1, most_repeats));
            facts_.frames += repeats_.back();
        }
        if (total > 0) {
            facts_.rate = snapped_rate(1000.0 * static_cast<double>(facts_.frames) / total);
        }
        facts_.seconds = static_cast<double>(facts_.frames) / facts_.rate.fps();
    }

    std::string bytes_;
    std::unique_ptr<WebPAnimDecoder, decltype(&WebPAnimDecoderDelete)> decoder_{
        nullptr, WebPAnimDecoderDelete
    };
    ffmpeg::Picture picture_;
    ClipFacts facts_;
    std::vector<int> repeats_; ///< of each stored picture
    std::size_t stored_ = 0;
    int repeats_left_ = 0;
    std::int64_t index_ = -1;
};

} // namespace

std::unique_ptr<Decoder> make_webp_decoder(const fs::path& file) {
    return std::make_unique<WebpDecoder>(file);
}

} // namespace rushes
