// One video stream, and its sound where there is some, into one container, through FFmpeg.
#pragma once

#include "media/ffmpeg.h"
#include "media/sound_track.h"

#include <cstdint>
#include <filesystem>
#include <optional>

namespace rushes {

/// Takes pictures in order and gives each its exact time (index / rate).
class StreamWriter {
public:
    struct Plan {
        std::filesystem::path file;
        std::string container; ///< FFmpeg's name of the muxer
        ffmpeg::Options container_options;
        ffmpeg::Options tags;
        bool flush_every_frame =
            false; ///< each packet is on the disk (and a fragment of its own) when write() returns
    };

    /// `codec` is open; its time base is one frame. `sound` is open too, or null: the clip is silent.
    StreamWriter(Plan plan, ffmpeg::Codec codec, ffmpeg::Codec sound = {});

    /// Throws Error{resource} when the disk takes no more.
    void write(AVFrame& picture);

    /// The same; of a silent clip Error{bug}.
    void write(const Audio& audio);

    /// Everything that is still inside, and the container's end.
    void finish();

    /// The same; when the disk takes no more, the file ends after its last whole picture, and it is false.
    /// Throws Error{resource} when there is none.
    bool finish_or_cut();

    std::int64_t whole_frames() const { return whole_frames_; }

private:
    void encode(AVFrame* picture);
    void put(AVPacket& packet);
    void check(int code) const;

    Plan plan_;
    ffmpeg::Codec codec_;
    ffmpeg::Packet packet_;
    ffmpeg::Output output_;
    AVStream* stream_ = nullptr; ///< owned by output_
    std::optional<SoundTrack> sound_;
    std::int64_t next_pts_ = 0;
    std::int64_t whole_bytes_ = 0;
    std::int64_t whole_frames_ = 0;
};

/// The recipe as a container's comment; empty: none.
ffmpeg::Options recipe_tags(const std::string& recipe_json);

/// Fills what every codec of ours has in common: size, format, exact rate, one frame as the time base, colour
/// tags.
void describe_stream(AVCodecContext& codec, int width, int height, AVPixelFormat format, FrameRate rate);

} // namespace rushes
