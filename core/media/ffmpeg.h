// The one file that tames FFmpeg (5.1 to 6.1): every handle owns itself, every error is a sentence, and what
// differs between versions is behind these functions. For this room only.
#pragma once

#include "base/frame.h"

#include <filesystem>
#include <map>
#include <memory>
#include <string>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavfilter/avfilter.h>
#include <libavformat/avformat.h>
#include <libavutil/frame.h>
#include <libswscale/swscale.h>
}

namespace rushes::ffmpeg {

struct Release {
    void operator()(AVFrame* handle) const;
    void operator()(AVPacket* handle) const;
    void operator()(AVCodecContext* handle) const;
    void operator()(SwsContext* handle) const;
    void operator()(AVFilterGraph* handle) const;
};

struct CloseInput {
    void operator()(AVFormatContext* handle) const;
};

struct CloseOutput {
    void operator()(AVFormatContext* handle) const;
};

using Picture = std::unique_ptr<AVFrame, Release>;
using Packet = std::unique_ptr<AVPacket, Release>;
using Codec = std::unique_ptr<AVCodecContext, Release>;
using Swscale = std::unique_ptr<SwsContext, Release>;
using FilterGraph = std::unique_ptr<AVFilterGraph, Release>;
using Input = std::unique_ptr<AVFormatContext, CloseInput>;
using Output = std::unique_ptr<AVFormatContext, CloseOutput>;

/// Options and tags by name, as FFmpeg's tools spell them.
using Options = std::map<std::string, std::string>;

/// FFmpeg's own words for an error code.
std::string error_text(int code);

/// True for a code that says that the disk (or the quota, or the largest file) is full.
bool disk_is_full(int code);

/// Error{resource} for a full disk and other failed output, with the file's name, how much was written, and a
/// lever.
[[noreturn]] void throw_write_error(int code, const std::filesystem::path& file, std::int64_t bytes_written);

/// A picture with its own aligned memory (tagged BT.709; limited range when the format is YUV).
/// Throws Error{resource} when there is no memory.
Picture make_picture(int width, int height, AVPixelFormat format);
Picture make_picture();

/// Gives the picture memory of its own where an encoder or filter still holds the old one (the old pixels are
/// kept).
void make_writable(AVFrame& picture);

Packet make_packet();

/// Opens an encoder by name; null, with no noise, when this build or machine does not have it or it refuses
/// `options` (that is how hardware encoders are probed). `setup` fills the context before it is opened.
template <typename Setup>
Codec open_encoder(const std::string& name, const Options& options, Setup setup);

Codec make_encoder(const std::string& name);
bool open(Codec& codec, const Options& options);

template <typename Setup>
Codec open_encoder(const std::string& name, const Options& options, Setup setup) {
    Codec codec = make_encoder(name);
    if (codec) {
        setup(*codec);
        if (!open(codec, options)) {
            codec.reset();
        }
    }
    return codec;
}

/// Opens a file for reading; null when FFmpeg cannot make sense of it. `format` forces a demuxer ("image2").
Input open_input(
    const std::filesystem::path& file, const std::string& format = {}, const Options& options = {}
);

/// Makes a file of a container format ("mp4", "matroska", "gif") and opens it for writing. Throws as
/// throw_write_error().
Output make_output(const std::filesystem::path& file, const std::string& format);

/// Writes the container's header.
void write_header(AVFormatContext& output, const Options& options, const std::filesystem::path& file);

/// Ends of a parsed filter graph that nobody connected; both may be null.
void free_ends(AVFilterInOut*& inputs, AVFilterInOut*& outputs);

/// Sets a tag of the container or of a stream.
void set_tag(AVDictionary*& tags, const std::string& name, const std::string& value);

/// A tag's value, empty when there is none; names are compared without case.
std::string tag(const AVDictionary* tags, const std::string& name);

inline AVRational rational(FrameRate rate) {
    return {rate.num, rate.den};
}

} // namespace rushes::ffmpeg
