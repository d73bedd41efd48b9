// The border of librushes_engine.so: one function, found by name.
#pragma once

#include "generation/engine.h"

namespace rushes {

/// Makes an engine that the caller owns. Throws Error{user} for an unknown device, Error{resource} for a
/// missing one.
using MakeEngine = Engine*(const EngineOptions*);

inline constexpr const char* make_engine_symbol = "rushes_make_engine";

} // namespace rushes
