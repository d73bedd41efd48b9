#include "models/companions.h"

#include "base/paths.h"

#include <vector>

namespace rushes {
namespace fs = std::filesystem;

std::optional<fs::path> find_companion(const fs::path& model, const std::string& name, bool published) {
    std::vector<fs::path> folders{model, model / "vae_approx"};
    if (published) {
        folders.push_back(data_dir() / "models" / "vae_approx");
    }
    for (const fs::path& folder : folders) {
        std::error_code error;
        if (fs::exists(folder / name, error)) {
            return folder / name;
        }
    }
    return std::nullopt;
}

} // namespace rushes
