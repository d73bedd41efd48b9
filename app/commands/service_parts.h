// The program's own databases, engine and models, for whoever makes clips without a window.
#pragma once

#include "serve/desk.h"

#include <string>

namespace rushes {

/// In their XDG places. The engine gives way to the threads that wait for people.
serve::ServiceParts service_parts(const std::string& device, int threads);

} // namespace rushes
