#include "theme/tokens.h"

#include <algorithm>
#include <cmath>

namespace rushes::ui {

const Tokens& darkTokens() {
    static const Tokens tokens{
        .dark = true,
        .base = QColor(0x0e, 0x0f, 0x12),
        .panel = QColor(0x15, 0x17, 0x1b),
        .field = QColor(0x1c, 0x1f, 0x25),
        .raised = QColor(0x26, 0x2a, 0x32),
        .line = QColor(0x2c, 0x31, 0x3a),
        .text = QColor(0xe8, 0xea, 0xee),
        .text2 = QColor(0xa3, 0xaa, 0xb6),
        .text3 = QColor(0x6d, 0x75, 0x82),
        .accent = QColor(0xff, 0x7a, 0x45),
        .accent_hover = QColor(0xff, 0x8c, 0x5e),
        .accent_dim = QColor(0x4a, 0x2c, 0x20),
        .accent_text = QColor(0xff, 0x9a, 0x70),
        .on_accent = QColor(0x1f, 0x0e, 0x06),
        .good = QColor(0x4c, 0xc3, 0x8a),
        .warn = QColor(0xe5, 0xb4, 0x54),
        .bad = QColor(0xef, 0x6b, 0x6b),
    };
    return tokens;
}

const Tokens& lightTokens() {
    static const Tokens tokens{
        .dark = false,
        .base = QColor(0xf2, 0xf3, 0xf5),
        .panel = QColor(0xff, 0xff, 0xff),
        .field = QColor(0xf4, 0xf5, 0xf7),
        .raised = QColor(0xe6, 0xe8, 0xec),
        .line = QColor(0xd9, 0xdc, 0xe1),
        .text = QColor(0x16, 0x18, 0x1d),
        .text2 = QColor(0x4b, 0x52, 0x60),
        .text3 = QColor(0x7d, 0x85, 0x93),
        .accent = QColor(0xd9, 0x54, 0x1e),
        .accent_hover = QColor(0xe4, 0x66, 0x33),
        .accent_dim = QColor(0xf6, 0xd9, 0xcb),
        .accent_text = QColor(0x9c, 0x38, 0x0e),
        .on_accent = QColor(0x12, 0x06, 0x01),
        .good = QColor(0x2b, 0x8a, 0x5f),
        .warn = QColor(0x9a, 0x6b, 0x00),
        .bad = QColor(0xc2, 0x3b, 0x3b),
    };
    return tokens;
}

const Tokens& darkContrastTokens() {
    static const Tokens tokens{
        .dark = true,
        .base = QColor(0x00, 0x00, 0x00),
        .panel = QColor(0x00, 0x00, 0x00),
        .field = QColor(0x00, 0x00, 0x00),
        .raised = QColor(0x33, 0x33, 0x33),
        .line = QColor(0x9a, 0x9a, 0x9a),
        .text = QColor(0xff, 0xff, 0xff),
        .text2 = QColor(0xf0, 0xf0, 0xf0),
        .text3 = QColor(0xb4, 0xb4, 0xb4),
        .accent = QColor(0xff, 0x9d, 0x66),
        .accent_hover = QColor(0xff, 0xb3, 0x88),
        .accent_dim = QColor(0x4a, 0x24, 0x10),
        .accent_text = QColor(0xff, 0xc0, 0x9a),
        .on_accent = QColor(0x00, 0x00, 0x00),
        .good = QColor(0x6c, 0xf0, 0xae),
        .warn = QColor(0xff, 0xd2, 0x4a),
        .bad = QColor(0xff, 0x9a, 0x9a),
    };
    return tokens;
}

const Tokens& lightContrastTokens() {
    static const Tokens tokens{
        .dark = false,
        .base = QColor(0xff, 0xff, 0xff),
        .panel = QColor(0xff, 0xff, 0xff),
        .field = QColor(0xff, 0xff, 0xff),
        .raised = QColor(0xd8, 0xd8, 0xd8),
        .line = QColor(0x5a, 0x5a, 0x5a),
        .text = QColor(0x00, 0x00, 0x00),
        .text2 = QColor(0x10, 0x10, 0x10),
        .text3 = QColor(0x4a, 0x4a, 0x4a),
        .accent = QColor(0x96, 0x2e, 0x04),
        .accent_hover = QColor(0x7c, 0x24, 0x02),
        .accent_dim = QColor(0xff, 0xe2, 0xd4),
        .accent_text = QColor(0x7c, 0x24, 0x00),
        .on_accent = QColor(0xff, 0xff, 0xff),
        .good = QColor(0x00, 0x5c, 0x34),
        .warn = QColor(0x6b, 0x45, 0x00),
        .bad = QColor(0x9c, 0x10, 0x10),
    };
    return tokens;
}

namespace {

double relativeLuminance(const QColor& colour) {
    const auto linear = [](double c) {
        return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) +
           0.0722 * linear(colour.blueF());
}

} // namespace

double contrastRatio(const QColor& a, const QColor& b) {
    const auto [low, high] = std::minmax({relativeLuminance(a), relativeLuminance(b)});
    return (high + 0.05) / (low + 0.05);
}

} // namespace rushes::ui
