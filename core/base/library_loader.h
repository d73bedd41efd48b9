// Shared libraries that may be absent, loaded while the program runs.
#pragma once

#include <string>

namespace rushes {

/// The system's loader; a test plays other machines with one of its own.
class LibraryLoader {
public:
    virtual ~LibraryLoader() = default;

    /// A name that the loader's paths are searched for, or an absolute path. Global: other libraries find its
    /// symbols. Null when it cannot be loaded; problem() says why. Stays loaded.
    virtual void* open(const std::string& name, bool global) = 0;

    /// Null when `library` is, or has no such symbol.
    virtual void* symbol(void* library, const char* name) = 0;

    virtual std::string problem() = 0;

    static LibraryLoader& system();
};

} // namespace rushes
