// What the encoders of all formats share: one clock, one size check, one count.
#pragma once

#include "media/encoder.h"
#include "media/shaper.h"
#include "media/target_file.h"

#include <chrono>
#include <optional>

namespace rushes {

/// What Encoder::open() was asked for, checked.
struct EncodeJob {
    std::filesystem::path target;
    int width = 0;  ///< of the frames
    int height = 0; ///< of the frames
    FrameRate rate;
    ExportSettings settings;
    std::string recipe_json;         ///< empty: none goes into the file
    std::optional<AudioShape> sound; ///< empty: silent
};

inline constexpr const char* disk_was_full = "The disk was full: kept the frames that were written.";

/// Adds a sentence to what the person is told.
void add_note(ExportResult& result, const std::string& sentence);

class EncoderBase : public Encoder {
public:
    void write(const Frame& frame) final;
    void write(const Audio& audio) final;
    void set_recipe(const std::string& recipe_json) final;
    ExportResult finish() final;

    std::filesystem::path growing_file() const override { return {}; }

protected:
    EncoderBase(EncodeJob job, AVPixelFormat format);

    /// The shaped picture goes into the file. True when a reader of growing_file() can see it from now on.
    virtual bool put(AVFrame& picture) = 0;

    /// The sound goes into the file; false: the format has none.
    virtual bool put_sound(const Audio& /*audio*/) { return false; }

    /// Completes and publishes; fills path, encoder and note.
    virtual void complete(ExportResult& result) = 0;

    const EncodeJob& job() const { return job_; }

    int frames() const { return frames_; }

    int file_width() const { return shaper_.width(); }

    int file_height() const { return shaper_.height(); }

private:
    using Clock = std::chrono::steady_clock;

    EncodeJob job_;
    Shaper shaper_;
    Clock::time_point first_write_{};
    double first_bytes_seconds_ = -1;
    int frames_ = 0;
    bool silent_ = false; ///< sound came and was left out
};

// One maker a format.
std::unique_ptr<Encoder> make_mp4_encoder(const EncodeJob& job);
std::unique_ptr<Encoder> make_mkv_encoder(const EncodeJob& job);
std::unique_ptr<Encoder> make_gif_encoder(const EncodeJob& job);
std::unique_ptr<Encoder> make_webp_encoder(const EncodeJob& job);
std::unique_ptr<Encoder> make_png_encoder(const EncodeJob& job);
std::unique_ptr<Encoder> make_jpeg_encoder(const EncodeJob& job);
std::unique_ptr<Encoder> make_avif_encoder(const EncodeJob& job);

} // namespace rushes
