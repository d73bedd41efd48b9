#include "media/stream_writer.h"

#include "base/error.h"

extern "C" {
#include <libavutil/pixdesc.h>
}

namespace rushes {
namespace fs = std::filesystem;

StreamWriter::StreamWriter(Plan plan, ffmpeg::Codec codec, ffmpeg::Codec sound)
    : plan_(std::move(plan)),
      codec_(std::move(codec)),
      packet_(ffmpeg::make_packet()),
      output_(ffmpeg::make_output(plan_.file, plan_.container)) {
    stream_ = avformat_new_stream(output_.get(), nullptr);
    if (stream_ == nullptr || avcodec_parameters_from_context(stream_->codecpar, codec_.get()) < 0) {
        throw Error(
            ErrorKind::resource, "There is not enough memory to write '" + plan_.file.string() + "'."
        );
    }
    stream_->time_base = codec_->time_base;
    stream_->avg_frame_rate = codec_->framerate;
    stream_->r_frame_rate = codec_->framerate;
    if (sound) {
        sound_.emplace(*output_, std::move(sound));
    }
    for (const auto& [name, value] : plan_.tags) {
        ffmpeg::set_tag(output_->metadata, name, value);
    }
    ffmpeg::write_header(*output_, plan_.container_options, plan_.file);
}

void StreamWriter::check(int code) const {
    if (code >= 0 && output_->pb->error < 0) {
        code = output_->pb->error;
    }
    if (code < 0) {
        ffmpeg::throw_write_error(code, plan_.file, whole_bytes_);
    }
}

void StreamWriter::encode(AVFrame* picture) {
    check(avcodec_send_frame(codec_.get(), picture));
    while (true) {
        const int code = avcodec_receive_packet(codec_.get(), packet_.get());
        if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) {
            return;
        }
        check(code);
        packet_->stream_index = stream_->index;
        packet_->duration = 1; // of the codec's time base: encoders need not say it
        av_packet_rescale_ts(packet_.get(), codec_->time_base, stream_->time_base);
        put(*packet_);
        av_packet_unref(packet_.get());
        if (plan_.flush_every_frame) {
            check(av_write_frame(output_.get(), nullptr));
            avio_flush(output_->pb);
            check(0);
        }
        whole_bytes_ = avio_tell(output_->pb);
        ++whole_frames_;
    }
}

void StreamWriter::put(AVPacket& packet) {
    check(av_write_frame(output_.get(), &packet));
}

void StreamWriter::write(AVFrame& picture) {
    picture.pts = next_pts_++;
    encode(&picture);
}

void StreamWriter::write(const Audio& audio) {
    if (!sound_) {
        throw Error(ErrorKind::bug, "Sound came for a clip that has none.");
    }
    sound_->write(audio, [this](AVPacket& packet) { put(packet); });
}

void StreamWriter::finish() {
    encode(nullptr);
    if (sound_) {
        sound_->finish([this](AVPacket& packet) { put(packet); });
    }
    check(av_write_trailer(output_.get()));
    avio_flush(output_->pb);
    check(0);
    output_.reset();
}

bool StreamWriter::finish_or_cut() {
    bool whole = true;
    try {
        finish();
    } catch (const Error&) {
        whole = false;
    }
    output_.reset(); // what it still writes lies behind the last whole picture
    if (whole_frames_ == 0) {
        throw Error(
            ErrorKind::resource,
            "The disk is full: not one frame of '" + plan_.file.string() + "' could be written.",
            "Free some space or choose a folder on another disk.",
            Lever::other_folder
        );
    }
    if (!whole) {
        fs::resize_file(plan_.file, static_cast<std::uintmax_t>(whole_bytes_));
    }
    return whole;
}

ffmpeg::Options recipe_tags(const std::string& recipe_json) {
    return recipe_json.empty() ? ffmpeg::Options() : ffmpeg::Options{{"comment", recipe_json}};
}

void describe_stream(AVCodecContext& codec, int width, int height, AVPixelFormat format, FrameRate rate) {
    codec.width = width;
    codec.height = height;
    codec.pix_fmt = format;
    codec.framerate = ffmpeg::rational(rate);
    codec.time_base = av_inv_q(codec.framerate);
    codec.sample_aspect_ratio = {1, 1};
    codec.color_primaries = AVCOL_PRI_BT709;
    const bool rgb = (av_pix_fmt_desc_get(format)->flags & AV_PIX_FMT_FLAG_RGB) != 0;
    codec.color_trc = rgb ? AVCOL_TRC_IEC61966_2_1 : AVCOL_TRC_BT709;
    codec.colorspace = rgb ? AVCOL_SPC_RGB : AVCOL_SPC_BT709;
    codec.color_range = rgb ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
    if (!rgb) {
        codec.chroma_sample_location = AVCHROMA_LOC_LEFT;
    }
}

} // namespace rushes
