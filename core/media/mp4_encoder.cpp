// H.264 in MP4. While frames arrive the hidden file is a fragmented MP4, a fragment a frame: playable at any
// moment, also after a kill -9. finish() copies its packets into an ordinary MP4 with the index in front.
#include "base/error.h"
#include "media/copy_clip.h"
#include "media/encoder_base.h"
#include "media/stream_writer.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace rushes {
namespace fs = std::filesystem;

namespace {

constexpr const char* x264 = "libx264";
constexpr const char* nvenc = "h264_nvenc";

/// Pictures up to this size cost little next to their generation: the better preset, and one thread, as
/// sliced threads waste bits on few macroblock rows.
constexpr int small_picture_pixels = 480 * 270;

ffmpeg::Options x264_options(int pixels, int quality) {
    return {
        {"preset", pixels <= small_picture_pixels ? "medium" : "veryfast"},
        // A frame goes in, its packet comes out: no B frames, no look-ahead.
        {"tune", "zerolatency"},
        {"profile", "high"},
        // 0 is x264's lossless mode, which the High profile does not have.
        {"crf", std::to_string(std::max(1, quality))},
    };
}

/// cq 21 is about as good as crf 18 (NVENC's scale is finer at the same number); rate by quality only.
ffmpeg::Options nvenc_options(int quality) {
    return {
        {"preset", "p4"},
        {"tune", "ll"},
        {"profile", "high"},
        {"rc", "vbr"},
        {"cq", std::to_string(std::clamp(quality + 3, 1, 51))},
        {"b", "0"},
        {"delay", "0"},
        {"zerolatency", "1"},
    };
}

ffmpeg::Codec open_h264(const std::string& name, int width, int height, FrameRate rate, int quality) {
    const int pixels = width * height;
    return ffmpeg::open_encoder(
        name,
        name == x264 ? x264_options(pixels, quality) : nvenc_options(quality),
        [&](AVCodecContext& codec) {
            describe_stream(codec, width, height, AV_PIX_FMT_YUV420P, rate);
            codec.flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
            codec.max_b_frames = 0;
            codec.gop_size =
                std::max(1, static_cast<int>(std::lround(2 * rate.fps()))); // a way in every two seconds
            if (name == x264) {
                codec.thread_count = pixels <= small_picture_pixels ? 1 : 0;
            }
        }
    );
}

struct Choice {
    ffmpeg::Codec codec;
    std::string name;
    std::string note;
};

/// Only who has such a card can wonder why it does not encode; elsewhere libx264 is no fall-back but the
/// plan.
bool nvidia_card_present() {
    std::error_code error;
    return std::filesystem::exists("/dev/nvidiactl", error);
}

Choice choose_codec(const std::string& wanted, int width, int height, FrameRate rate, int quality) {
    if (wanted != "auto" && wanted != x264 && wanted != nvenc) {
        throw Error(
            ErrorKind::user, "'" + wanted + "' is not an encoder.", "Choose auto, libx264 or h264_nvenc."
        );
    }
    Choice choice;
    if (wanted != x264) {
        choice.name = nvenc;
        if (nvenc_opens()) {
            choice.codec = open_h264(nvenc, width, height, rate, quality);
        }
        if (!choice.codec && wanted == nvenc) {
            throw Error(
                ErrorKind::user,
                "NVENC does not open on this machine for " + std::to_string(width) + "x" +
                    std::to_string(height) + ".",
                "Choose the encoder libx264 or auto."
            );
        }
    }
    if (!choice.codec) {
        const bool fell_back = wanted != x264 && nvidia_card_present();
        choice.note = fell_back ? "NVENC does not open on this NVIDIA card: used libx264." : "";
        choice.name = x264;
        choice.codec = open_h264(x264, width, height, rate, quality);
    }
    if (!choice.codec) {
        throw Error(
            ErrorKind::resource,
            "FFmpeg on this machine has no libx264, which .mp4 needs.",
            "Install FFmpeg's full libraries, or export .webp or .mkv."
        );
    }
    return choice;
}

ffmpeg::Codec aac_of(AudioShape shape) {
    ffmpeg::Codec codec = open_aac(shape);
    if (!codec) {
        throw Error(
            ErrorKind::resource,
            "FFmpeg on this machine cannot write sound of " + std::to_string(shape.sample_rate) +
                " samples a second in " + std::to_string(shape.channels) + " channels into an .mp4.",
            "Export .mkv."
        );
    }
    return codec;
}

std::string size_in_words(int width, int height) {
    return std::to_string(width) + "x" + std::to_string(height);
}

class Mp4Encoder final : public EncoderBase {
public:
    explicit Mp4Encoder(const EncodeJob& job) : EncoderBase(job, AV_PIX_FMT_YUV420P), growing_(job.target) {
        Choice choice =
            choose_codec(job.settings.encoder, file_width(), file_height(), job.rate, job.settings.quality);
        name_ = choice.name;
        note_ = choice.note;
        writer_ = std::make_unique<StreamWriter>(
            StreamWriter::Plan{
                growing_.part(),
                "mp4",
                {{"movflags", "empty_moov+default_base_moof+frag_custom+skip_trailer"}},
                recipe_tags(job.recipe_json),
                true,
            },
            std::move(choice.codec),
            job.sound ? aac_of(*job.sound) : nullptr
        );
    }

    fs::path growing_file() const override { return growing_.part(); }

private:
    bool put(AVFrame& picture) override {
        writer_->write(picture);
        return writer_->whole_frames() > 0;
    }

    bool put_sound(const Audio& audio) override {
        writer_->write(audio);
        return true;
    }

    void complete(ExportResult& result) override {
        result.encoder = name_;
        result.note = note_;
        say_when_grown(result);
        close_growing(result);
        try {
            TargetFile ordinary(job().target);
            copy_clip(growing_.part(), ordinary.part(), Container::mp4, job().rate, job().recipe_json);
            result.path = ordinary.publish();
            growing_.discard();
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::resource) {
                throw;
            }
            // No room for the second copy: the growing file is a clip as well.
            add_note(result, "Kept as a fragmented MP4, because there was no room to complete it.");
            result.path = growing_.publish();
        }
    }

    /// H.264 in 4:2:0 has even sides: who asked for an odd one is told.
    void say_when_grown(ExportResult& result) const {
        const ExportSettings& asked = job().settings;
        if ((asked.width > 0 && asked.width != file_width()) ||
            (asked.height > 0 && asked.height != file_height())) {
            add_note(
                result,
                size_in_words(asked.width, asked.height) + " became " +
                    size_in_words(file_width(), file_height()) + ": the sides of an .mp4 are even."
            );
        }
    }

    /// Ends the fragmented file after its last whole fragment, whatever the disk says.
    void close_growing(ExportResult& result) {
        if (!writer_->finish_or_cut()) {
            add_note(result, disk_was_full);
        }
        result.frames = static_cast<int>(writer_->whole_frames());
        writer_.reset();
    }

    TargetFile growing_;
    std::string name_;
    std::string note_;
    std::unique_ptr<StreamWriter> writer_;
};

} // namespace

bool nvenc_opens() {
    static const bool opens = open_h264(nvenc, 640, 360, {24, 1}, 18) != nullptr;
    return opens;
}

std::unique_ptr<Encoder> make_mp4_encoder(const EncodeJob& job) {
    return std::make_unique<Mp4Encoder>(job);
}

} // namespace rushes
