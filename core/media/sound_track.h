// The sound of a clip as one stream of a container: plain samples in, packets out. For this room only.
#pragma once

#include "base/audio.h"
#include "media/ffmpeg.h"

#include <functional>
#include <vector>

namespace rushes {

/// AAC, for .mp4. Null where FFmpeg has none.
ffmpeg::Codec open_aac(AudioShape shape);

/// The samples as they are, for .mkv.
ffmpeg::Codec open_plain_sound(AudioShape shape);

class SoundTrack {
public:
    /// Gets each packet with its stream and times.
    using Put = std::function<void(AVPacket& packet)>;

    /// `output` has no header yet.
    SoundTrack(AVFormatContext& output, ffmpeg::Codec codec);

    /// Samples follow each other; where some are left out there is silence. Throws Error{bug} for samples of
    /// another shape, or from before those that are there.
    void write(const Audio& audio, const Put& put);

    /// What waits for a whole packet.
    void finish(const Put& put);

private:
    void encode(std::size_t instants, const Put& put);
    void take_packets(const Put& put);

    ffmpeg::Codec codec_;
    ffmpeg::Packet packet_;
    AVStream* stream_;           ///< owned by the output
    std::vector<float> waiting_; ///< as in Audio
    std::int64_t encoded_ = 0;   ///< instants
};

} // namespace rushes
