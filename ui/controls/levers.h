// How a clip that did not fit could be made smaller: the next settings down, as plain values. No widgets
// here.
#pragma once

#include "generation/recipe.h"
#include "models/model_info.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include <QString>

namespace rushes::ui {

struct RecipeLever {
    QString words; ///< of a button: "Use 480p"
    QString done;  ///< what holds afterwards: "The size is 480p now"
    std::function<void(Recipe&)> set;
};

/// Bytes at the peak of a recipe here; empty where the model refuses it.
using MemoryOf = std::function<std::optional<std::uint64_t>(const Recipe& recipe)>;

/// At most two, what shows least in the clip first: the next smaller trained size of the same shape, a
/// shorter clip, numbers of half the width. Each is offered only where it saves memory worth speaking of, or
/// makes a recipe possible that the model refuses.
std::vector<RecipeLever>
smallerClips(const Recipe& recipe, const ModelInfo& model, const MemoryOf& memory_of);

/// "512 × 288, 41 frames, bf16"
QString settingsWords(const Recipe& recipe);

} // namespace rushes::ui
