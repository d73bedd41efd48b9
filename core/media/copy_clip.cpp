#include "media/copy_clip.h"

#include "base/error.h"
#include "base/paths.h"
#include "media/clip_reader.h"
#include "media/ffmpeg.h"
#include "media/tags.h"
#include "media/target_file.h"

namespace rushes {
namespace fs = std::filesystem;

namespace {

void check_copy(int code, const AVFormatContext& output, const fs::path& file) {
    if (code >= 0 && output.pb->error < 0) {
        code = output.pb->error;
    }
    if (code < 0) {
        ffmpeg::throw_write_error(code, file, avio_tell(output.pb));
    }
}

/// One more stream in `output`, as it is in the file that is read.
void add_stream_like(AVFormatContext& output, const AVStream& source, FrameRate rate, const fs::path& to) {
    AVStream* stream = avformat_new_stream(&output, nullptr);
    if (stream == nullptr || avcodec_parameters_copy(stream->codecpar, source.codecpar) < 0) {
        throw Error(ErrorKind::resource, "There is not enough memory to complete '" + to.string() + "'.");
    }
    stream->codecpar->codec_tag = 0;
    stream->time_base = source.time_base;
    if (source.codecpar->codec_type == AVMEDIA_TYPE_VIDEO) {
        stream->avg_frame_rate = ffmpeg::rational(rate);
        stream->r_frame_rate = ffmpeg::rational(rate);
    }
}

ffmpeg::Options options_of(Container container, const AVFormatContext& input) {
    if (container == Container::mkv) {
        return {{"cluster_time_limit", "1000"}};
    }
    // The movie's clock as fine as the pictures', or the duration is rounded to milliseconds.
    return {
        {"movflags", "faststart"},
        {"movie_timescale", std::to_string(input.streams[0]->time_base.den)},
    };
}

void copy_packets(AVFormatContext& input, AVFormatContext& output, const fs::path& to) {
    const ffmpeg::Packet packet = ffmpeg::make_packet();
    while (av_read_frame(&input, packet.get()) >= 0) {
        const int stream = packet->stream_index;
        av_packet_rescale_ts(
            packet.get(), input.streams[stream]->time_base, output.streams[stream]->time_base
        );
        packet->pos = -1;
        check_copy(av_interleaved_write_frame(&output, packet.get()), output, to); // takes the packet
    }
    check_copy(av_write_trailer(&output), output, to);
    avio_flush(output.pb);
    check_copy(0, output, to);
}

Container container_of(const fs::path& clip) {
    const std::string extension = lower_extension(clip);
    if (extension == ".mp4") {
        return Container::mp4;
    }
    if (extension == ".mkv") {
        return Container::mkv;
    }
    throw Error(ErrorKind::user, "'" + clip.string() + "' is no .mp4 or .mkv that could get another recipe.");
}

} // namespace

void copy_clip(
    const fs::path& from,
    const fs::path& to,
    Container container,
    FrameRate rate,
    const std::string& recipe_json
) {
    const ffmpeg::Input input = ffmpeg::open_input(from);
    if (!input || avformat_find_stream_info(input.get(), nullptr) < 0 || input->nb_streams < 1) {
        throw Error(ErrorKind::bug, "The unfinished '" + from.string() + "' cannot be read back.");
    }
    const ffmpeg::Output output = ffmpeg::make_output(to, container == Container::mp4 ? "mp4" : "matroska");
    for (unsigned i = 0; i < input->nb_streams; ++i) {
        add_stream_like(*output, *input->streams[i], rate, to);
    }
    if (!recipe_json.empty()) {
        ffmpeg::set_tag(output->metadata, "comment", recipe_json);
    }
    ffmpeg::write_header(*output, options_of(container, *input), to);
    copy_packets(*input, *output, to);
    if (container == Container::mp4 && !recipe_json.empty()) {
        append_xmp_box(to, xmp_packet(recipe_json));
    }
}

void put_recipe(const fs::path& clip, const std::string& recipe_json) {
    const Container container = container_of(clip);
    const FrameRate rate = ClipReader(clip).facts().rate;
    TargetFile copy(clip); // a hidden neighbour of it
    copy_clip(clip, copy.part(), container, rate, recipe_json);
    sync_to_disk(copy.part());
    fs::rename(copy.part(), clip);
}

} // namespace rushes
