// What a ClipReader reads from: one class a way of decoding.
#pragma once

#include "media/clip_reader.h"
#include "media/ffmpeg.h"
#include "media/picture_header.h"

namespace rushes {

class Decoder {
public:
    virtual ~Decoder() = default;

    virtual const ClipFacts& facts() const = 0;

    /// The next picture, in whatever format and with whatever tags it has; valid until the next call. Null at
    /// the end. Damaged pictures are passed over.
    virtual AVFrame* next() = 0;

    /// Index of the picture that next() returned last.
    virtual std::int64_t index() const = 0;

    /// How the pictures are to be turned before they are shown, where the container says so (a telephone held
    /// upright).
    virtual Turn turn() const { return {}; }

    /// Makes next() return a picture at or before `index`; the first one for 0.
    virtual void seek(std::int64_t index) = 0;
};

/// How a stream's pictures are to be turned (its display matrix).
Turn display_turn(const AVStream& stream);

/// Anything that FFmpeg reads. Throws Error{user} for what is no clip.
std::unique_ptr<Decoder> make_video_decoder(const std::filesystem::path& file);

/// Still and animated WebP, which FFmpeg 5.1 cannot animate.
std::unique_ptr<Decoder> make_webp_decoder(const std::filesystem::path& file);

/// A PNG sequence by its pattern ("name-%04d.png"), from number 0 or 1 on; 24 frames a second.
std::unique_ptr<Decoder> make_sequence_decoder(const std::filesystem::path& pattern);

} // namespace rushes
