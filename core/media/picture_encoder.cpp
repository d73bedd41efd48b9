// A picture file a frame: PNG, JPEG, AVIF. Frames gather in a hidden folder beside the target and move to
// their names in finish().
#include "base/error.h"
#include "base/paths.h"
#include "media/encoder_base.h"
#include "media/image.h"
#include "media/name_pattern.h"
#include "media/tags.h"

#include <fstream>

namespace rushes {
namespace fs = std::filesystem;

namespace {

struct Kind {
    const char* encoder; ///< as the result names it
    std::string (*encode)(const Frame& frame, int quality, const std::string& recipe_json);
    bool (*holds)(std::string_view packet) = nullptr; ///< whether it takes a recipe of this size; null: any
};

std::string encode_exact(const Frame& frame, int /*quality*/, const std::string& recipe_json) {
    return encode_png(frame, recipe_json);
}

constexpr Kind png{"png", encode_exact};
constexpr Kind jpeg{"mjpeg", encode_jpeg, fits_xmp_segment};
constexpr Kind avif{"libaom-av1", encode_avif};

class PictureEncoder final : public EncoderBase {
public:
    PictureEncoder(const EncodeJob& job, const Kind& kind)
        : EncoderBase(job, AV_PIX_FMT_RGB24),
          kind_(kind),
          pattern_(NamePattern::parse(job.target.filename().string())),
          folder_(job.target, true) {}

    fs::path growing_file() const override { return folder_.part() / job().target.filename(); }

private:
    bool put(AVFrame& picture) override {
        if (!pattern_ && frames() > 0) {
            throw Error(
                ErrorKind::user,
                "'" + job().target.filename().string() + "' has room for one frame only.",
                "Use a name such as name-%04d" + lower_extension(job().target) + " for a picture a frame."
            );
        }
        const std::string bytes =
            kind_.encode(to_frame(picture, frames()), job().settings.quality, job().recipe_json);
        std::ofstream file(folder_.part() / name(frames()), std::ios::binary);
        file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        file.flush();
        if (!file) {
            ffmpeg::throw_write_error(AVERROR(errno), job().target, bytes_written_);
        }
        bytes_written_ += static_cast<std::int64_t>(bytes.size());
        return true;
    }

    void complete(ExportResult& result) override {
        result.encoder = kind_.encoder;
        if (kind_.holds != nullptr && !job().recipe_json.empty() &&
            !kind_.holds(xmp_packet(job().recipe_json))) {
            add_note(result, "The recipe is left out: it is too long for this format.");
        }
        const fs::path folder = job().target.parent_path();
        if (!pattern_) {
            TargetFile single(job().target);
            fs::rename(folder_.part() / name(0), single.part());
            result.path = single.publish();
            folder_.discard();
            return;
        }
        const NamePattern unused = pattern_->unused_in(folder.empty() ? "." : folder);
        for (int frame = 0; frame < frames(); ++frame) {
            const fs::path part = folder_.part() / name(frame);
            sync_to_disk(part);
            if (!rename_to_unused(part, folder / unused.name(frame))) {
                throw Error(
                    ErrorKind::transient,
                    "Another program wrote '" + unused.name(frame) + "' at the same time.",
                    "Export again."
                );
            }
        }
        result.path = folder / unused.text();
        folder_.discard();
    }

    std::string name(int frame) const {
        return pattern_ ? pattern_->name(frame) : job().target.filename().string();
    }

    const Kind& kind_;
    std::optional<NamePattern> pattern_;
    TargetFile folder_;
    std::int64_t bytes_written_ = 0;
};

} // namespace

std::unique_ptr<Encoder> make_png_encoder(const EncodeJob& job) {
    return std::make_unique<PictureEncoder>(job, png);
}

std::unique_ptr<Encoder> make_jpeg_encoder(const EncodeJob& job) {
    return std::make_unique<PictureEncoder>(job, jpeg);
}

std::unique_ptr<Encoder> make_avif_encoder(const EncodeJob& job) {
    return std::make_unique<PictureEncoder>(job, avif);
}

} // namespace rushes
