#include "models/flux/link_files.h"

#include "base/error.h"
#include "models/checkpoint_parts.h"
#include "models/flux/presets.h"
#include "models/flux/weight_names.h"
#include "models/unet/kl_vae_config.h"
#include "text/t5_names.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace rushes::flux {

namespace fs = std::filesystem;

namespace {

CheckpointPart transformer_part() {
    return {
        .component = "transformer",
        .words = "transformer",
        .names = transformer_names(),
        .varying = {"norm_out."} // scale and shift, by themselves or in one
    };
}

std::vector<CheckpointPart> other_parts(const ModelPreset& preset) {
    CheckpointPart t5 = clip_part();
    t5.component = "text_encoder_2";
    t5.words = "second text encoder";
    t5.names = t5_names();
    t5.hints = {"t5xxl", "t5"};
    const KlVaeConfig vae =
        read_kl_vae_config(JsonConfig::parse(preset.files.at("vae/config.json"), "vae/config.json"));
    return {kl_vae_part(vae, {"ae.", "flux"}), clip_part(), std::move(t5)};
}

/// Whether it has a transformer of FLUX's kind, if only some of it. Throws for those that are told a
/// guidance.
bool is_flux(const fs::path& file) {
    const WeightIndex index = index_weights(file, transformer_names());
    if (index.places.contains("guidance_in.in_layer.weight") ||
        index.places.contains("time_text_embed.guidance_embedder.linear_1.weight")) {
        throw Error(
            ErrorKind::user,
            quoted(file) + " is FLUX.1-dev, or made from it, which is told a guidance (about 3.5) and takes "
                           "some 50 steps.",
            "Choose FLUX.1-schnell, which makes stills in one to four steps without guidance."
        );
    }
    return index.places.contains("transformer_blocks.0.attn.add_q_proj.weight") ||
           index.places.contains("single_transformer_blocks.0.attn.to_q.weight");
}

/// Beside the file, in a model's folder, or ComfyUI's own.
void add_t5_tokenizer(LinkedModel& model, const fs::path& file) {
    const auto tokenizer_in = [](const fs::path& folder) {
        return fs::exists(folder / "spiece.model")                  ? "spiece.model"
               : is_tokenizer(folder / "tokenizer.json", "Unigram") ? "tokenizer.json"
                                                                    : "";
    };
    const fs::path folder = file.parent_path();
    if (const std::string name = tokenizer_in(folder); !name.empty()) {
        model.links["tokenizer_2/" + name] = folder / name;
        return;
    }
    const auto holds_tokenizer = [&](const fs::path& other) { return tokenizer_in(other) != std::string(); };
    for (const char* const place : {"tokenizer_2", "comfy/text_encoders/t5_tokenizer"}) {
        if (fs::path found = find_part(file, {place, {}, {}, holds_tokenizer}); !found.empty()) {
            model.links["tokenizer_2"] = std::move(found);
            return;
        }
    }
    throw Error(
        ErrorKind::user,
        quoted(file) + " holds no tokenizer, and none of T5 was found beside it, in the models here or in "
                       "the Hugging Face cache.",
        "Put spiece.model of google/t5-v1_1-xxl beside it."
    );
}

} // namespace

std::optional<LinkedModel> link_files(const fs::path& given) {
    const fs::path file = fs::weakly_canonical(given);
    if (fs::is_directory(file) || !is_flux(file)) {
        return std::nullopt;
    }
    const std::vector<ModelPreset> all = presets();
    const ModelPreset& preset = *std::ranges::find(all, "schnell", &ModelPreset::name);
    LinkedModel model{.name = file.stem().string(), .files = {}, .links = {}};
    for (const char* const path : {"model_index.json", "scheduler/scheduler_config.json"}) {
        model.files[path] = preset.files.at(path);
    }
    link_own(model, file, transformer_part(), preset);
    for (const CheckpointPart& part : other_parts(preset)) {
        link_part(model, file, part, preset);
    }
    model.links["tokenizer"] = find_clip_tokenizer(file);
    add_t5_tokenizer(model, file);
    return model;
}

} // namespace rushes::flux
