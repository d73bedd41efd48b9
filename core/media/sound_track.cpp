#include "media/sound_track.h"

#include "base/error.h"

#include <algorithm>
#include <utility>

namespace rushes {
namespace {

constexpr std::size_t usual_packet = 1024; ///< instants, where the codec leaves it open
constexpr std::int64_t aac_bits_a_channel = 96'000;

Error no_memory() {
    return {ErrorKind::resource, "There is not enough memory for the clip's sound."};
}

void describe_sound(AVCodecContext& codec, AudioShape shape, AVSampleFormat format) {
    codec.sample_rate = shape.sample_rate;
    codec.sample_fmt = format;
    codec.time_base = {1, shape.sample_rate};
    av_channel_layout_default(&codec.ch_layout, shape.channels);
    codec.flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
}

/// `first` instants of interleaved samples into a picture of sound.
void copy_samples(AVFrame& to, const std::vector<float>& samples, std::size_t channels) {
    const auto instants = static_cast<std::size_t>(to.nb_samples);
    if (av_sample_fmt_is_planar(static_cast<AVSampleFormat>(to.format)) == 0) {
        std::copy_n(samples.begin(), instants * channels, reinterpret_cast<float*>(to.data[0]));
        return;
    }
    for (std::size_t channel = 0; channel < channels; ++channel) {
        auto* const plane = reinterpret_cast<float*>(to.extended_data[channel]);
        for (std::size_t i = 0; i < instants; ++i) {
            plane[i] = samples[i * channels + channel];
        }
    }
}

} // namespace

ffmpeg::Codec open_aac(AudioShape shape) {
    return ffmpeg::open_encoder("aac", {}, [&](AVCodecContext& codec) {
        describe_sound(codec, shape, AV_SAMPLE_FMT_FLTP);
        codec.bit_rate = aac_bits_a_channel * shape.channels;
    });
}

ffmpeg::Codec open_plain_sound(AudioShape shape) {
    return ffmpeg::open_encoder("pcm_f32le", {}, [&](AVCodecContext& codec) {
        describe_sound(codec, shape, AV_SAMPLE_FMT_FLT);
    });
}

SoundTrack::SoundTrack(AVFormatContext& output, ffmpeg::Codec codec)
    : codec_(std::move(codec)),
      packet_(ffmpeg::make_packet()),
      stream_(avformat_new_stream(&output, nullptr)) {
    if (stream_ == nullptr || avcodec_parameters_from_context(stream_->codecpar, codec_.get()) < 0) {
        throw no_memory();
    }
    stream_->time_base = codec_->time_base;
}

void SoundTrack::write(const Audio& audio, const Put& put) {
    const auto channels = static_cast<std::size_t>(codec_->ch_layout.nb_channels);
    const std::int64_t there = encoded_ + static_cast<std::int64_t>(waiting_.size() / channels);
    if (audio.sample_rate != codec_->sample_rate || audio.channels != codec_->ch_layout.nb_channels ||
        audio.samples.size() % channels != 0 || audio.first < there) {
        throw Error(ErrorKind::bug, "Sound came that does not follow what the clip has.");
    }
    waiting_.insert(waiting_.end(), static_cast<std::size_t>(audio.first - there) * channels, 0.0F);
    waiting_.insert(waiting_.end(), audio.samples.begin(), audio.samples.end());
    const std::size_t packet =
        codec_->frame_size > 0 ? static_cast<std::size_t>(codec_->frame_size) : usual_packet;
    while (waiting_.size() >= packet * channels) {
        encode(packet, put);
    }
}

void SoundTrack::finish(const Put& put) {
    if (!waiting_.empty()) {
        encode(waiting_.size() / static_cast<std::size_t>(codec_->ch_layout.nb_channels), put);
    }
    if (avcodec_send_frame(codec_.get(), nullptr) >= 0) {
        take_packets(put);
    }
}

void SoundTrack::encode(std::size_t instants, const Put& put) {
    const auto channels = static_cast<std::size_t>(codec_->ch_layout.nb_channels);
    const ffmpeg::Picture sound = ffmpeg::make_picture();
    sound->nb_samples = static_cast<int>(instants);
    sound->format = codec_->sample_fmt;
    sound->sample_rate = codec_->sample_rate;
    if (av_channel_layout_copy(&sound->ch_layout, &codec_->ch_layout) < 0 ||
        av_frame_get_buffer(sound.get(), 0) < 0) {
        throw no_memory();
    }
    copy_samples(*sound, waiting_, channels);
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(instants * channels));
    sound->pts = encoded_;
    encoded_ += static_cast<std::int64_t>(instants);
    if (const int code = avcodec_send_frame(codec_.get(), sound.get()); code < 0) {
        throw Error(
            ErrorKind::resource, "The clip's sound cannot be encoded: " + ffmpeg::error_text(code) + "."
        );
    }
    take_packets(put);
}

void SoundTrack::take_packets(const Put& put) {
    while (avcodec_receive_packet(codec_.get(), packet_.get()) >= 0) {
        // What AAC puts before the clip's beginning to get going: the pictures' times would move with it.
        if (packet_->pts >= 0) {
            packet_->stream_index = stream_->index;
            av_packet_rescale_ts(packet_.get(), codec_->time_base, stream_->time_base);
            put(*packet_);
        }
        av_packet_unref(packet_.get());
    }
}

} // namespace rushes
