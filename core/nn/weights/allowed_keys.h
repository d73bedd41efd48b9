// What a checkpoint may hold that nobody asks for.
#pragma once

#include <span>
#include <string_view>

namespace rushes {

/// Whether one of the names between the dots of `key` is in `allowed`, or is a mark that writers of fp8 files
/// leave beside the weights.
bool is_allowed_key(std::string_view key, std::span<const std::string_view> allowed);

} // namespace rushes
