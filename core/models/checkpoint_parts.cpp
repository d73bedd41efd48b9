#include "models/checkpoint_parts.h"

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/json_config.h"
#include "models/unet/original_names.h"
#include "text/clip_config.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <numeric>
#include <utility>

namespace rushes {

namespace fs = std::filesystem;

namespace {

std::int64_t count(const std::vector<std::int64_t>& shape) {
    return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies());
}

const ModelPreset::Component& component_of(const ModelPreset& preset, const std::string& name) {
    return *std::ranges::find(preset.components, name, &ModelPreset::Component::directory);
}

/// How many tensors of the component there must be, and how many there are as large as they must be. More may
/// be there: other components, scales of fp8.
struct Held {
    std::size_t found = 0;
    std::size_t wanted = 0;
};

Held held(const fs::path& source, const CheckpointPart& part, const ModelPreset& preset) {
    const WeightIndex index = index_weights(source, part.names);
    const std::vector<TensorShape>& wanted = component_of(preset, part.component).tensors;
    std::vector<std::string> names;
    std::ranges::transform(wanted, std::back_inserter(names), &TensorShape::name);
    const std::vector<std::string> own = own_names(names, part.names);
    Held result;
    for (std::size_t i = 0; i < own.size(); ++i) {
        if (std::ranges::any_of(part.varying, [&](const std::string& s) { return own[i].starts_with(s); })) {
            continue;
        }
        const auto place = index.places.find(own[i]);
        ++result.wanted;
        result.found +=
            place != index.places.end() && count(index.entry(place->second).shape) == count(wanted[i].shape)
                ? 1
                : 0;
    }
    return result;
}

/// Parts are large files of others: what cannot be read is not the part.
bool holds(const fs::path& source, const CheckpointPart& part, const ModelPreset& preset) {
    try {
        const Held tensors = held(source, part, preset);
        return tensors.found == tensors.wanted &&
               (part.takes == nullptr || !fs::is_directory(source) || part.takes(source));
    } catch (const Error&) {
        return false;
    }
}

void link(
    LinkedModel& model, const fs::path& source, const std::string& component, const ModelPreset& preset
) {
    if (fs::is_directory(source)) {
        model.links[component] = source;
        return;
    }
    model.links[component + "/" + component_of(preset, component).stem + ".safetensors"] = source;
    model.files[component + "/config.json"] = preset.files.at(component + "/config.json");
}

} // namespace

std::int64_t size_of(const WeightIndex& index, const std::string& name, std::size_t axis) {
    const auto place = index.places.find(name);
    if (place == index.places.end()) {
        return 0;
    }
    const std::vector<std::int64_t>& shape = index.entry(place->second).shape;
    return axis < shape.size() ? shape[axis] : 0;
}

bool predicts_v(const fs::path& file) {
    const WeightHeader header = read_weight_header(file);
    const auto said = header.metadata.find("modelspec.prediction_type");
    return std::ranges::find(header.tensors, "v_pred", &TensorEntry::name) != header.tensors.end() ||
           (said != header.metadata.end() && said->second.starts_with("v"));
}

CheckpointPart kl_vae_part(const KlVaeConfig& config, std::vector<std::string> hints) {
    const auto takes = [scale = config.scaling_factor](const fs::path& folder) {
        return read_kl_vae_config(JsonConfig::read(folder / "config.json", "vae/config.json"))
                   .scaling_factor == scale;
    };
    return {
        .component = "vae",
        .words = "autoencoder",
        .names = kl_vae_names(config),
        .folders = {"VAE", "checkpoints", "Stable-diffusion"},
        .hints = std::move(hints),
        .varying = {"encoder.mid_block.attentions", "decoder.mid_block.attentions"},
        .takes = takes
    };
}

CheckpointPart clip_part() {
    return {
        .component = "text_encoder",
        .words = "first text encoder",
        .names = clip_names(),
        .folders = {"text_encoders", "clip"},
        .hints = {"clip_l"}
    };
}

void link_own(
    LinkedModel& model, const fs::path& file, const CheckpointPart& part, const ModelPreset& preset
) {
    if (const Held tensors = held(file, part, preset); tensors.found < tensors.wanted) {
        throw Error(
            ErrorKind::user,
            quoted(file) + " holds " + std::to_string(tensors.found) + " of the " +
                std::to_string(tensors.wanted) + " tensors that the " + part.words + " of " +
                preset.description + " has.",
            "It is not whole, or of another model: download it again, or choose another file."
        );
    }
    link(model, file, part.component, preset);
}

void link_part(
    LinkedModel& model, const fs::path& file, const CheckpointPart& part, const ModelPreset& preset
) {
    const auto fits = [&](const fs::path& source) { return holds(source, part, preset); };
    const fs::path source =
        fits(file) ? file : find_part(file, {part.component, part.folders, part.hints, fits});
    if (source.empty()) {
        throw Error(
            ErrorKind::user,
            quoted(file) + " lacks the " + part.words + " of " + preset.description +
                ", which was found neither beside it nor in the models and caches of this machine.",
            "Put a file with \"" + part.hints.front() + "\" in its name, or a folder \"" + part.component +
                "\", beside it."
        );
    }
    link(model, source, part.component, preset);
}

bool is_tokenizer(const fs::path& file, const std::string& kind) {
    std::error_code error;
    return fs::is_regular_file(file, error) && read_file(file).find('"' + kind + '"') != std::string::npos;
}

fs::path find_clip_tokenizer(const fs::path& file) {
    const auto holds_tokenizer = [](const fs::path& folder) {
        return (fs::exists(folder / "vocab.json") && fs::exists(folder / "merges.txt")) ||
               is_tokenizer(folder / "tokenizer.json", "BPE");
    };
    if (holds_tokenizer(file.parent_path())) {
        return file.parent_path();
    }
    for (const char* const place : {"tokenizer", "comfy/sd1_tokenizer"}) {
        if (fs::path found = find_part(file, {place, {}, {}, holds_tokenizer}); !found.empty()) {
            return found;
        }
    }
    throw Error(
        ErrorKind::user,
        quoted(file) + " holds no tokenizer, and none of CLIP was found beside it, in the models here or in "
                       "the Hugging Face cache.",
        "Put vocab.json and merges.txt of openai/clip-vit-large-patch14 beside it."
    );
}

} // namespace rushes
