// Sizes, numbers and lists in the sentences of the planner.
#pragma once

#include "models/lattice.h"

#include <string>

namespace rushes {

/// "832x480"
inline std::string text(PictureSize size) {
    return std::to_string(size.width) + "x" + std::to_string(size.height);
}

/// Without zeros at its end: "12.5", "5".
inline std::string text(double number) {
    std::string digits = std::to_string(number);
    digits.erase(digits.find_last_not_of('0') + 1);
    return digits.back() == '.' ? digits.substr(0, digits.size() - 1) : digits;
}

/// "a, b, c"
template <typename Texts>
std::string listed(const Texts& texts) {
    std::string list;
    for (const auto& item : texts) {
        list += (list.empty() ? "" : ", ") + std::string(item);
    }
    return list;
}

} // namespace rushes
