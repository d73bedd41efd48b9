// What a family's folder gives to the rest of the program. The registry asks for it by the list in
// families.def; see docs/add-a-model-family.md. No libtorch here.
#pragma once

#include "base/json_config.h"
#include "models/load_options.h"
#include "models/model_info.h"
#include "models/preset.h"
#include "models/single_file.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace rushes {

class LatentEncoder;
class Pipeline;

/// An encoder for another clip; all of them share the weights. Empty: the family encodes no pictures.
using NewEncoder = std::function<std::unique_ptr<LatentEncoder>()>;

struct Family {
    std::vector<std::string> pipeline_classes; ///< _class_name of the model_index.json files that are its own

    /// Whether a directory of these classes is its own; null: each is. Families that share a class are asked
    /// in the order of the list.
    bool (*takes)(const std::filesystem::path& directory, const JsonConfig& index) = nullptr;

    /// Says all of ModelInfo but its family. Throws Error{user} with one sentence for every wrong directory.
    ModelInfo (*describe)(const std::filesystem::path& directory, const JsonConfig& index);

    /// What others publish for it.
    std::vector<PublishedModel> (*published)();

    /// Their shapes, for `rushes models --random`; null: none.
    std::vector<ModelPreset> (*presets)() = nullptr;

    /// A single file of weights as a directory of links; nothing for a file of others. Throws Error{user}: a
    /// part of the model is not found. Null: the family has no such files.
    std::optional<LinkedModel> (*link_files)(const std::filesystem::path& file) = nullptr;
};

} // namespace rushes

// Each folder defines these in the namespace of its name. load() and load_encoder() lie in the library with
// libtorch; they throw Error{user} for a wrong directory, and Stopped.
#define RUSHES_FAMILY(room)                                                                                  \
    namespace rushes::room {                                                                                 \
    Family family();                                                                                         \
    std::unique_ptr<Pipeline>                                                                                \
    load(const ModelInfo& info, const LoadOptions& options, const std::stop_token& stop);                    \
    NewEncoder load_encoder(const ModelInfo& info, const LoadOptions& options, const std::stop_token& stop); \
    }
#include "models/families.def"
#undef RUSHES_FAMILY
