#include "base/json_config.h"
#include "models/model_hash.h"
#include "models/model_info.h"
#include "models/wan/config.h"
#include "models/wan/vae_config.h"
#include "nn/weights/weight_index.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace rushes::wan {

namespace fs = std::filesystem;

namespace {

/// Convolutions of the decoder's up blocks, which are nearly all of its work: num_res_blocks + 1 residual
/// blocks of two 3x3x3 convolutions at each level, for one pixel of one frame.
double decode_flop_per_pixel(const VaeConfig& vae) {
    const std::vector<std::int64_t> channels = vae.decoder_channels();
    double flop = 0;
    double positions = 1.0 / static_cast<double>(vae.patch_size * vae.patch_size);
    for (std::size_t level = vae.levels(); level-- > 0;) {
        const auto in = static_cast<double>(vae.decoder_input(level));
        const auto out = static_cast<double>(channels[level + 1]);
        if (vae.resamples(level)) {
            positions /= vae.doubles_time(level) ? 8 : 4;
        }
        flop +=
            positions * 2 * 27 * (in * out + (2.0 * static_cast<double>(vae.num_res_blocks) + 1) * out * out);
    }
    return flop;
}

/// What causal convolutions keep of a clip for one pixel, in numbers: two frames of what goes into each.
double kept_per_pixel(const VaeConfig& vae) {
    const std::vector<std::int64_t> channels = vae.decoder_channels();
    const auto convolutions_after_the_first = static_cast<double>(2 * vae.num_res_blocks + 1);
    double positions = 1.0 / static_cast<double>(vae.patch_size * vae.patch_size);
    double numbers = positions * 2 * static_cast<double>(channels.back()); // the last layer's
    for (std::size_t level = vae.levels(); level-- > 0;) {
        const auto out = static_cast<double>(channels[level + 1]);
        if (vae.resamples(level)) {
            positions /= 4;
        }
        const double in_time = vae.doubles_time(level) ? out : 0;
        numbers +=
            positions * 2 *
            (static_cast<double>(vae.decoder_input(level)) + convolutions_after_the_first * out + in_time);
    }
    const auto widest = static_cast<double>(channels.front());
    return numbers + positions * 2 * (4 * widest + static_cast<double>(vae.z_dim)); // middle and first layer
}

/// What is kept, and the features that a residual block of the finest level holds at once, fp32: what came
/// in, the first convolution's result, the second's input with two past frames, and its result; or, where
/// more channels come in than go out, the first convolution's input in their place.
double decode_bytes_per_pixel(const VaeConfig& vae) {
    const auto in = static_cast<double>(vae.decoder_input(vae.levels() - 1));
    const auto out = static_cast<double>(vae.decoder_channels().back());
    const auto frames = static_cast<double>(vae.frame_stride());
    const double first = frames * (in + in + out) + 2 * in;
    const double second = frames * (in + out + out + out) + 2 * out;
    return 4 * (kept_per_pixel(vae) +
                std::max(first, second) / static_cast<double>(vae.patch_size * vae.patch_size));
}

double parameters_of(const TransformerConfig& t) {
    const auto d = static_cast<double>(t.dim());
    return static_cast<double>(t.layers) * (8 * d * d + 2 * d * static_cast<double>(t.ffn_dim)) + 7 * d * d;
}

/// "1.4 billion", "14 billion", "5.2 million".
std::string size_in_words(double count) {
    const double unit = count < 5e8 ? 1e6 : 1e9;
    const auto tenths = std::llround(count / unit * 10);
    const std::string fraction = tenths < 100 ? "." + std::to_string(tenths % 10) : "";
    return std::to_string(tenths / 10) + fraction + (unit < 1e9 ? " million" : " billion");
}

ModelCost cost_of(const PipelineConfig& config, const VaeConfig& vae) {
    const TransformerConfig& t = config.transformer;
    const auto d = static_cast<double>(t.dim());
    const auto layers = static_cast<double>(t.layers);
    const auto ffn = static_cast<double>(t.ffn_dim);
    ModelCost cost;
    // Self-attention has four D x D layers; cross-attention's keys and values are made once a prompt.
    cost.flop_per_token = 2 * layers * (6 * d * d + 2 * d * ffn);
    cost.flop_per_token_pair = 4 * d * layers;
    cost.bytes_per_token = 4 * (ffn + 12 * d);
    if (config.causal) {
        cost.window_frames = static_cast<int>(config.causal->local_attn_size);
        cost.cache_bytes_per_token = 2 * 4 * d * layers;
    }
    cost.decode_flop_per_pixel = decode_flop_per_pixel(vae);
    cost.decode_bytes_per_pixel = decode_bytes_per_pixel(vae);
    return cost;
}

/// What the published checkpoints were trained on (model cards of Wan-AI on the Hugging Face Hub): 81 frames
/// at 16 fps with about 832 x 480 pixels, the 14B ones also 1280 x 720; TI2V-5B 121 frames at 24 fps with
/// 1280 x 704.
void fill_published_lattice(ModelInfo& info, const PipelineConfig& config) {
    constexpr std::int64_t width_of_14b = 5120;
    info.lattice.free_size = true;
    if (config.expand_timesteps) {
        info.lattice.sizes = {{1280, 704}, {704, 1280}};
        info.default_frames = 121;
        info.frame_rate = {24, 1};
    } else {
        info.lattice.sizes = {{832, 480}, {480, 832}, {624, 624}};
        if (config.transformer.dim() >= width_of_14b) {
            info.lattice.sizes.insert(info.lattice.sizes.end(), {{1280, 720}, {720, 1280}});
        }
        info.default_frames = 81;
        info.frame_rate = {16, 1};
    }
    info.lattice.max_frames = info.default_frames;
    std::erase_if(info.lattice.sizes, [&](PictureSize size) {
        return size.width % info.lattice.size_multiple != 0 || size.height % info.lattice.size_multiple != 0;
    });
    if (info.lattice.sizes.empty()) {
        const int side = info.lattice.size_multiple * std::max(1, 480 / info.lattice.size_multiple);
        info.lattice.sizes = {{side, side}};
    }
}

void fill_steps(ModelInfo& info, const PipelineConfig& config) {
    if (config.causal) {
        info.default_steps = static_cast<int>(config.causal->sigmas.size());
        info.fixed_steps = !config.causal->shift;
        if (!info.fixed_steps) {
            const int steps = info.default_steps;
            info.tiers = {{"fast", (steps + 1) / 2}, {"balanced", steps}, {"quality", 2 * steps}};
        }
        info.default_guidance = config.causal->guidance_scale;
        info.guidance_adjustable = config.causal->guidance_scale > 1;
        info.schedulers = {"causal"};
        return;
    }
    info.default_steps = 50;
    info.default_guidance = 5;
    info.schedulers = scheduler_names(config.scheduler);
    info.tiers = {{"fast", 20}, {"balanced", 30}, {"quality", 50}};
}

/// rushes.json, optional: the card of a model made for this program overrides the published lattice.
void fill_from_card(ModelInfo& info, const JsonConfig& card) {
    info.name = card.text("name", info.name);
    info.description = card.text("description", info.description);
    info.demonstration = card.boolean("demonstration", false);
    info.frame_rate = {static_cast<int>(card.integer("fps", {1, 240}, info.frame_rate.num)), 1};
    const auto on_lattice = [&](const char* key, std::int64_t frames) {
        if ((frames - 1) % info.lattice.frame_stride != 0) {
            card.fail(
                "\"" + std::string(key) + "\" is " + std::to_string(frames) + ", which is not " +
                std::to_string(info.lattice.frame_stride) + " * k + 1."
            );
        }
        return static_cast<int>(frames);
    };
    info.default_frames = on_lattice("frames", card.integer("frames", {1, 100000}, info.default_frames));
    if (card.has("frames")) {
        info.lattice.max_frames =
            card.has("max_frames") ? on_lattice("max_frames", card.integer("max_frames", {1, 100000})) : 0;
    }
    if (card.has("sizes")) {
        info.lattice.sizes.clear();
        info.lattice.free_size = card.boolean("free_size", false);
        for (const auto& [width, height] : card.pairs("sizes", {1, 16384})) {
            if (width % info.lattice.size_multiple != 0 || height % info.lattice.size_multiple != 0) {
                card.fail(
                    "the size " + std::to_string(width) + " x " + std::to_string(height) +
                    " is not a multiple of " + std::to_string(info.lattice.size_multiple) + "."
                );
            }
            info.lattice.sizes.push_back({static_cast<int>(width), static_cast<int>(height)});
        }
    }
    info.examples = card.texts("examples");
    if (card.has("vocabulary")) {
        const JsonConfig vocabulary = card.child("vocabulary");
        const auto know = [&](const JsonConfig& lists, const std::string& key) {
            const std::vector<std::string> words = lists.texts(key);
            info.vocabulary.insert(info.vocabulary.end(), words.begin(), words.end());
        };
        for (const std::string& kind : vocabulary.keys()) {
            if (kind != "synonyms") {
                know(vocabulary, kind);
                continue;
            }
            // Of each word, the other words that mean the same.
            const JsonConfig synonyms = vocabulary.child(kind);
            for (const std::string& word : synonyms.keys()) {
                know(synonyms, word);
            }
        }
    }
}

void fill_weights(ModelInfo& info, const PipelineConfig& config) {
    std::vector<std::string> components{"transformer", "vae", "text_encoder"};
    if (config.transformer_2) {
        components.emplace_back("transformer_2");
    }
    std::vector<fs::path> small_files{
        "model_index.json",
        "causal.json",
        "rushes.json",
        "latent_rgb.safetensors",
        "scheduler/scheduler_config.json",
        "tokenizer/spiece.model",
        "tokenizer/tokenizer.json"
    };
    std::vector<WeightIndex> weights;
    for (const std::string& component : components) {
        weights.push_back(index_weights(info.directory / component));
        info.weight_bytes += weights.back().bytes();
        small_files.emplace_back(fs::path(component) / "config.json");
    }
    info.hash = model_hash(info.directory, small_files, weights);
}

void check_channels(const PipelineConfig& config, const VaeConfig& vae, const JsonConfig& index) {
    const auto check = [&](const std::string& name, const TransformerConfig& t) {
        if (t.in_channels != vae.z_dim || t.out_channels != vae.z_dim) {
            index.fail(
                "the " + name + " takes " + std::to_string(t.in_channels) + " channels and gives " +
                    std::to_string(t.out_channels) + ", but the VAE's latents have " +
                    std::to_string(vae.z_dim) + ".",
                "Image-to-video models take more channels in; only text-to-video models are supported."
            );
        }
    };
    check("transformer", config.transformer);
    if (config.transformer_2) {
        check("transformer_2", *config.transformer_2);
    }
}

} // namespace

/// For the registry. describe() throws Error{user}.
ModelInfo describe(const fs::path& directory, const JsonConfig& index);
std::vector<PublishedModel> published();

ModelInfo describe(const fs::path& directory, const JsonConfig& index) {
    const PipelineConfig config = read_pipeline_config(directory, index);
    const VaeConfig vae =
        read_vae_config(JsonConfig::read(directory / "vae" / "config.json", "vae/config.json"));
    check_channels(config, vae, index);

    ModelInfo info;
    info.directory = directory;
    info.id = directory.filename().string();
    info.name = info.id;
    info.description =
        "A Wan text-to-video model with " + size_in_words(parameters_of(config.transformer)) + " parameters.";
    info.causal = config.causal.has_value();
    info.lattice.size_multiple = static_cast<int>(
        vae.pixel_stride() * std::lcm(config.transformer.patch_height, config.transformer.patch_width)
    );
    info.lattice.frame_stride = static_cast<int>(vae.frame_stride());
    fill_published_lattice(info, config);
    fill_steps(info, config);
    if (fs::exists(directory / "rushes.json")) {
        fill_from_card(info, JsonConfig::read(directory / "rushes.json", "rushes.json"));
    }
    info.cost = cost_of(config, vae);
    fill_weights(info, config);
    return info;
}

/// Parameters as the published files hold them: text encoder and transformers at two bytes each (bf16), the
/// VAE at four.
std::vector<PublishedModel> published() {
    constexpr double text_encoder = 5.681e9;
    const auto bytes = [](double transformers, double vae) {
        return static_cast<std::uint64_t>(2 * (text_encoder + transformers) + 4 * vae);
    };
    return {
        {"Wan 2.1 T2V 1.3B", "Wan-AI/Wan2.1-T2V-1.3B-Diffusers", bytes(1.419e9, 0.127e9)},
        {"Wan 2.2 TI2V 5B", "Wan-AI/Wan2.2-TI2V-5B-Diffusers", bytes(5.000e9, 0.705e9)},
        {"Wan 2.2 T2V A14B", "Wan-AI/Wan2.2-T2V-A14B-Diffusers", bytes(2 * 14.289e9, 0.127e9)},
    };
}

} // namespace rushes::wan
