#include "nn/weights/allowed_keys.h"

#include <algorithm>
#include <array>
#include <string>

namespace rushes {

namespace {

/// ".name.": so that a name is found only between dots.
std::string between_dots(std::string_view name) {
    std::string dotted(".");
    dotted.append(name).append(".");
    return dotted;
}

/// What writers of fp8 files leave beside the weights and we have no use for.
constexpr std::array<std::string_view, 4> marks{"scale_input", "input_scale", "scaled_fp8", "comfy_quant"};

} // namespace

bool is_allowed_key(std::string_view key, std::span<const std::string_view> allowed) {
    const std::string dotted = between_dots(key);
    const auto is_named = [&](std::string_view name) {
        return dotted.find(between_dots(name)) != std::string::npos;
    };
    return std::ranges::any_of(allowed, is_named) || std::ranges::any_of(marks, is_named);
}

} // namespace rushes
