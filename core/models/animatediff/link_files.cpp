#include "models/animatediff/link_files.h"

#include "base/error.h"
#include "base/json_config.h"
#include "base/paths.h"
#include "models/animatediff/directory_texts.h"
#include "models/checkpoint_parts.h"
#include "models/describing.h"
#include "models/hub_cache.h"
#include "models/lora_parts.h"
#include "models/unet/original_names.h"
#include "models/unet/published_shapes.h"
#include "nn/weights/weight_index.h"
#include "text/clip_config.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

namespace rushes::animatediff {

namespace fs = std::filesystem;

namespace {

constexpr const char* weights_name = "diffusion_pytorch_model.safetensors";

/// How many of "<begin>0<end>", "<begin>1<end>" ... there are.
std::int64_t count_of(const WeightIndex& index, const std::string& begin, const std::string& end) {
    std::int64_t count = 0;
    while (index.places.contains(begin + std::to_string(count) + end)) {
        ++count;
    }
    return count;
}

std::string name_of(const fs::path& path) {
    return "'" + path.filename().string() + "'";
}

/// What a motion module's tensors say of it; heads and norm groups are the published ones. Nothing for
/// another file.
std::optional<MotionConfig> motion_of(const fs::path& source) {
    const WeightIndex index = index_weights(source, motion_names());
    const std::string norm = ".motion_modules.0.norm.weight";
    MotionConfig config;
    for (std::int64_t block = 0;; ++block) {
        const std::int64_t channels = size_of(index, "down_blocks." + std::to_string(block) + norm, 0);
        if (channels == 0) {
            break;
        }
        config.block_channels.push_back(channels);
    }
    if (config.block_channels.empty()) {
        return std::nullopt;
    }
    if (index.places.contains("controlnet_cond_embedding.conv_in.weight") ||
        index.places.contains("controlnet_cond_embedding.weight")) {
        throw Error(
            ErrorKind::user, name_of(source) + " is a SparseCtrl encoder, which this version does not run."
        );
    }
    if (index.places.contains("conv_in.weight")) {
        throw Error(
            ErrorKind::user,
            name_of(source) +
                " is a motion module that begins from a picture, which this version does not run."
        );
    }
    config.layers_per_block = count_of(index, "down_blocks.0.motion_modules.", ".norm.weight");
    config.heads.assign(config.block_channels.size(), 8);
    config.mid_block = index.places.contains("mid_block" + norm);
    const std::int64_t positions =
        size_of(index, "down_blocks.0.motion_modules.0.transformer_blocks.0.pos_embed.pe", 1);
    config.max_frames = positions > 0 ? positions : config.max_frames;
    return config;
}

bool is_folder_of(const fs::path& folder, const char* class_name) {
    try {
        return JsonConfig::read(folder / "config.json", "config.json").text("_class_name", "") == class_name;
    } catch (const Error&) {
        return false;
    }
}

/// What a checkpoint in one file says of its UNet; nothing for another file.
std::optional<UNetConfig> checkpoint_of(const fs::path& file) {
    UNetConfig config = unet_sd15();
    const WeightIndex index = index_weights(file, unet_names(config));
    if (!index.places.contains("conv_in.weight") ||
        !index.places.contains("down_blocks.0.resnets.0.norm1.weight") ||
        index.places.contains("add_embedding.linear_1.weight")) { // SDXL's, which makes stills by itself
        return std::nullopt;
    }
    // Text of SDXL is first looked at one level further down.
    for (const char* const layer :
         {"down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.weight",
          "down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k.weight"}) {
        if (const std::int64_t width = size_of(index, layer, 1); width > 0) {
            config.text_dim = width;
            break;
        }
    }
    config.in_channels = size_of(index, "conv_in.weight", 1);
    return config;
}

void require_sd15(const fs::path& file, const UNetConfig& found) {
    const UNetConfig wanted = unet_sd15();
    if (found.text_dim != wanted.text_dim) {
        throw Error(
            ErrorKind::user,
            name_of(file) + " is a checkpoint of " + base_by_text(found.text_dim) +
                ", and motion modules need Stable Diffusion 1.5.",
            "Choose a checkpoint that was made from Stable Diffusion 1.5."
        );
    }
    if (predicts_v(file)) {
        throw Error(
            ErrorKind::user,
            name_of(file) +
                " is a checkpoint that predicts v, and motion modules were made for those that predict the "
                "noise (epsilon).",
            "Choose another checkpoint of Stable Diffusion 1.5."
        );
    }
    if (found.in_channels != wanted.in_channels) {
        throw Error(
            ErrorKind::user,
            name_of(file) + " is a checkpoint for filling in pictures (" + std::to_string(found.in_channels) +
                " channels), which motion modules do not fit.",
            "Choose a checkpoint of Stable Diffusion 1.5 itself."
        );
    }
}

/// Whether a motion adapter can be put into the UNet of this directory of Stable Diffusion.
bool takes(const fs::path& directory, const MotionConfig& motion) {
    try {
        const JsonConfig json = JsonConfig::read(directory / "unet" / "config.json", "unet/config.json");
        const UNetConfig unet = read_unet_config(json);
        with_motion(unet, motion);
        return !unet.motion && fs::is_directory(directory / "vae") &&
               fs::is_directory(directory / "text_encoder") && fs::is_directory(directory / "tokenizer");
    } catch (const Error&) {
        return false;
    }
}

bool is_base_checkpoint(const fs::path& file, const MotionConfig& motion) {
    try {
        const auto found = checkpoint_of(file);
        return found && found->text_dim == unet_sd15().text_dim && found->in_channels == 4 &&
               motion.block_channels == unet_sd15().block_channels;
    } catch (const Error&) {
        return false;
    }
}

bool is_motion(const fs::path& source) {
    try {
        if (fs::is_directory(source) && !is_folder_of(source, "MotionAdapter")) {
            return false;
        }
        const auto found = motion_of(source);
        return found && found->block_channels == unet_sd15().block_channels;
    } catch (const Error&) {
        return false;
    }
}

/// Folders in `folder`, in the order of their names.
std::vector<fs::path> folders_in(const fs::path& folder) {
    std::vector<fs::path> found;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        if (entry.is_directory(error)) {
            found.push_back(entry.path());
        }
    }
    std::ranges::sort(found);
    return found;
}

/// A directory of Stable Diffusion, or a checkpoint: beside what is given first. Empty: none.
fs::path find_base(const fs::path& given, const MotionConfig& motion) {
    std::vector<fs::path> folders = folders_in(given.parent_path());
    std::ranges::copy(folders_in(data_dir() / "models"), std::back_inserter(folders));
    std::ranges::copy(hub_models(), std::back_inserter(folders));
    const auto beside =
        std::ranges::find_if(folders, [&](const fs::path& folder) { return takes(folder, motion); });
    if (beside != folders.end()) {
        return *beside;
    }
    return find_part(given, {"checkpoints", {"Stable-diffusion"}, {""}, [&](const fs::path& file) {
                                 return !fs::is_directory(file) && is_base_checkpoint(file, motion);
                             }});
}

fs::path find_motion(const fs::path& given) {
    for (const fs::path& folder : folders_in(given.parent_path())) {
        if (is_motion(folder)) {
            return folder;
        }
    }
    return find_part(given, {"motion_adapter", {"animatediff_models", "motion_modules"}, {""}, is_motion});
}

void add_motion(LinkedModel& model, const fs::path& source, const MotionConfig& config) {
    const AdapterKind kind = adapter_kind(source.filename().string());
    model.files["model_index.json"] = index_text();
    model.files["scheduler/scheduler_config.json"] = scheduler_text(kind);
    const int steps = steps_in(source.filename().string());
    if (kind == AdapterKind::lightning && steps > 0) {
        model.files["rushes.json"] =
            nlohmann::ordered_json{{"name", model.name}, {"steps", steps}, {"guidance", 1}}.dump(2) + "\n";
    }
    if (fs::is_directory(source)) {
        model.links["motion_adapter"] = source;
        return;
    }
    model.files["motion_adapter/config.json"] = motion_config_text(config);
    model.links[std::string("motion_adapter/") + weights_name] = source;
}

void add_directory(LinkedModel& model, const fs::path& base) {
    for (const char* const component : {"unet", "vae", "text_encoder", "tokenizer"}) {
        model.links[component] = base / component;
    }
}

void add_checkpoint(LinkedModel& model, const fs::path& file) {
    model.links["tokenizer"] = find_clip_tokenizer(file);
    model.files["unet/config.json"] = unet_config_text(unet_sd15());
    model.files["vae/config.json"] = kl_vae_config_text(kl_vae_sd15());
    model.files["text_encoder/config.json"] = clip_config_text(clip_large());
    model.links[std::string("unet/") + weights_name] = file;
    model.links[std::string("vae/") + weights_name] = file;
    model.links["text_encoder/model.safetensors"] = file;
}

/// Directories of Stable Diffusion where a base is looked for, whatever their kind: by name.
std::vector<std::string> bases_of_any_kind(const fs::path& given) {
    std::vector<fs::path> folders = folders_in(given.parent_path());
    std::ranges::copy(folders_in(data_dir() / "models"), std::back_inserter(folders));
    std::ranges::copy(hub_models(), std::back_inserter(folders));
    std::vector<std::string> names;
    for (const fs::path& folder : folders) {
        const std::string name = name_of(folder);
        if (fs::exists(folder / "unet" / "config.json") && std::ranges::find(names, name) == names.end()) {
            names.push_back(name);
        }
    }
    return names;
}

[[noreturn]] void refuse_without_base(const fs::path& given) {
    std::string there;
    for (const std::string& name : bases_of_any_kind(given)) {
        there += (there.empty() ? "" : ", ") + name;
    }
    throw Error(
        ErrorKind::user,
        name_of(given) +
            " is a motion module for Stable Diffusion 1.5, and no such model was found beside it, "
            "in the models here or in the Hugging Face cache.",
        "Put a directory or a checkpoint of Stable Diffusion 1.5 beside it." +
            (there.empty() ? "" : " Of another kind are: " + there + ".")
    );
}

LinkedModel with_base(const fs::path& given, const MotionConfig& motion) {
    constexpr std::size_t blocks_of_sdxl = 3;
    if (motion.block_channels.size() == blocks_of_sdxl) {
        throw Error(
            ErrorKind::user,
            name_of(given) +
                " is a motion module for SDXL, and only those for Stable Diffusion 1.5 are supported."
        );
    }
    const fs::path base = find_base(given, motion);
    if (base.empty()) {
        refuse_without_base(given);
    }
    LinkedModel model{.name = given.stem().string(), .files = {}, .links = {}};
    add_motion(model, given, motion);
    if (fs::is_directory(base)) {
        add_directory(model, base);
    } else {
        add_checkpoint(model, base);
    }
    return model;
}

LinkedModel with_found_motion(const fs::path& given) {
    const fs::path source = find_motion(given);
    if (source.empty()) {
        throw Error(
            ErrorKind::user,
            name_of(given) +
                " is a checkpoint of Stable Diffusion 1.5, and no motion module was found beside it, in "
                "the models here or in a folder animatediff_models.",
            "Put a motion module for Stable Diffusion 1.5 beside it; stills are made of a directory in the "
            "diffusers layout, and of single files of SDXL."
        );
    }
    LinkedModel model{.name = given.stem().string(), .files = {}, .links = {}};
    add_motion(model, source, *motion_of(source));
    add_checkpoint(model, given);
    return model;
}

} // namespace

std::optional<LinkedModel> link_files(const fs::path& path) {
    const fs::path given = fs::weakly_canonical(path);
    if (fs::is_directory(given)) {
        if (!is_folder_of(given, "MotionAdapter")) {
            return std::nullopt;
        }
        return with_base(
            given, read_motion_adapter_config(JsonConfig::read(given / "config.json", "config.json"))
        );
    }
    if (const auto motion = motion_of(given)) {
        return with_base(given, *motion);
    }
    if (const auto checkpoint = checkpoint_of(given)) {
        require_sd15(given, *checkpoint);
        return with_found_motion(given);
    }
    return std::nullopt;
}

} // namespace rushes::animatediff
