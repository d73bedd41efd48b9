#include "base/module.h"

#include "base/error.h"
#include "base/paths.h"

#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>
#include <vector>

namespace rushes {
namespace fs = std::filesystem;

namespace {

fs::path find_module(const std::string& file) {
    std::vector<fs::path> folders;
    if (const char* folder = std::getenv("RUSHES_MODULES"); folder != nullptr && *folder == '/') {
        folders.emplace_back(folder);
    }
    folders.push_back(executable_dir());
    folders.push_back(executable_dir().parent_path() / "lib" / "rushes");
    for (const fs::path& folder : folders) {
        std::error_code error;
        if (fs::exists(folder / file, error)) {
            return folder / file;
        }
    }
    throw Error(
        ErrorKind::resource,
        "A part of the program is missing: '" + file + "' is not beside '" + executable_dir().string() + "'.",
        "Build or install Rushes again."
    );
}

} // namespace

void* load_module_symbol(const std::string& name, const char* symbol) {
    const fs::path path = find_module("lib" + name + ".so");
    // RTLD_NOW: a missing library is found here and not in the middle of a clip. Never closed: libtorch
    // cannot be unloaded.
    void* const module = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    void* const address = module == nullptr ? nullptr : ::dlsym(module, symbol);
    if (address == nullptr) {
        const char* const reason = ::dlerror();
        throw Error(
            ErrorKind::resource,
            "A part of the program cannot be loaded: " +
                std::string(reason == nullptr ? path.string() : reason) + ".",
            "Build or install Rushes again."
        );
    }
    return address;
}

} // namespace rushes
