// What a clip with these settings would take on this machine, known before it is made.
#pragma once

#include "generation/recipe.h"

#include <cstdint>
#include <functional>
#include <optional>

#include <QString>

class QWidget;

namespace rushes::ui {

enum class MemoryFit {
    fits,
    tight,     ///< most of the memory: other programs may have to make room
    too_large, ///< it would fail
};

struct ClipCost {
    double seconds = -1;      ///< < 0: unknown
    std::uint64_t bytes = 0;  ///< of memory
    std::uint64_t memory = 0; ///< that may be filled; 0: not known
    MemoryFit fit = MemoryFit::fits;
};

/// Empty for a clip that the model does not make.
using CostOf = std::function<std::optional<ClipCost>(const Recipe&)>;

MemoryFit memoryFit(std::uint64_t bytes, std::uint64_t memory);

/// "about 12 s · 6.2 GB"; of a clip that does not fit "about 12 s · 14.1 GB of 12.0 GB".
QString costText(const ClipCost& cost);

/// "Here: about 6 s as it is, about 12 s with 20 steps."; empty while a time is not known.
QString
effectText(const std::optional<ClipCost>& now, const std::optional<ClipCost>& then, const QString& with);

/// Amber or red, with words for screen readers; the style sheet knows the property "fit".
void showFit(QWidget& control, MemoryFit fit);

} // namespace rushes::ui
