#include "nn/weights/lora.h"

#include "base/error.h"
#include "nn/weights/finite.h"
#include "nn/weights/lora_layers.h"
#include "nn/weights/safetensors.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

#include <ATen/ATen.h>

namespace rushes {

namespace {

enum class Part { down, up, alpha, bias_up, diff, diff_bias, unknown };

struct PartName {
    std::string_view ending;
    Part part;
};

constexpr std::array part_names{
    PartName{".lora_A.weight", Part::down},
    PartName{".lora_down.weight", Part::down},
    PartName{".lora.down.weight", Part::down},
    PartName{".lora_A.default.weight", Part::down},
    PartName{".lora_B.weight", Part::up},
    PartName{".lora_up.weight", Part::up},
    PartName{".lora.up.weight", Part::up},
    PartName{".lora_B.default.weight", Part::up},
    PartName{"_lora.down.weight", Part::down}, // older diffusers: attn1.processor.to_q_lora.down
    PartName{"_lora.up.weight", Part::up},
    PartName{".lora_linear_layer.down.weight", Part::down},
    PartName{".lora_linear_layer.up.weight", Part::up},
    PartName{".lora_B.bias", Part::bias_up},
    PartName{".alpha", Part::alpha},
    PartName{".diff", Part::diff},
    PartName{".diff_b", Part::diff_bias},
};

/// Endings of methods that are no sum of a low-rank product.
constexpr std::array<std::string_view, 8> other_methods{
    "dora_scale",
    "lora_magnitude_vector",
    "hada_w1_a",
    "lokr_w1",
    "lokr_w1_a",
    "lora_mid.weight",
    "oft_blocks",
    "glora"
};

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& problem) {
    throw Error(ErrorKind::user, quoted(file) + " is not a LoRA for this model: " + problem + ".");
}

/// The rows of a factor, or of a difference, that are the target's.
at::Tensor rows_of(
    const at::Tensor& tensor,
    const NameMap::Rows& rows,
    const std::string& name,
    const std::filesystem::path& file
) {
    if (rows.shares == 1) {
        return tensor;
    }
    if (tensor.dim() < 1 || tensor.size(0) % rows.shares != 0) {
        refuse(file, "'" + name + "' does not come in " + std::to_string(rows.shares) + " equal parts");
    }
    const std::int64_t share = tensor.size(0) / rows.shares;
    return tensor.narrow(0, rows.begin * share, rows.share * share);
}

/// What a file says of one layer.
struct Layer {
    at::Tensor down, up, bias, diff, diff_bias;
    std::optional<double> alpha;
};

/// alpha by layer in the metadata of files that diffusers writes ("lora_adapter_metadata": a LoraConfig for
/// each component).
class MetadataAlpha {
public:
    explicit MetadataAlpha(const WeightHeader& header) {
        const auto text = header.metadata.find("lora_adapter_metadata");
        if (text != header.metadata.end()) {
            config_ = nlohmann::json::parse(text->second, nullptr, false);
        }
    }

    /// `layer` with its prefix, as in the file.
    std::optional<double> alpha(const std::string& layer) const {
        if (!config_.is_object()) {
            return std::nullopt;
        }
        const std::string component = layer.substr(0, layer.find('.') + 1);
        if (const auto patterns = config_.find(component + "alpha_pattern");
            patterns != config_.end() && patterns->is_object()) {
            for (const auto& [pattern, value] : patterns->items()) {
                if (value.is_number() && layer.ends_with("." + pattern)) {
                    return value.get<double>();
                }
            }
        }
        const auto common = config_.find(component + "lora_alpha");
        return common != config_.end() && common->is_number() ? std::optional(common->get<double>())
                                                              : std::nullopt;
    }

private:
    nlohmann::json config_;
};

std::string shape_text(at::IntArrayRef shape) {
    std::ostringstream text;
    text << shape;
    return text.str();
}

/// The tensors of one file, each checked when it is asked for.
class Source {
public:
    explicit Source(const std::filesystem::path& file)
        : path_(file), header_(read_weight_header(file)), mapped_(file) {
        if (mapped_.bytes().size() != header_.file_size) {
            throw Error(ErrorKind::user, quoted(file) + " changed while it was opened.");
        }
    }

    const WeightHeader& header() const { return header_; }

    at::Tensor tensor(const TensorEntry& entry) const {
        if (is_block_format(entry.dtype)) {
            refuse(path_, "its numbers are in the format " + std::string(dtype_name(entry.dtype)));
        }
        if (!all_finite(mapped_.bytes().subspan(entry.offset, entry.bytes), entry.dtype)) {
            throw Error(
                ErrorKind::user,
                "The tensor '" + entry.name + "' in " + quoted(path_) + " holds numbers that are not finite.",
                "Download or convert the file again."
            );
        }
        return tensor_view(mapped_, entry);
    }

private:
    std::filesystem::path path_;
    WeightHeader header_;
    MappedFile mapped_;
};

/// The shape of a component's tensor; nothing when it has none of that name.
std::optional<std::vector<std::int64_t>> shape_of(const WeightIndex& component, const std::string& name) {
    const auto place = component.places.find(name);
    return place == component.places.end() ? std::nullopt
                                           : std::optional(component.entry(place->second).shape);
}

double scale_of(const Layer& layer) {
    if (!layer.alpha || !layer.down.defined()) {
        return 1;
    }
    return *layer.alpha / static_cast<double>(std::max<std::int64_t>(1, layer.down.size(0)));
}

WeightDelta product_delta(
    const Layer& layer, at::IntArrayRef shape, const std::string& name, const std::filesystem::path& file
) {
    if (!layer.down.defined() || !layer.up.defined()) {
        refuse(file, "it holds only one of the two factors for '" + name + "'");
    }
    if (layer.down.dim() < 2 || layer.up.dim() < 2 || layer.up.size(1) != layer.down.size(0)) {
        refuse(file, "the two factors for '" + name + "' do not fit each other");
    }
    const at::Tensor down = layer.down.flatten(1);
    const at::Tensor up = layer.up.flatten(1);
    const std::int64_t out = shape.empty() ? 1 : shape.front();
    if (up.size(0) != out || up.size(1) != down.size(0) ||
        out * down.size(1) != c10::multiply_integers(shape)) {
        refuse(
            file,
            "it changes '" + name + "' of the shape [" + std::to_string(up.size(0)) + ", " +
                std::to_string(down.size(1)) + "], which is " + shape_text(shape) + " here"
        );
    }
    return {.up = up, .down = down, .full = {}, .strength = scale_of(layer)};
}

WeightDelta full_delta(
    const at::Tensor& full, at::IntArrayRef shape, const std::string& name, const std::filesystem::path& file
) {
    if (full.numel() != c10::multiply_integers(shape)) {
        refuse(
            file,
            "it changes '" + name + "' of the shape " + shape_text(full.sizes()) + ", which is " +
                shape_text(shape) + " here"
        );
    }
    return {.up = {}, .down = {}, .full = full.reshape(shape), .strength = 1};
}

struct ReadPart {
    std::string layer; ///< with its prefix
    Part part = Part::unknown;
};

ReadPart part_of(const std::string& name) {
    for (const PartName& known : part_names) {
        if (name.ends_with(known.ending)) {
            return {name.substr(0, name.size() - known.ending.size()), known.part};
        }
    }
    return {name, Part::unknown};
}

void put(
    Layer& layer,
    Part part,
    const at::Tensor& tensor,
    const std::string& name,
    const std::filesystem::path& file
) {
    switch (part) {
    case Part::down:
        layer.down = tensor;
        break;
    case Part::up:
        layer.up = tensor;
        break;
    case Part::bias_up:
        layer.bias = tensor;
        break;
    case Part::diff:
        layer.diff = tensor;
        break;
    case Part::diff_bias:
        layer.diff_bias = tensor;
        break;
    case Part::alpha:
        if (tensor.numel() != 1) {
            refuse(file, "'" + name + "' is no number");
        }
        layer.alpha = tensor.to(at::kDouble).item<double>();
        break;
    case Part::unknown:
        break;
    }
}

} // namespace

LoraWeights::LoraWeights(
    const std::filesystem::path& file, const WeightIndex& component, const WeightNames& names
) {
    const Source source(file);
    const MetadataAlpha metadata(source.header());
    const LoraLayers layers(component, names);
    std::map<std::string, Layer> found;
    std::set<std::string> strangers;
    for (const TensorEntry& entry : source.header().tensors) {
        if (std::ranges::any_of(other_methods, [&](std::string_view end) {
                return entry.name.ends_with(end);
            })) {
            refuse(file, "'" + entry.name + "' is of another method than LoRA, which is not supported");
        }
        const auto [layer_name, part] = part_of(entry.name);
        const std::vector<LoraTarget>& targets = layers.find(layer_name);
        if (targets.empty() || part == Part::unknown) {
            strangers.insert(layer_name);
            continue;
        }
        const at::Tensor tensor = source.tensor(entry);
        const bool whole = part == Part::down || part == Part::alpha; // of all rows
        for (const LoraTarget& target : targets) {
            Layer& layer = found[target.layer];
            put(layer, part, whole ? tensor : rows_of(tensor, target.rows, entry.name, file), entry.name, file
            );
            if (!layer.alpha) {
                layer.alpha = metadata.alpha(layer_name);
            }
        }
    }
    unmatched_.assign(strangers.begin(), strangers.end());
    const auto add = [&](const std::string& name, const auto& make) {
        if (const auto shape = shape_of(component, name)) {
            deltas_.emplace(name, make(at::IntArrayRef(*shape)));
        } else {
            unmatched_.push_back(name);
        }
    };
    for (const auto& entry : found) { // no structured binding: clang captures none before version 16
        const auto& name = entry.first;
        const Layer& layer = entry.second;
        const std::string weight = name + ".weight";
        const std::string bias = name + ".bias";
        if (layer.down.defined() || layer.up.defined()) {
            add(weight, [&](at::IntArrayRef shape) { return product_delta(layer, shape, weight, file); });
        } else if (layer.diff.defined()) {
            add(weight, [&](at::IntArrayRef shape) { return full_delta(layer.diff, shape, weight, file); });
        }
        if (layer.bias.defined() || layer.diff_bias.defined()) {
            const at::Tensor& full = layer.bias.defined() ? layer.bias : layer.diff_bias;
            add(bias, [&](at::IntArrayRef shape) {
                WeightDelta delta = full_delta(full, shape, bias, file);
                delta.strength = layer.bias.defined() ? scale_of(layer) : 1;
                return delta;
            });
        }
    }
    if (deltas_.empty()) {
        refuse(
            file,
            strangers.empty() ? "it holds no tensors"
                              : "nothing in it belongs to a layer that the model has (" + *strangers.begin() +
                                    " does not, for one)"
        );
    }
}

const WeightDelta* LoraWeights::find(const std::string& name) const {
    const auto found = deltas_.find(name);
    return found == deltas_.end() ? nullptr : &found->second;
}

} // namespace rushes
