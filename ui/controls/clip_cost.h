// What a clip with these settings would take on this machine, known before it is made.
#pragma once

#include "generation/recipe.h"

#include <cstdint>
#include <functional>

#include <QString>

class QWidget;

namespace rushes::ui {

enum class MemoryFit {
    fits,
    tight,     ///< most of the memory: other programs may have to make room
    too_large, ///< it would fail
    refused,   ///< the model does not make it
};

struct ClipCost {
    double seconds = -1;      ///< < 0: unknown
    std::uint64_t bytes = 0;  ///< of memory
    std::uint64_t memory = 0; ///< that may be filled; 0: not known
    MemoryFit fit = MemoryFit::fits;
    QString why_not{}; ///< of a refused one: a sentence and what helps
    QString drafter{}; ///< another model, that makes the draft within these seconds and bytes
};

using CostOf = std::function<ClipCost(const Recipe&)>;

MemoryFit memoryFit(std::uint64_t bytes, std::uint64_t memory);

/// How a choice is marked: not at all where the clip is refused for the same reason as it is (`now`).
MemoryFit fitOfChoice(const ClipCost& choice, const ClipCost& now);

/// How a control is marked of which `now` is the value and `best` the one that takes least: not at all where
/// another value would help nothing.
MemoryFit fitOfControl(const ClipCost& now, const ClipCost& best);

/// "about 12 s · 6.2 GB"; of a clip that does not fit "about 12 s · 14.1 GB of 12.0 GB"; of a refused one
/// why.
QString costText(const ClipCost& cost);

/// "Here: about 6 s as it is, about 12 s with 20 steps."; empty while a time is not known.
QString effectText(const ClipCost& now, const ClipCost& then, const QString& with);

/// Amber or red, with words for screen readers; the style sheet knows the property "fit".
void showFit(QWidget& control, MemoryFit fit);

} // namespace rushes::ui
