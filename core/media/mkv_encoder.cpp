// FFV1 in Matroska: lossless RGB, every pixel as the model made it. The master to compare and to edit from.
#include "base/error.h"
#include "media/copy_clip.h"
#include "media/encoder_base.h"
#include "media/lossless_spool.h"

namespace rushes {
namespace fs = std::filesystem;

StreamWriter make_lossless_writer(
    const fs::path& file,
    int width,
    int height,
    FrameRate rate,
    const ffmpeg::Options& tags,
    ffmpeg::Codec sound
) {
    // Version 3 with checksums (RFC 9043), every frame on its own.
    ffmpeg::Codec codec =
        ffmpeg::open_encoder("ffv1", {{"level", "3"}, {"slicecrc", "1"}}, [&](AVCodecContext& context) {
            describe_stream(context, width, height, lossless_format, rate);
            context.gop_size = 1;
            context.slices = width * height >= 640 * 360 ? 4 : 0;
            context.thread_count = context.slices > 0 ? 0 : 1;
            context.thread_type = FF_THREAD_SLICE;
        });
    if (!codec) {
        throw Error(
            ErrorKind::resource,
            "FFmpeg on this machine has no FFV1, which lossless files need.",
            "Install FFmpeg's full libraries."
        );
    }
    // A packet is on the disk when write() returns: what is there can be read at any moment.
    return StreamWriter(
        {file, "matroska", {{"cluster_time_limit", "1000"}}, tags, true}, std::move(codec), std::move(sound)
    );
}

namespace {

class MkvEncoder final : public EncoderBase {
public:
    explicit MkvEncoder(const EncodeJob& job)
        : EncoderBase(job, lossless_format),
          file_(job.target),
          writer_(make_lossless_writer(
              file_.part(),
              file_width(),
              file_height(),
              job.rate,
              recipe_tags(job.recipe_json),
              job.sound ? open_plain_sound(*job.sound) : nullptr
          )) {}

    fs::path growing_file() const override { return file_.part(); }

private:
    bool put(AVFrame& picture) override {
        writer_.write(picture);
        return true;
    }

    bool put_sound(const Audio& audio) override {
        writer_.write(audio);
        return true;
    }

    void complete(ExportResult& result) override {
        if (!writer_.finish_or_cut()) {
            add_note(result, disk_was_full);
        }
        result.frames = static_cast<int>(writer_.whole_frames());
        result.encoder = "ffv1";
        result.path = job().recipe_json == head_recipe_ ? file_.publish() : publish_copy(result);
    }

    /// Matroska has the recipe in its head, written before the first picture: another one takes a copy.
    fs::path publish_copy(ExportResult& result) {
        try {
            TargetFile copy(job().target);
            copy_clip(file_.part(), copy.part(), Container::mkv, job().rate, job().recipe_json);
            fs::path published = copy.publish();
            file_.discard();
            return published;
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::resource) {
                throw;
            }
            add_note(
                result, "Kept with the recipe of its beginning, because there was no room to change it."
            );
            return file_.publish();
        }
    }

    const std::string head_recipe_ = job().recipe_json;
    TargetFile file_;
    StreamWriter writer_;
};

} // namespace

std::unique_ptr<Encoder> make_mkv_encoder(const EncodeJob& job) {
    return std::make_unique<MkvEncoder>(job);
}

} // namespace rushes
