// What families of Stable Diffusion's descent ask of single files that people have: a whole checkpoint, or a
// network of one whose others lie elsewhere. No libtorch here.
#pragma once

#include "models/preset.h"
#include "models/single_file.h"
#include "models/unet/kl_vae_config.h"
#include "nn/weights/weight_index.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace rushes {

/// Of a tensor's shape; 0: it is not there.
std::int64_t size_of(const WeightIndex& index, const std::string& name, std::size_t axis);

/// Told by an empty tensor, or by the metadata of ModelSpec.
bool predicts_v(const std::filesystem::path& file);

/// A component of a published model in the files of others.
struct CheckpointPart {
    std::string component; ///< of the preset
    const char* words;     ///< "autoencoder"
    WeightNames names;
    std::vector<std::string> folders = {}; ///< where it is looked for and how its file may be called, as
    std::vector<std::string> hints = {};   ///< WantedPart has them
    std::vector<std::string> varying = {}; ///< begins of names that layouts have in more than one form
    /// What a folder must be beside its tensors, which another model's may have too; null: nothing.
    std::function<bool(const std::filesystem::path& folder)> takes = nullptr;
};

/// The autoencoder. A folder's latents must be scaled as in `config`: Stable Diffusion 1.5 and SDXL, or FLUX
/// and SD3, have the same tensors there.
CheckpointPart kl_vae_part(const KlVaeConfig& config, std::vector<std::string> hints);

/// ViT-L's text encoder, the first one.
CheckpointPart clip_part();

/// Links the component of `preset` to the file itself. Throws Error{user}: it is not whole there.
void link_own(
    LinkedModel& model,
    const std::filesystem::path& file,
    const CheckpointPart& part,
    const ModelPreset& preset
);

/// The same to the file itself where that holds it, else to what is found for it. Throws Error{user}: nothing
/// is.
void link_part(
    LinkedModel& model,
    const std::filesystem::path& file,
    const CheckpointPart& part,
    const ModelPreset& preset
);

/// Whether there is a tokenizer.json of this kind: "BPE" is CLIP's, "Unigram" is T5's.
bool is_tokenizer(const std::filesystem::path& file, const std::string& kind);

/// CLIP's tokenizer: a folder that is the file's, or is found beside it, in the models here or in the Hugging
/// Face cache. Throws Error{user} where there is none.
std::filesystem::path find_clip_tokenizer(const std::filesystem::path& file);

} // namespace rushes
