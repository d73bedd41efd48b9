// The "?" beside a parameter: plain words, and what it does to the time on this machine. Shift+F1 on the
// control itself says the same.
#pragma once

#include <QString>

class QWidget;

namespace rushes::ui {

enum class HelpTopic {
    prompt,
    negative,
    tiers,
    model,
    shape,
    duration,
    steps,
    seed,
    guidance,
    precision,
    scheduler,
    draft,
    motion,
    loras
};

/// The button; it explains `control`, which gets the text too.
QWidget* helpDot(HelpTopic topic, QWidget* control);

/// `effect`: what is known of the time here: "4.0 s instead of 2.0 s: about 12 s instead of 6 s".
void setHelpEffect(HelpTopic topic, QWidget* control, const QString& effect);

} // namespace rushes::ui
