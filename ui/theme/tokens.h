// The one table of colours and sizes. No other file of the studio holds a colour or a size of its own.
#pragma once

#include <QColor>

namespace rushes::ui {

struct Tokens {
    bool dark = true;
    QColor base;   ///< stage surround
    QColor panel;  ///< panels, strips, bars
    QColor field;  ///< inputs, cards
    QColor raised; ///< selected segment, slider groove
    QColor line;   ///< hairlines and borders, always 1 px
    QColor text;   ///< values
    QColor text2;  ///< labels
    QColor text3;  ///< hints
    QColor accent; ///< one thing at a time: Generate, selection, progress, playhead
    QColor accent_hover;
    QColor accent_dim;  ///< what is only half there: denoised but not decoded, the pill behind "Generating"
    QColor accent_text; ///< accent as text on panels
    QColor on_accent;   ///< text on accent
    QColor good;
    QColor warn;
    QColor bad;
};

const Tokens& darkTokens();
const Tokens& lightTokens();

/// For who sees little: black or white grounds, lines that stand out, every text at least 7 : 1.
const Tokens& darkContrastTokens();
const Tokens& lightContrastTokens();

/// WCAG 2.1 contrast ratio of two opaque colours, 1..21.
double contrastRatio(const QColor& a, const QColor& b);

namespace size {
inline constexpr int hairline = 1;
inline constexpr int space1 = 4;
inline constexpr int space2 = 8;
inline constexpr int space3 = 12;
inline constexpr int space4 = 16;
inline constexpr int radius_picture = 2;
inline constexpr int radius_small = 4;
inline constexpr int radius_field = 7;
inline constexpr int radius_generate = 10;
inline constexpr int font_value = 13;
inline constexpr int font_label = 11;
inline constexpr int font_generate = 15;
inline constexpr int icon = 20;
inline constexpr int icon_small = 16;
inline constexpr double icon_stroke = 1.5;
inline constexpr int focus_ring = 2;
inline constexpr int control = 32; ///< height of fields and buttons
inline constexpr int control_small = 28;
inline constexpr int generate = 52; ///< height of the Generate button
inline constexpr int prompt = 96;   ///< height of the prompt
inline constexpr int prompt_max = 200;
inline constexpr int negative = 56;
inline constexpr int groove = 4;  ///< slider groove, progress bar
inline constexpr int handle = 14; ///< slider handle
inline constexpr int scroll_bar = 10;
inline constexpr int slider = 20; ///< height of a slider
inline constexpr int timeline = 22;
inline constexpr int playhead = 2;
inline constexpr int bar = 44; ///< progress line, transport bar
inline constexpr int menu_bar = 40;
inline constexpr int status_bar = 26;
inline constexpr int left_panel = 336;
inline constexpr int left_panel_min = 300;
inline constexpr int right_panel = 288;
inline constexpr int right_panel_min = 240;
inline constexpr int strip = 132;
inline constexpr int strip_min = 116;
inline constexpr int thumb_width = 142;
inline constexpr int thumb_height = 82;
inline constexpr int card_thumb_width = 56;
inline constexpr int card_thumb_height = 34;
inline constexpr int queue_card = 54;
inline constexpr int window_width = 1600;
inline constexpr int window_height = 1000;
inline constexpr int window_min_width = 720;
inline constexpr int window_min_height = 480;
inline constexpr int window_both_panels = 1180; ///< narrower windows show the left panel only
inline constexpr int stage_narrow = 520;        ///< below this the bars of the stage drop words ...
inline constexpr int stage_very_narrow = 440;   ///< ... and buttons that have a key
inline constexpr int frame_width = 8;           ///< what a window manager puts around a window, about
inline constexpr int frame_height = 40;
inline constexpr int stage_min = 240;
inline constexpr int take_width = 264;
inline constexpr int take_height = 152;
inline constexpr int library_width = 1100;
inline constexpr int library_height = 760;
inline constexpr int palette_width = 520;
inline constexpr int palette_height = 380;
inline constexpr int dialog_width = 860;
inline constexpr int dialog_height = 560;
inline constexpr int toast_margin = 20;
} // namespace size

namespace motion {
inline constexpr int toast_ms = 6000;
} // namespace motion

} // namespace rushes::ui
