#include "base/error.h"
#include "base/paths.h"
#include "media/encoder_base.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace rushes {
namespace fs = std::filesystem;

namespace {

using Maker = std::unique_ptr<Encoder> (*)(const EncodeJob&);

struct Format {
    std::string_view extension;
    Maker make;
};

constexpr std::array formats{
    Format{".mp4", make_mp4_encoder},
    Format{".mkv", make_mkv_encoder},
    Format{".gif", make_gif_encoder},
    Format{".webp", make_webp_encoder},
    Format{".png", make_png_encoder},
    Format{".jpg", make_jpeg_encoder},
    Format{".jpeg", make_jpeg_encoder},
    Format{".avif", make_avif_encoder},
};

/// Of the file's pictures; libwebp ends at 16383.
constexpr int largest_side = 16'383;

const Format& format_of(const fs::path& target) {
    const std::string extension = lower_extension(target);
    const auto found = std::find_if(formats.begin(), formats.end(), [&](const Format& f) {
        return f.extension == extension;
    });
    if (found == formats.end()) {
        throw Error(
            ErrorKind::user,
            "'" + target.filename().string() + "' does not name a format that can be written.",
            "Use a name that ends in .mp4, .mkv (lossless), .gif, .webp, or in .png, .jpg or .avif (a "
            "picture a "
            "frame: name-%04d.png)."
        );
    }
    return *found;
}

void check_numbers(int width, int height, FrameRate rate, const ExportSettings& settings) {
    const auto refuse = [](const std::string& what, const std::string& hint) {
        throw Error(ErrorKind::user, what, hint);
    };
    if (width < 1 || height < 1 || width > largest_side || height > largest_side) {
        refuse(
            "Pictures of " + std::to_string(width) + "x" + std::to_string(height) + " cannot be exported.",
            "Sides go from 1 to 16383 pixels."
        );
    }
    const bool native = settings.width == 0 && settings.height == 0;
    const auto too_odd = [](int side) { return side < 16 || side > largest_side; };
    if (!native && (too_odd(settings.width) || too_odd(settings.height))) {
        refuse(
            "An export size of " + std::to_string(settings.width) + "x" + std::to_string(settings.height) +
                " is not possible.",
            "Give both sides, from 16 to 16383 pixels, or neither for the native size."
        );
    }
    if (rate.num < 1 || rate.den < 1 || rate.fps() > 240 || rate.fps() < 0.1) {
        refuse(
            "A frame rate of " + std::to_string(rate.num) + "/" + std::to_string(rate.den) +
                " cannot be exported.",
            "Choose from 0.1 to 240 frames a second."
        );
    }
    if (settings.quality < 0 || settings.quality > 51) {
        refuse(
            "A quality of " + std::to_string(settings.quality) + " is not on the scale.",
            "0 is best, 51 is smallest; 18 looks like the original."
        );
    }
}

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

} // namespace

std::unique_ptr<Encoder> Encoder::open(
    const fs::path& target,
    int width,
    int height,
    FrameRate rate,
    const ExportSettings& settings,
    const std::string& recipe_json,
    std::optional<AudioShape> sound
) {
    const Format& format = format_of(target);
    check_numbers(width, height, rate, settings);
    return format.make(
        {target, width, height, rate, settings, settings.embed_recipe ? recipe_json : std::string(), sound}
    );
}

std::uint64_t estimated_bytes(const fs::path& target, int width, int height, std::int64_t frames) {
    // Bits a pixel of lively clips at the default quality, and for .mp4 and .gif the copy that exists while
    // finishing: a GIF is made from a lossless one.
    constexpr double lossless = 24;
    const std::string extension = lower_extension(target);
    const double bits = extension == ".mp4"                                                   ? 2 * 0.6
                        : extension == ".webp"                                                ? 1.5
                        : extension == ".jpg" || extension == ".jpeg" || extension == ".avif" ? 6
                        : extension == ".gif"                                                 ? 8 + lossless
                                                                                              : lossless;
    return static_cast<std::uint64_t>(bits / 8 * width * height * static_cast<double>(frames)) + 65'536;
}

void add_note(ExportResult& result, const std::string& sentence) {
    result.note += (result.note.empty() ? "" : " ") + sentence;
}

EncoderBase::EncoderBase(EncodeJob job, AVPixelFormat format)
    : job_(std::move(job)),
      shaper_(job_.width, job_.height, job_.settings.width, job_.settings.height, job_.settings.fit, format) {
}

void EncoderBase::write(const Frame& frame) {
    const std::size_t bytes =
        static_cast<std::size_t>(job_.width) * static_cast<std::size_t>(job_.height) * 3;
    if (frame.width != job_.width || frame.height != job_.height || frame.rgb.size() != bytes) {
        throw Error(
            ErrorKind::bug,
            "Frame " + std::to_string(frames_) + " is " + std::to_string(frame.width) + "x" +
                std::to_string(frame.height) + " where the clip is " + std::to_string(job_.width) + "x" +
                std::to_string(job_.height) + "."
        );
    }
    if (frames_ == 0) {
        first_write_ = Clock::now();
    }
    const bool readable = put(shaper_.draw(frame));
    ++frames_;
    if (readable && first_bytes_seconds_ < 0) {
        first_bytes_seconds_ = seconds_since(first_write_);
    }
}

void EncoderBase::write(const Audio& audio) {
    if (!job_.sound || audio.sample_rate != job_.sound->sample_rate ||
        audio.channels != job_.sound->channels) {
        throw Error(ErrorKind::bug, "Sound came that the clip was not opened for.");
    }
    silent_ = !put_sound(audio);
}

void EncoderBase::set_recipe(const std::string& recipe_json) {
    if (job_.settings.embed_recipe) {
        job_.recipe_json = recipe_json;
    }
}

ExportResult EncoderBase::finish() {
    if (frames_ == 0) {
        throw Error(
            ErrorKind::user,
            "There is no frame to put into '" + job_.target.filename().string() + "'.",
            "Let at least one frame finish."
        );
    }
    const auto start = Clock::now();
    ExportResult result;
    result.frames = frames_;
    result.width = shaper_.width();
    result.height = shaper_.height();
    result.first_bytes_seconds = first_bytes_seconds_;
    complete(result);
    if (silent_) {
        add_note(result, "The clip's sound is left out: " + lower_extension(job_.target) + " has none.");
    }
    result.finish_seconds = seconds_since(start);
    return result;
}

} // namespace rushes
