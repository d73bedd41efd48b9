// Models of which people have single files (a transformer here, a VAE and a text encoder there): as a
// directory in the layout that families read, whose weights are links. Nothing is copied. No libtorch here.
#pragma once

#include "nn/weights/weight_index.h"

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace rushes {

/// By its name: weights and no clip, picture or recipe.
bool is_weight_file(const std::filesystem::path& file);

struct LinkedModel {
    std::string name;                                   ///< of the directory
    std::map<std::string, std::string> files;           ///< path -> content of the configs
    std::map<std::string, std::filesystem::path> links; ///< path -> what it leads to
};

/// Writes the directory `parent`/name, in place of one that is there: where nothing changed it stays as it
/// is. Throws Error{resource}.
std::filesystem::path write_linked_model(const LinkedModel& model, const std::filesystem::path& parent);

/// What a family looks for beside a single file.
struct WantedPart {
    std::string component;            ///< "vae": the name of a folder too
    std::vector<std::string> folders; ///< of trees that sort files by kind: "text_encoders", "clip"
    std::vector<std::string> hints;   ///< one of these is in a file's name, in lower case
    std::function<bool(const std::filesystem::path& file)>
        fits; ///< judges a file by its content, or a folder
};

/// The first that fits: beside `file`, in folders of the part's names there and up to three levels above (a
/// ComfyUI models/ tree), in the models that the user has here, in the Hugging Face cache. A folder of a
/// model in the published layout, or a file. Empty: none.
std::filesystem::path find_part(const std::filesystem::path& file, const WantedPart& part);

} // namespace rushes
