#include "generation/recipe_fields.h"

#include "base/error.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <type_traits>

namespace rushes {
namespace {

constexpr double most_name_characters = 512;
constexpr double most_seed = static_cast<double>(std::numeric_limits<std::uint64_t>::max());

constexpr std::array fields{
    RecipeField{"program_version", "", &Recipe::program_version, 0, 0, most_name_characters},
    RecipeField{"prompt", "prompt", &Recipe::prompt, 0, 0, max_prompt_characters},
    RecipeField{"negative_prompt", "negative", &Recipe::negative_prompt, 0, 0, max_prompt_characters},
    RecipeField{"model", "model", &Recipe::model, 0, 0, most_name_characters},
    RecipeField{"model_hash", "", &Recipe::model_hash, 0, 0, most_name_characters},
    RecipeField{"seed", "seed", &Recipe::seed, 0, 0, most_seed},
    RecipeField{"width", "size", &Recipe::width, 0, 1, max_picture_side},
    RecipeField{"height", "", &Recipe::height, 0, 1, max_picture_side},
    RecipeField{"frames", "frames", &Recipe::frames, 0, 1, max_clip_frames},
    RecipeField{"frame_rate", "frames a second", &Recipe::frame_rate, 0, 1, 120},
    RecipeField{"steps", "steps", &Recipe::steps, 0, 1, max_steps},
    RecipeField{"guidance_scale", "guidance", &Recipe::guidance_scale, -1, 0, max_guidance_scale},
    RecipeField{"scheduler", "scheduler", &Recipe::scheduler, 0, 0, most_name_characters},
    RecipeField{"dtype", "precision", &Recipe::dtype, 0, 0, most_name_characters},
    RecipeField{"draft", "draft first", &Recipe::draft, 0, 0, 1},
    RecipeField{"draft_model", "draft by", &Recipe::draft_model, 0, 0, most_name_characters},
    RecipeField{"fast_decode", "fast decoding", &Recipe::fast_decode, 0, 0, 1, 2},
    RecipeField{"motion_scale", "motion", &Recipe::motion_scale, 0, 0, max_motion_scale, 3},
};

[[noreturn]] void refuse(const std::string& sentence) {
    throw Error(ErrorKind::user, sentence);
}

template <typename Number>
std::optional<Number> whole_text(const std::string& text) {
    Number number{};
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    return read.ec == std::errc() && read.ptr == end ? std::optional(number) : std::nullopt;
}

/// At most four digits: what a person tells apart.
std::string words(double number) {
    std::array<char, 32> text{};
    const auto end =
        std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::general, 4);
    return {text.data(), end.ptr};
}

struct InWords {
    std::string operator()(const std::string& value) const { return value; }

    std::string operator()(std::uint64_t value) const { return std::to_string(value); }

    std::string operator()(int value) const { return std::to_string(value); }

    std::string operator()(double value) const { return words(value); }

    std::string operator()(bool value) const { return value ? "on" : "off"; }

    std::string operator()(const FrameRate& value) const { return words(value.fps()); }
};

/// Reads one value of a type; `field` for the sentence.
struct FromText {
    const RecipeField& field;
    const std::string& text;

    void operator()(std::string& value) const { value = text; } // the plan says what is wrong with a text

    void operator()(bool& value) const {
        if (text != "on" && text != "off") {
            refuse_value("on or off");
        }
        value = text == "on";
    }

    /// "24", "23.976" or "30000/1001".
    void operator()(FrameRate& value) const {
        FrameRate rate{0, 1};
        if (const auto slash = text.find('/'); slash != std::string::npos) {
            rate.num = whole_text<int>(text.substr(0, slash)).value_or(0);
            rate.den = whole_text<int>(text.substr(slash + 1)).value_or(0);
        } else if (const auto fps = whole_text<double>(text); fps && *fps > 0 && *fps <= 1000) {
            const int thousandths = static_cast<int>(std::lround(*fps * 1000));
            rate = thousandths % 1000 == 0 ? FrameRate{thousandths / 1000, 1} : FrameRate{thousandths, 1000};
        } else {
            refuse_value("a frame rate: use 24, 23.976 or 30000/1001");
        }
        if (rate.num < 1 || rate.den < 1 || rate.fps() < field.typed_low || rate.fps() > field.high) {
            refuse_value("a frame rate from " + words_of(field.typed_low) + " to " + words_of(field.high));
        }
        value = rate;
    }

    template <typename Number>
    void operator()(Number& value) const {
        const auto number = whole_text<Number>(text);
        if (!number || !(static_cast<double>(*number) >= field.typed_low &&
                         static_cast<double>(*number) <= field.high)) {
            refuse_value(
                (std::is_integral_v<Number> ? "a whole number from " : "a number from ") +
                words_of(field.typed_low) + " to " + words_of(field.high)
            );
        }
        value = *number;
    }

    static std::string words_of(double number) {
        return number >= most_seed ? std::to_string(std::numeric_limits<std::uint64_t>::max())
                                   : std::to_string(std::llround(number));
    }

    [[noreturn]] void refuse_value(const std::string& expected) const {
        refuse("'" + text + "' is not " + expected + ".");
    }
};

} // namespace

std::span<const RecipeField> recipe_fields() {
    return fields;
}

const RecipeField& recipe_field(std::string_view key) {
    const auto found =
        std::ranges::find(fields, key, [](const RecipeField& field) { return std::string_view(field.key); });
    if (found == fields.end()) {
        throw Error(ErrorKind::bug, "A recipe has no value '" + std::string(key) + "'.");
    }
    return *found;
}

void set_from_text(const RecipeField& field, Recipe& recipe, const std::string& text) {
    std::visit([&](const auto member) { FromText{field, text}(recipe.*member); }, field.member);
}

std::optional<std::pair<double, std::string>> prompt_at(const std::string& text) {
    double seconds = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, seconds);
    if (read.ec != std::errc() || read.ptr == end || *read.ptr != ':' || read.ptr + 1 == end ||
        !(seconds > 0 && seconds <= 36'000)) {
        return std::nullopt;
    }
    return std::pair(seconds, std::string(read.ptr + 1, end));
}

std::optional<StepChange> step_change(const std::string& text) {
    constexpr std::string_view guidance = "guidance=";
    const std::size_t colon = text.find(':');
    if (colon == std::string::npos) {
        return std::nullopt;
    }
    StepChange change;
    const auto steps = whole_text<int>(text.substr(0, colon));
    const std::string what = text.substr(colon + 1);
    if (!steps || *steps < 1 || *steps > max_steps || what.empty()) {
        return std::nullopt;
    }
    change.after_steps = *steps;
    if (!what.starts_with(guidance)) {
        change.prompt = what;
        return change;
    }
    const auto scale = whole_text<double>(what.substr(guidance.size()));
    if (!scale || !(*scale >= 0 && *scale <= max_guidance_scale)) {
        return std::nullopt;
    }
    change.guidance_scale = *scale;
    return change;
}

void RecipeChanges::set(std::string_view key, const std::string& text) {
    const RecipeField& field = recipe_field(key);
    set_from_text(field, values_, text);
    if (!has(key)) {
        given_.push_back(&field);
    }
}

bool RecipeChanges::has(std::string_view key) const {
    // By its name: the program and its modules have a table each.
    return std::ranges::any_of(given_, [&](const RecipeField* field) { return field->key == key; });
}

void RecipeChanges::apply_to(Recipe& recipe) const {
    for (const RecipeField* field : given_) {
        std::visit([&](const auto member) { recipe.*member = values_.*member; }, field->member);
    }
}

std::vector<RecipeFact> recipe_facts(const Recipe& recipe) {
    std::vector<RecipeFact> facts;
    for (const RecipeField& field : fields) {
        if (*field.label == '\0') {
            continue;
        }
        const bool size = field.member == RecipeMember(&Recipe::width);
        facts.push_back(
            {field.key,
             field.label,
             size ? std::to_string(recipe.width) + "x" + std::to_string(recipe.height)
                  : std::visit([&](const auto member) { return InWords()(recipe.*member); }, field.member)}
        );
    }
    return facts;
}

} // namespace rushes
