#include "jobs/read_inputs.h"

#include "base/error.h"
#include "base/sha256.h"
#include "media/read_picture.h"

#include <array>
#include <fstream>
#include <memory>

namespace rushes {
namespace fs = std::filesystem;

namespace {

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

void check_content(const RecipeInput& input) {
    std::error_code error;
    if (!fs::is_regular_file(input.path, error)) {
        throw Error(
            ErrorKind::user,
            "'" + input.path + "', which the clip starts from, is not there any more.",
            "Choose the picture again."
        );
    }
    if (!input.hash.empty() && hash_of(input.path) != input.hash) {
        throw Error(
            ErrorKind::user,
            "'" + input.path + "' is not the picture any more that the recipe was made with.",
            "Choose the picture again."
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
    return {.role = role, .hash = hash_of(file), .path = fs::absolute(file).string()};
}

RunInputs read_inputs(const Recipe& recipe) {
    RunInputs inputs;
    for (const RecipeInput& input : recipe.inputs) {
        check_content(input);
        std::vector<FramePtr>& pictures = inputs.pictures[input.role];
        for (Frame& frame : frames_of(input)) {
            pictures.push_back(std::make_shared<const Frame>(std::move(frame)));
        }
    }
    return inputs;
}

} // namespace rushes
