// The border of librushes_engine.so: its functions, found by name.
#pragma once

#include "generation/engine.h"

namespace rushes {

/// Makes an engine that the caller owns. Throws Error{user} for an unknown device, Error{resource} for a
/// missing one.
using MakeEngine = Engine*(const EngineOptions*);

inline constexpr const char* make_engine_symbol = "rushes_make_engine";

/// See fit_previews() of engine.h.
using FitPreviews =
    PreviewFit(const ModelInfo*, const EngineOptions*, const std::function<void(double)>*, std::stop_token);

inline constexpr const char* fit_previews_symbol = "rushes_fit_previews";

} // namespace rushes
