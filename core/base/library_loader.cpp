#include "base/library_loader.h"

#include <dlfcn.h>

namespace rushes {
namespace {

class SystemLoader final : public LibraryLoader {
public:
    void* open(const std::string& name, bool global) override {
        void* const library = ::dlopen(name.c_str(), RTLD_NOW | (global ? RTLD_GLOBAL : RTLD_LOCAL));
        if (library == nullptr) {
            problem_ = ::dlerror();
        }
        return library;
    }

    void* symbol(void* library, const char* name) override {
        return library == nullptr ? nullptr : ::dlsym(library, name);
    }

    std::string problem() override { return problem_; }

private:
    static thread_local std::string problem_; ///< as dlerror(): of this thread's last failure
};

thread_local std::string SystemLoader::problem_;

} // namespace

LibraryLoader& LibraryLoader::system() {
    static SystemLoader loader;
    return loader;
}

} // namespace rushes
