#include "models/sd_xl/link_files.h"

#include "base/error.h"
#include "models/checkpoint_parts.h"
#include "models/sd_xl/presets.h"
#include "models/unet/original_names.h"
#include "models/unet/published_shapes.h"
#include "text/clip_config.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace rushes::sd_xl {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::ordered_json;

/// Letters and digits of the name, in lower case: makers write "sd_xl_turbo_1.0", "SDXL-Lightning".
bool says(const fs::path& file, const char* words) {
    std::string name = file.stem().string();
    std::erase_if(name, [](unsigned char c) { return std::isalnum(c) == 0; });
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    return name.find(words) != std::string::npos;
}

CheckpointPart unet_part() {
    return {.component = "unet", .words = "UNet", .names = unet_names(unet_sdxl())};
}

/// What the file may lack. Another checkpoint of SDXL has it, too.
std::vector<CheckpointPart> other_parts() {
    CheckpointPart second = clip_part();
    second.component = "text_encoder_2";
    second.words = "second text encoder";
    second.names = open_clip_names();
    second.hints = {"clip_g"};
    std::vector<CheckpointPart> parts{
        kl_vae_part(kl_vae_sdxl(), {"sdxl_vae"}), clip_part(), std::move(second)
    };
    for (CheckpointPart& part : parts) {
        part.folders.insert(part.folders.end(), {"checkpoints", "Stable-diffusion"});
        part.hints.emplace_back("xl");
    }
    return parts;
}

/// Whether it has a UNet of SDXL's, which is told the sizes of pictures. Throws for those that begin from
/// more than a text.
bool is_sdxl(const fs::path& file) {
    const WeightIndex index = index_weights(file, unet_part().names);
    if (!index.places.contains("add_embedding.linear_1.weight")) {
        return false;
    }
    const auto refuse = [&](const std::string& what, const std::string& hint) {
        throw Error(ErrorKind::user, quoted(file) + " is " + what, hint);
    };
    const UNetConfig wanted = unet_sdxl();
    const std::int64_t width =
        size_of(index, "down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k.weight", 1);
    if (width > 0 && width != wanted.text_dim) {
        refuse(
            "SDXL's refiner or another relative of it, which makes no pictures from text alone.",
            "Choose a checkpoint of SDXL itself, of Turbo or of Lightning."
        );
    }
    const std::int64_t channels = size_of(index, "conv_in.weight", 1);
    if (channels > 0 && channels != wanted.in_channels) {
        refuse(
            "a checkpoint for filling in pictures (" + std::to_string(channels) + " channels).",
            "Choose a checkpoint of SDXL itself."
        );
    }
    if (predicts_v(file)) {
        refuse(
            "a checkpoint that predicts v, which single files of SDXL are not read with.",
            "Take it as a directory in the diffusers layout, whose scheduler says so."
        );
    }
    return true;
}

/// Turbo's configs by its name, else those of SDXL; Lightning's students need another scheduler.
ModelPreset configs_for(const fs::path& file) {
    const std::string wanted = says(file, "sdxlturbo") ? "turbo" : "base";
    std::vector<ModelPreset> all = presets();
    ModelPreset preset = std::move(*std::ranges::find(all, wanted, &ModelPreset::name));
    std::erase_if(preset.files, [](const auto& entry) { return entry.first.starts_with("tokenizer"); });
    if (says(file, "lightning")) {
        std::string& text = preset.files.at("scheduler/scheduler_config.json");
        Json scheduler = Json::parse(text);
        scheduler["timestep_spacing"] = "trailing";
        text = scheduler.dump(2) + "\n";
    }
    return preset;
}

void add_tokenizers(LinkedModel& model, const fs::path& file) {
    const fs::path tokenizer = find_clip_tokenizer(file);
    model.links["tokenizer"] = tokenizer;
    for (const char* const name : {"vocab.json", "merges.txt", "tokenizer.json"}) {
        if (fs::exists(tokenizer / name)) {
            model.links[std::string("tokenizer_2/") + name] = tokenizer / name;
        }
    }
    // The same pieces, but what is behind a short text is another one (OpenCLIP's).
    model.files["tokenizer_2/special_tokens_map.json"] = R"({"pad_token": "!"})";
}

} // namespace

std::optional<LinkedModel> link_files(const fs::path& given) {
    const fs::path file = fs::weakly_canonical(given);
    if (fs::is_directory(file) || !is_sdxl(file)) {
        return std::nullopt;
    }
    const ModelPreset preset = configs_for(file);
    LinkedModel model{.name = file.stem().string(), .files = {}, .links = {}};
    for (const char* const path : {"model_index.json", "scheduler/scheduler_config.json"}) {
        model.files[path] = preset.files.at(path);
    }
    link_own(model, file, unet_part(), preset);
    for (const CheckpointPart& part : other_parts()) {
        link_part(model, file, part, preset);
    }
    add_tokenizers(model, file);
    return model;
}

} // namespace rushes::sd_xl
