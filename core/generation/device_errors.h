// The one place where what libtorch throws becomes a sentence with a lever.
#pragma once

#include "base/error.h"

#include <exception>

namespace rushes {

/// Of the device or of the machine, whoever says it and how.
bool is_lack_of_memory(const std::exception_ptr& exception);

/// Call inside a catch block.
Error translated(std::exception_ptr exception);

} // namespace rushes
