// Texts that people mean alike.
#pragma once

#include <string>
#include <string_view>

namespace rushes {

/// For comparing: without the difference of capitals, in every script (Unicode's case folding, composed).
std::string case_folded(std::string_view text);

} // namespace rushes
