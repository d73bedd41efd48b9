#include "jobs/read_inputs.h"

#include "base/error.h"
#include "base/sha256.h"
#include "media/clip_reader.h"
#include "media/read_picture.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <memory>

namespace rushes {
namespace fs = std::filesystem;

namespace {

/// Of a picture's own recipe that goes along: one that has a history of its own too is left out.
constexpr std::size_t most_recipe_bytes = std::size_t{16} << 10;

std::string hash_of(const fs::path& file) {
    std::error_code error;
    std::ifstream stream(file, std::ios::binary);
    if (!fs::is_regular_file(file, error) || !stream) {
        throw Error(
            ErrorKind::user,
            "Cannot read '" + file.string() + "': there is no such file, or it is not readable."
        );
    }
    Sha256 hash;
    std::array<char, std::size_t{1} << 16> buffer{};
    while (stream.read(buffer.data(), buffer.size()), stream.gcount() > 0) {
        hash.update({buffer.data(), static_cast<std::size_t>(stream.gcount())});
    }
    return hash.finish();
}

/// Empty where there is none, or too much.
std::string recipe_of(const fs::path& picture) {
    try {
        const std::string recipe = read_recipe(picture).value_or("");
        return recipe.size() <= most_recipe_bytes ? recipe : std::string();
    } catch (const Error&) {
        return {}; // what is no picture is refused when it is decoded
    }
}

/// `what`: "picture", "LoRA".
void check_content(const std::string& path, const std::string& hash, const std::string& what) {
    std::error_code error;
    const std::string hint = "Choose the " + what + " again.";
    if (!fs::is_regular_file(path, error)) {
        throw Error(
            ErrorKind::user,
            "'" + path + "', a " + what + " that the clip is made with, is not there any more.",
            hint
        );
    }
    if (!hash.empty() && hash_of(path) != hash) {
        throw Error(
            ErrorKind::user,
            "'" + path + "' is not the " + what + " any more that the recipe was made with.",
            hint
        );
    }
}

std::vector<Frame> frames_of(const RecipeInput& input) {
    if (input.role == role_clip) {
        return read_last_frames(input.path, most_clip_frames);
    }
    if (input.role == role_last_image) {
        return read_last_frames(input.path, 1);
    }
    std::vector<Frame> frames;
    frames.push_back(read_picture(input.path));
    return frames;
}

} // namespace

RecipeInput recipe_input(const std::string& role, const fs::path& file) {
    const std::string hash = hash_of(file);
    return {role, hash, fs::absolute(file).string(), role == role_clip ? std::string() : recipe_of(file)};
}

RecipeLora recipe_lora(const fs::path& file, double strength) {
    return {.hash = hash_of(file), .path = fs::absolute(file).string(), .strength = strength};
}

FramePtr input_picture(const RecipeInput& input) {
    if (input.role == role_image || input.role == role_keyframe) {
        return std::make_shared<const Frame>(read_picture(input.path));
    }
    return std::make_shared<const Frame>(std::move(read_last_frames(input.path, 1).back()));
}

RunInputs read_inputs(const Recipe& recipe) {
    RunInputs inputs;
    for (const RecipeLora& lora : recipe.loras) {
        check_content(lora.path, lora.hash, "LoRA");
    }
    for (const RecipeInput& input : recipe.inputs) {
        check_content(input.path, input.hash, "picture");
        std::vector<FramePtr>& pictures = inputs.pictures[input.role];
        for (Frame& frame : frames_of(input)) {
            if (input.role == role_keyframe) {
                frame.index = input.frame;
            }
            pictures.push_back(std::make_shared<const Frame>(std::move(frame)));
        }
    }
    if (const auto within = inputs.pictures.find(role_keyframe); within != inputs.pictures.end()) {
        std::ranges::sort(within->second, {}, [](const FramePtr& frame) { return frame->index; });
    }
    return inputs;
}

} // namespace rushes
