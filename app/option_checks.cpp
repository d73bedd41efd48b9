#include "option_checks.h"

#include "base/paths.h"

#include <algorithm>
#include <charconv>

namespace rushes {
namespace {

bool known_format(const std::filesystem::path& file) {
    const std::string extension = lower_extension(file);
    return extension == ".mp4" || extension == ".mkv" || extension == ".gif" || extension == ".webp" ||
           extension == ".png" || extension == ".jpg" || extension == ".jpeg" || extension == ".avif";
}

/// "8G", "8GB", "7.5G", "6144M": bytes, of which a G has 10^9 as on a card's box; 0: none of these.
std::uint64_t bytes_in(std::string text) {
    if (text.ends_with('B') || text.ends_with('b')) {
        text.pop_back();
    }
    double number = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    if (read.ec != std::errc() || read.ptr + 1 != end || !(number > 0 && number < 1e6)) {
        return 0;
    }
    const char unit = *read.ptr;
    const double scale = unit == 'G' || unit == 'g' ? 1e9 : unit == 'M' || unit == 'm' ? 1e6 : 0;
    return static_cast<std::uint64_t>(number * scale);
}

} // namespace

CLI::Validator check(std::function<bool(const std::string&)> good, std::string sentence) {
    return {
        [good = std::move(good), sentence = std::move(sentence)](std::string& text) {
            return good(text) ? std::string() : "'" + text + "' " + sentence;
        },
        ""
    };
}

CLI::Validator number_between(double low, double high, const std::string& range) {
    return check(
        [low, high](const std::string& text) {
            double value = 0;
            const char* const end = text.data() + text.size();
            const auto read = std::from_chars(text.data(), end, value);
            return read.ec == std::errc() && read.ptr == end && value >= low && value <= high;
        },
        "is not a number from " + range
    );
}

CLI::Validator whole_between(long low, long high) {
    return check(
        [low, high](const std::string& text) {
            long value = 0;
            const char* const end = text.data() + text.size();
            const auto read = std::from_chars(text.data(), end, value);
            return read.ec == std::errc() && read.ptr == end && value >= low && value <= high;
        },
        "is not a whole number from " + std::to_string(low) + " to " + std::to_string(high)
    );
}

CLI::Validator one_of(const std::vector<std::string>& choices) {
    std::string list;
    for (const std::string& choice : choices) {
        list += (list.empty() ? "" : ", ") + choice;
    }
    return check(
        [choices](const std::string& text) {
            return std::find(choices.begin(), choices.end(), text) != choices.end();
        },
        "is none of: " + list
    );
}

CLI::Validator device_check() {
    return check(
        [](const std::string& text) {
            const bool numbered = text.size() > 5 && text.size() < 9 && text.starts_with("cuda:") &&
                                  text.find_first_not_of("0123456789", 5) == std::string::npos;
            return text == "auto" || text == "cpu" || text == "cuda" || numbered;
        },
        "is no device: use auto, cpu, cuda or cuda:N"
    );
}

CLI::Validator output_check() {
    return check(
        known_format,
        "has no format that can be written: use .mp4, .mkv, .gif, .webp, .png, .jpg, .avif or name-%04d.png"
    );
}

void add_device_options(CLI::App& app, std::string& device, int& threads) {
    app.add_option("--device", device, "auto, cpu, cuda or cuda:N")
        ->check(device_check())
        ->group(quality_group);
    app.add_option("--threads", threads, "CPU threads (default: all cores)")
        ->check(whole_between(1, 1024))
        ->group(quality_group);
}

void add_vram_option(CLI::App& app, std::uint64_t& bytes) {
    app.add_option_function<std::string>(
           "--vram",
           [&bytes](const std::string& text) { bytes = bytes_in(text); },
           "Memory of the graphics card to fill at most, for example 8G (default: all of it)"
    )
        ->type_name("SIZE")
        ->check(check(
            [](const std::string& text) { return bytes_in(text) > 0; },
            "is no size of a memory: use 8G or 6000M"
        ))
        ->group(quality_group);
}

} // namespace rushes
