#include "models/wan/link_files.h"

#include "base/error.h"
#include "base/json_config.h"
#include "models/clip_vision_names.h"
#include "models/wan/presets.h"
#include "models/wan/vae_config.h"
#include "models/wan/weight_names.h"
#include "nn/weights/weight_index.h"
#include "text/t5_names.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <numeric>

namespace rushes::wan {

namespace fs = std::filesystem;

namespace {

using Shapes = std::map<std::string, std::int64_t>; ///< numbers of each tensor

std::int64_t count(const std::vector<std::int64_t>& shape) {
    return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies());
}

Shapes shapes_of(const WeightIndex& index) {
    Shapes shapes;
    for (const auto& [name, place] : index.places) {
        shapes[name] = count(index.entry(place).shape);
    }
    return shapes;
}

/// Whether there are all of `wanted`, each as large as it must be. More may be there: scales of fp8, a
/// tokenizer.
bool has_all(const Shapes& shapes, const std::vector<TensorShape>& wanted) {
    return std::ranges::all_of(wanted, [&](const TensorShape& tensor) {
        const auto found = shapes.find(tensor.name);
        return found != shapes.end() && found->second == count(tensor.shape);
    });
}

const std::vector<TensorShape>& tensors_of(const ModelPreset& preset, const std::string& component) {
    static const std::vector<TensorShape> none;
    const auto found = std::ranges::find(preset.components, component, &ModelPreset::Component::directory);
    return found == preset.components.end() ? none : found->tensors;
}

/// Parts are large files of others: what cannot be read is not the part.
bool fits(const fs::path& source, const WeightNames& names, const std::vector<TensorShape>& wanted) {
    try {
        Shapes shapes = shapes_of(index_weights(source, names));
        spread_clip_vision(shapes);
        return has_all(shapes, wanted);
    } catch (const Error&) {
        return false;
    }
}

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

/// Where a name says for which noise the transformer is: the place of that word, and the word.
struct NoiseWord {
    std::size_t place = std::string::npos;
    bool low = false;
};

NoiseWord noise_word(const std::string& name) {
    const std::string text = lower(name);
    for (const std::string separator : {"_", "-", ""}) {
        for (const bool low : {false, true}) {
            const std::size_t place = text.find((low ? "low" : "high") + separator + "noise");
            if (place != std::string::npos) {
                return {place, low};
            }
        }
    }
    return {};
}

/// The file for the other noise levels, in the same folder; empty: not there.
fs::path partner_of(const fs::path& file, const NoiseWord& word) {
    std::string name = file.filename().string();
    const bool capital = std::isupper(static_cast<unsigned char>(name[word.place])) != 0;
    name.replace(
        word.place, word.low ? 3 : 4, word.low ? (capital ? "High" : "high") : (capital ? "Low" : "low")
    );
    std::error_code error;
    return fs::is_regular_file(file.parent_path() / name, error) ? file.parent_path() / name : fs::path();
}

/// Tensors that one of two models has that are alike else: what has them is no other than that.
constexpr std::array telling_tensors{
    "condition_embedder.image_embedder.pos_embed", "vace_patch_embedding.weight"
};

bool has_two(const ModelPreset& preset) {
    return !tensors_of(preset, "transformer_2").empty();
}

/// Of the published shapes those that the file has; of two transformers when its name says so.
std::optional<ModelPreset> preset_for(const fs::path& file) {
    const Shapes shapes = shapes_of(index_weights(file, transformer_names()));
    const bool says_noise = noise_word(file.filename().string()).place != std::string::npos;
    std::optional<ModelPreset> found;
    for (ModelPreset& preset : presets()) {
        const std::vector<TensorShape>& wanted = tensors_of(preset, "transformer");
        const bool whole =
            has_all(shapes, wanted) && std::ranges::all_of(telling_tensors, [&](const char* name) {
                const bool has = std::ranges::find(wanted, name, &TensorShape::name) != wanted.end();
                return shapes.contains(name) == has;
            });
        const bool better = !found || (has_two(preset) == says_noise && has_two(*found) != says_noise);
        if (whole && better) {
            found = std::move(preset);
        }
    }
    return found;
}

std::vector<WantedPart> wanted_parts(const ModelPreset& preset) {
    const auto judged_by = [&preset](const std::string& component, const WeightNames& names) {
        return [names, wanted = tensors_of(preset, component)](const fs::path& source) {
            return fits(source, names, wanted);
        };
    };
    const VaeConfig vae =
        read_vae_config(JsonConfig::parse(preset.files.at("vae/config.json"), "vae/config.json"));
    std::vector<WantedPart> parts{
        {"vae", {"VAE"}, {"vae"}, judged_by("vae", vae_names(vae))},
        {"text_encoder", {"text_encoders", "clip"}, {"t5", "text_enc"}, judged_by("text_encoder", t5_names())
        },
    };
    if (!tensors_of(preset, "image_encoder").empty()) {
        parts.push_back(
            {"image_encoder", {"clip_vision"}, {"clip"}, judged_by("image_encoder", clip_vision_names())}
        );
    }
    return parts;
}

/// spiece.model, as ComfyUI's files of the text encoder hold it in a tensor; empty: not there.
std::string tokenizer_in(const fs::path& text_encoder) {
    constexpr std::uint64_t most = std::uint64_t{64} << 20;
    try {
        const WeightIndex index = index_weights(text_encoder);
        const auto found = index.places.find("spiece_model");
        if (found == index.places.end() || index.entry(found->second).bytes > most) {
            return {};
        }
        const TensorEntry& entry = index.entry(found->second);
        std::string bytes(entry.bytes, '\0');
        std::ifstream file(index.files[found->second.file].path, std::ios::binary);
        file.seekg(static_cast<std::streamoff>(entry.offset));
        file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        return file ? bytes : std::string();
    } catch (const Error&) {
        return {};
    }
}

[[noreturn]] void refuse_without(
    const fs::path& file, const ModelPreset& preset, const std::string& what, const std::string& where
) {
    throw Error(
        ErrorKind::user,
        "'" + file.filename().string() + "' is the transformer of " + preset.description + ", and its " +
            what + " was found neither beside it nor in the models and caches of this machine.",
        "Put " + where + " beside it."
    );
}

/// "a file 'vae...'": what to put there.
std::string asked_for(const WantedPart& part) {
    return "a file with \"" + part.hints.front() + "\" in its name, or a folder \"" + part.component + "\",";
}

std::string in_words(std::string component) {
    std::ranges::replace(component, '_', ' ');
    return component == "vae" ? "VAE" : component;
}

void add_tokenizer(
    LinkedModel& model, const fs::path& file, const fs::path& text_encoder, const ModelPreset& preset
) {
    const auto holds_tokenizer = [](const fs::path& folder) {
        return fs::exists(folder / "tokenizer.json") || fs::exists(folder / "spiece.model");
    };
    const std::string inside = tokenizer_in(text_encoder);
    if (!inside.empty()) {
        model.files["tokenizer/spiece.model"] = inside;
        return;
    }
    for (const fs::path& beside : {file.parent_path(), file.parent_path() / "google" / "umt5-xxl"}) {
        for (const char* const name : {"spiece.model", "tokenizer.json"}) {
            if (fs::exists(beside / name)) {
                model.links[std::string("tokenizer/") + name] = beside / name;
                return;
            }
        }
    }
    const fs::path found = find_part(file, {"tokenizer", {}, {}, holds_tokenizer});
    if (found.empty()) {
        refuse_without(file, preset, "tokenizer", "spiece.model or tokenizer.json of UMT5");
    }
    model.links["tokenizer"] = found;
}

/// The component's folder, or its file with the config of the published model beside.
void add_part(LinkedModel& model, const ModelPreset& preset, const WantedPart& part, const fs::path& source) {
    const std::string processor = "image_processor/preprocessor_config.json";
    if (part.component == "image_encoder") {
        model.files[processor] = preset.files.at(processor);
    }
    if (fs::is_directory(source)) {
        model.links[part.component] = source;
        return;
    }
    const auto component =
        std::ranges::find(preset.components, part.component, &ModelPreset::Component::directory);
    model.links[part.component + "/" + component->stem + ".safetensors"] = source;
    for (const auto& [path, text] : preset.files) {
        if (path.starts_with(part.component + "/")) {
            model.files[path] = text;
        }
    }
}

} // namespace

std::optional<LinkedModel> link_files(const fs::path& given) {
    fs::path file = fs::absolute(given);
    const std::optional<ModelPreset> preset = preset_for(file);
    if (!preset) {
        return std::nullopt;
    }
    LinkedModel model{.name = file.stem().string(), .files = {}, .links = {}};
    for (const char* const path : {"model_index.json", "scheduler/scheduler_config.json"}) {
        model.files[path] = preset->files.at(path);
    }
    WantedPart transformer{"transformer", {}, {}, {}};
    if (has_two(*preset)) {
        const NoiseWord word = noise_word(file.filename().string());
        const fs::path partner = word.place == std::string::npos ? fs::path() : partner_of(file, word);
        if (partner.empty()) {
            refuse_without(
                file,
                *preset,
                "other transformer",
                "the file with \"low_noise\" (\"high_noise\") for \"high_noise\" (\"low_noise\") in its name"
            );
        }
        add_part(model, *preset, {"transformer_2", {}, {}, {}}, word.low ? file : partner);
        file = word.low ? partner : file;
    }
    add_part(model, *preset, transformer, file);
    fs::path text_encoder;
    for (const WantedPart& part : wanted_parts(*preset)) {
        const fs::path source = find_part(file, part);
        if (source.empty()) {
            refuse_without(file, *preset, in_words(part.component), asked_for(part));
        }
        add_part(model, *preset, part, source);
        if (part.component == "text_encoder") {
            text_encoder = source;
        }
    }
    add_tokenizer(model, file, text_encoder, *preset);
    return model;
}

} // namespace rushes::wan
