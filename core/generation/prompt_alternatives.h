// Several prompts in one: "a {red|blue} ball {bounces|spins}" is four. No libtorch here.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace rushes {

inline constexpr std::size_t most_prompts = 64; ///< that one text may stand for

/// All of them, in the order in which they are read: what stands last turns fastest. Alternatives may hold
/// others, and be empty. Braces without a bar between them, or without a partner, are text. Throws
/// Error{user} for more than most_prompts.
std::vector<std::string> prompt_alternatives(const std::string& text);

} // namespace rushes
