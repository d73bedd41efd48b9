// GIF with one palette for the whole clip. The palette is known after the last frame only, so frames are kept
// on the disk (lossless) while FFmpeg's palettegen counts their colours, and finish() reads them back: memory
// does not grow.
#include "base/error.h"
#include "media/clip_reader.h"
#include "media/encoder_base.h"
#include "media/lossless_spool.h"
#include "media/tags.h"

extern "C" {
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
}

namespace rushes {
namespace fs = std::filesystem;

namespace {

/// Frames in, frames out, through a chain of FFmpeg's filters with one output.
class Filters {
public:
    /// `inputs` name the chain's open ends; every input has the same format.
    Filters(
        const std::string& chain,
        const std::vector<std::string>& inputs,
        AVPixelFormat format,
        int width,
        int height
    ) {
        graph_.reset(avfilter_graph_alloc());
        std::string text;
        for (const std::string& input : inputs) {
            const bool is_palette = input == "palette";
            text += "buffer@" + input + "=width=" + std::to_string(is_palette ? 16 : width) +
                    ":height=" + std::to_string(is_palette ? 16 : height) +
                    ":pix_fmt=" + std::to_string(is_palette ? int{AV_PIX_FMT_RGB32} : int{format}) +
                    ":time_base=1/100:pixel_aspect=1/1[" + input + "];";
        }
        text += chain + ",buffersink@out";
        AVFilterInOut* open_inputs = nullptr;
        AVFilterInOut* open_outputs = nullptr;
        const bool parsed =
            graph_ && avfilter_graph_parse2(graph_.get(), text.c_str(), &open_inputs, &open_outputs) >= 0;
        const bool whole = open_inputs == nullptr && open_outputs == nullptr;
        ffmpeg::free_ends(open_inputs, open_outputs);
        if (!parsed || !whole || avfilter_graph_config(graph_.get(), nullptr) < 0) {
            throw Error(
                ErrorKind::resource,
                "FFmpeg on this machine lacks the palette filters that .gif needs.",
                "Install FFmpeg's full libraries, or export .webp."
            );
        }
        for (const std::string& input : inputs) {
            inputs_.push_back(avfilter_graph_get_filter(graph_.get(), ("buffer@" + input).c_str()));
        }
        output_ = avfilter_graph_get_filter(graph_.get(), "buffersink@out");
    }

    /// A null picture ends the input.
    void push(std::size_t input, AVFrame* picture) {
        if (av_buffersrc_add_frame_flags(
                inputs_[input], picture, AV_BUFFERSRC_FLAG_KEEP_REF | AV_BUFFERSRC_FLAG_PUSH
            ) < 0) {
            throw Error(ErrorKind::resource, "There is not enough memory for the GIF's colours.");
        }
    }

    bool pull(AVFrame& picture) {
        av_frame_unref(&picture);
        return av_buffersink_get_frame(output_, &picture) >= 0;
    }

private:
    ffmpeg::FilterGraph graph_;
    std::vector<AVFilterContext*> inputs_; ///< owned by the graph
    AVFilterContext* output_ = nullptr;    ///< owned by the graph
};

class GifEncoder final : public EncoderBase {
public:
    explicit GifEncoder(const EncodeJob& job)
        : EncoderBase(job, lossless_format),
          file_(job.target),
          spool_(file_.part().string() + ".mkv"),
          spool_writer_(std::make_unique<StreamWriter>(make_lossless_writer(
              spool_.part(), file_width(), file_height(), job.rate, recipe_tags(job.recipe_json)
          ))),
          palette_(
              "[clip]palettegen=stats_mode=full:reserve_transparent=0",
              {"clip"},
              lossless_format,
              file_width(),
              file_height()
          ) {}

    fs::path growing_file() const override { return spool_.part(); }

private:
    bool put(AVFrame& picture) override {
        spool_writer_->write(picture);
        palette_.push(0, &picture);
        return true;
    }

    void complete(ExportResult& result) override {
        const bool whole = spool_writer_->finish_or_cut();
        result.frames = static_cast<int>(spool_writer_->whole_frames());
        if (!whole) {
            add_note(result, disk_was_full);
        }
        try {
            const ffmpeg::Picture palette = ffmpeg::make_picture();
            palette_.push(0, nullptr);
            if (!palette_.pull(*palette)) {
                throw Error(ErrorKind::bug, "FFmpeg made no palette for '" + file_.target().string() + "'.");
            }
            write_gif(*palette);
            if (!job().recipe_json.empty()) {
                append_gif_comment(file_.part(), job().recipe_json);
            }
            result.encoder = "gif";
            result.path = file_.publish();
            spool_.discard();
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::resource) {
                throw;
            }
            keep_spool(result);
        }
    }

    /// No room for the GIF: its frames are a clip as well.
    void keep_spool(ExportResult& result) {
        add_note(result, "Kept as a lossless .mkv, because there was no room for the .gif.");
        fs::path name = job().target;
        name.replace_extension(".mkv");
        result.encoder = "ffv1";
        result.path = spool_.publish_as(name);
        file_.discard();
    }

    void write_gif(AVFrame& palette) {
        ffmpeg::Codec codec = ffmpeg::open_encoder("gif", {}, [&](AVCodecContext& context) {
            describe_stream(context, file_width(), file_height(), AV_PIX_FMT_PAL8, job().rate);
        });
        if (!codec) {
            throw Error(
                ErrorKind::resource,
                "FFmpeg on this machine cannot write GIF.",
                "Install FFmpeg's full libraries, or export .webp."
            );
        }
        StreamWriter gif({file_.part(), "gif", {{"loop", "0"}}, {}, false}, std::move(codec));
        Filters use(
            "[clip][palette]paletteuse=dither=sierra2_4a:diff_mode=rectangle",
            {"clip", "palette"},
            AV_PIX_FMT_RGB24,
            file_width(),
            file_height()
        );
        use.push(1, &palette);
        use.push(1, nullptr);
        const ffmpeg::Picture source = ffmpeg::make_picture(file_width(), file_height(), AV_PIX_FMT_RGB24);
        const ffmpeg::Picture indexed = ffmpeg::make_picture();
        ClipReader reader(spool_.part());
        const auto drain = [&] {
            while (use.pull(*indexed)) {
                gif.write(*indexed);
            }
        };
        while (const FramePtr frame = reader.next()) {
            ffmpeg::make_writable(*source);
            copy_rgb(*frame, *source);
            source->pts = frame->index;
            use.push(0, source.get());
            drain();
        }
        use.push(0, nullptr);
        drain();
        gif.finish();
    }

    TargetFile file_;
    TargetFile spool_;
    std::unique_ptr<StreamWriter> spool_writer_;
    Filters palette_;
};

} // namespace

std::unique_ptr<Encoder> make_gif_encoder(const EncodeJob& job) {
    return std::make_unique<GifEncoder>(job);
}

} // namespace rushes
