// Large counts for people.
#pragma once

#include <cmath>
#include <string>

namespace rushes {

/// "1.4 billion", "14 billion", "5.2 million".
inline std::string count_in_words(double count) {
    const double unit = count < 5e8 ? 1e6 : 1e9;
    const auto tenths = std::llround(count / unit * 10);
    const std::string fraction = tenths < 100 ? "." + std::to_string(tenths % 10) : "";
    return std::to_string(tenths / 10) + fraction + (unit < 1e9 ? " million" : " billion");
}

} // namespace rushes
