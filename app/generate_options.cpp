#include "generate_options.h"

#include "base/error.h"
#include "option_checks.h"

#include <charconv>
#include <string_view>

namespace rushes {
namespace {

constexpr const char* generate_notes =
    "Formats of FILE: .mp4 (H.264), .mkv (FFV1, lossless), .gif, .webp; a picture a frame: .png, .jpg, "
    ".avif\n"
    "(name-%04d.png for a clip, name.png for a still).\n"
    "Every file carries its recipe; 'rushes generate --recipe FILE' makes the clip again.\n"
    "Sizes and lengths are brought to what the model was trained for, and it is said when that changes "
    "them.\n"
    "Ctrl+C stops and keeps the frames that exist; pressed twice it leaves at once.";

/// Two whole numbers with a separator between them: "1080x1920", "30000/1001".
std::optional<std::pair<int, int>> pair_of(const std::string& text, char separator) {
    const char* const end = text.data() + text.size();
    std::pair<int, int> numbers;
    const auto first = std::from_chars(text.data(), end, numbers.first);
    if (first.ec != std::errc() || first.ptr == end || *first.ptr != separator) {
        return std::nullopt;
    }
    const auto second = std::from_chars(first.ptr + 1, end, numbers.second);
    return second.ec == std::errc() && second.ptr == end ? std::optional(numbers) : std::nullopt;
}

constexpr const char* picture = "Picture";
constexpr const char* clip_length = "Length";
constexpr const char* file_group = "File";
constexpr const char* output_group = "What is printed";

constexpr int largest_side = 16'384;

/// A flag that sets one value of the recipe; what it may be says the table of its values (recipe_fields.h).
struct RecipeFlag {
    const char* names;
    const char* key;
    const char* type; ///< in the help: "N"
    const char* help;
    const char* group;
};

constexpr RecipeFlag recipe_flags[] = {
    {"PROMPT", "prompt", "PROMPT", "What is to be seen", ""},
    {"--negative", "negative_prompt", "TEXT", "What is not wanted (models with guidance)", picture},
    {"--seed", "seed", "N", "Same seed, same clip (default: random, printed)", picture},
    {"--width", "width", "N", "Pixels", picture},
    {"--height", "height", "N", "Pixels", picture},
    {"--frames", "frames", "N", "How many", clip_length},
    {"--fps", "frame_rate", "RATE", "Frames a second: 24, 23.976 or 30000/1001", clip_length},
    {"--steps", "steps", "N", "Denoising steps", quality_group},
    {"--guidance", "guidance_scale", "N", "How strongly the prompt leads (1: not at all)", quality_group},
    {"--scheduler", "scheduler", "NAME", "One of the model's own", quality_group},
    {"--draft-model",
     "draft_model",
     "MODEL",
     "A smaller or quicker model for the draft: name or directory",
     quality_group},
    {"--motion-scale", "motion_scale", "N", "How much moves, 0 to 2 (models that can change it)", picture},
    {"--dtype",
     "dtype",
     "NAME",
     "Number format: auto (bf16 on a graphics card), fp32, bf16, or fp8 (weights in half of bf16's memory)",
     quality_group},
};

void add_recipe_flags(CLI::App& app, RecipeChanges& given) {
    for (const RecipeFlag& flag : recipe_flags) {
        const auto set = [&given, &flag](const std::string& text) {
            try {
                given.set(flag.key, text);
            } catch (const Error& error) {
                throw CLI::ValidationError(flag.names, error.what());
            }
        };
        auto* const option =
            app.add_option_function<std::string>(flag.names, set, flag.help)->type_name(flag.type);
        if (std::string_view(flag.key) == "dtype") {
            option->check(one_of({"auto", "fp32", "bf16", "fp8"}));
        }
        if (*flag.group != '\0') {
            option->group(flag.group);
        }
    }
}

void add_generate_options(CLI::App& app, GenerateCommand& command, GenerateTexts& texts) {
    add_recipe_flags(app, command.given);
    app.add_option("-o,--output", command.output, "FILE to make (default: named after the prompt)")
        ->type_name("FILE")
        ->check(output_check())
        ->group(file_group);
    app.add_option("--size", texts.size, "Size of the file, for example 1080x1920 (default: the picture's)")
        ->type_name("WxH")
        ->group(file_group);
    app.add_option("--fit", command.fit, "How the picture fills another shape: crop, pad or blur (default)")
        ->check(one_of({"crop", "pad", "blur"}))
        ->group(file_group);
    app.add_option("--quality", command.quality, "0 (best) to 51 (smallest), default 18")
        ->check(whole_between(0, 51))
        ->group(file_group);
    app.add_option(
           "--checkpoint",
           command.checkpoint,
           "Keep what is computed in this folder: the same command goes on from there"
    )
        ->type_name("FOLDER")
        ->group(file_group);
    app.add_flag(
           "--go-on",
           command.go_on,
           "Take what earlier runs with this flag, or the studio's, computed of this clip or of one that "
           "parts from it"
    )
        ->group(file_group);
    app.add_flag("--no-recipe", command.no_recipe, "Leave the recipe out of the file")->group(file_group);
    app.add_flag("--no-library", command.no_library, "Leave the clip out of the studio's film strip")
        ->group(file_group);

    app.add_option(
           "--recipe",
           command.recipe,
           "Begin with the recipe of a clip or a JSON FILE; other flags override it"
    )
        ->type_name("FILE")
        ->group(picture);
    app.add_option(
           "--preset",
           command.preset,
           "Kept settings and words for the prompt, by name; other flags override it"
    )
        ->type_name("NAME")
        ->group(picture);
    app.add_option("--model", command.model, "Name, directory, or a transformer's file (see 'rushes models')")
        ->type_name("MODEL")
        ->group(picture);
    auto* const image =
        app.add_option("--image", command.image, "Begin with this picture (of a clip, its first frame)");
    image->type_name("FILE")->group(picture);
    app.add_option("--last-image", command.last_image, "End with this one (of a clip, its last frame)")
        ->type_name("FILE")
        ->group(picture);
    app.add_option(
           "--keyframe", command.keyframes, "Come by this picture at that time; may be given more than once"
    )
        ->type_name("SECONDS:FILE")
        ->allow_extra_args(false)
        ->check(check(
            [](const std::string& text) { return prompt_at(text).has_value(); },
            "is no time and file: use for example \"1.5:fox.png\""
        ))
        ->group(picture);
    app.add_option("--extend", command.extend, "Go on from the last frames of a clip")
        ->type_name("CLIP")
        ->excludes(image)
        ->group(picture);
    app.add_option("--lora", command.loras, "Change the model by a LoRA; may be given more than once")
        ->type_name("FILE[:STRENGTH]")
        ->allow_extra_args(false)
        ->group(picture);
    app.add_option(
           "--prompt-at",
           command.prompts_at,
           "Another prompt from there on (models that work block by block); may be given more than once"
    )
        ->type_name("SECONDS:TEXT")
        ->allow_extra_args(false)
        ->check(check(
            [](const std::string& text) { return prompt_at(text).has_value(); },
            "is no time and prompt: use for example \"2.5:a blue ring spins\""
        ))
        ->group(picture);
    app.add_option(
           "--after-step",
           command.steps_then,
           "Another prompt or guidance from there on (models that make a clip in one piece); may be given "
           "more than once"
    )
        ->type_name("STEPS:TEXT or STEPS:guidance=N")
        ->allow_extra_args(false)
        ->check(check(
            [](const std::string& text) { return step_change(text).has_value(); },
            "is no step and change: use for example \"10:a blue ring\" or \"10:guidance=5\""
        ))
        ->group(picture);
    app.add_option("--duration", command.duration, "Seconds")
        ->check(number_between(0.001, 36'000, "0.001 to 36000"))
        ->excludes(app.get_option("--frames"))
        ->group(clip_length);
    auto* const draft =
        app.add_flag("--draft", texts.draft, "A quick rough pass first, where it helps (default)");
    draft->group(quality_group);
    app.add_flag("--no-draft", texts.no_draft, "The final pass only")
        ->excludes(draft)
        ->excludes(app.get_option("--draft-model"))
        ->group(quality_group);
    app.add_flag(
           "--fast-decode", texts.fast_decode, "Decode by the tiny decoder beside the model: a little rough"
    )
        ->group(quality_group);
    add_device_options(app, command.device, command.threads);
    add_vram_option(app, command.vram);

    app.add_flag(
           "--dry-run", command.dry_run, "Print what would be done, the memory and the time; make nothing"
    )
        ->group(output_group);
    app.add_flag("--json", command.json, "Events on stdout, one JSON object a line (docs/command-line.md)")
        ->group(output_group);
    app.footer(generate_notes);
}

void complete(GenerateCommand& command, const GenerateTexts& texts) {
    if (!command.given.has("prompt") && command.recipe.empty()) {
        throw CLI::ValidationError("PROMPT", "say what is to be seen, or give --recipe FILE");
    }
    if (texts.draft || texts.no_draft || command.given.has("draft_model")) {
        command.given.set("draft", texts.no_draft ? "off" : "on");
    }
    if (texts.fast_decode) {
        command.given.set("fast_decode", "on");
    }
    if (!texts.size.empty()) {
        const auto size = pair_of(texts.size, 'x');
        if (!size || size->first < 2 || size->second < 2 || size->first > largest_side ||
            size->second > largest_side) {
            throw CLI::ValidationError(
                "--size", "'" + texts.size + "' is no size: use for example 1080x1920"
            );
        }
        command.export_width = size->first;
        command.export_height = size->second;
    }
}

} // namespace

GenerateOptions::GenerateOptions(CLI::App& app) : app_(*app.add_subcommand("generate", "Make a clip")) {
    add_generate_options(app_, command_, texts_);
}

std::optional<GenerateCommand> GenerateOptions::parsed() {
    if (!app_.parsed()) {
        return std::nullopt;
    }
    complete(command_, texts_);
    return command_;
}

} // namespace rushes
