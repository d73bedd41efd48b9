#include "models/ltx/vae_config.h"

#include <algorithm>
#include <string>

namespace rushes::ltx {

namespace {

constexpr Range<std::int64_t> width = {1, 8192};
constexpr std::size_t most_levels = 8;

template <typename List>
void require_length(const JsonConfig& json, const std::string& key, const List& list, std::size_t wanted) {
    if (list.size() != wanted) {
        json.fail(
            "\"" + key + "\" has " + std::to_string(list.size()) + " values, and the levels need " +
            std::to_string(wanted) + "."
        );
    }
}

std::vector<bool> flags(const JsonConfig& json, const std::string& key, std::size_t wanted, bool fallback) {
    if (!json.has(key)) {
        return std::vector<bool>(wanted, fallback);
    }
    std::vector<bool> result = json.booleans(key, most_levels + 1);
    require_length(json, key, result, wanted);
    return result;
}

/// Lists are written from the finest level to the coarsest; the decoder goes the other way.
void read_decoder(const JsonConfig& json, VaeConfig& config) {
    // The first published config is older than these keys: 0.9.0 has the defaults of the class.
    std::vector<std::int64_t> channels = json.has("decoder_block_out_channels")
                                             ? json.integers("decoder_block_out_channels", width, most_levels)
                                             : std::vector<std::int64_t>{128, 256, 512, 512};
    const std::size_t levels = channels.size();
    std::vector<std::int64_t> layers =
        json.has("decoder_layers_per_block")
            ? json.integers("decoder_layers_per_block", {1, 64}, most_levels + 1)
            : std::vector<std::int64_t>{4, 3, 3, 3, 4};
    require_length(json, "decoder_layers_per_block", layers, levels + 1);
    std::vector<bool> doubles = json.has("decoder_spatio_temporal_scaling")
                                    ? json.booleans("decoder_spatio_temporal_scaling", most_levels)
                                    : std::vector<bool>{true, true, true, false};
    require_length(json, "decoder_spatio_temporal_scaling", doubles, levels);
    std::vector<bool> noise = flags(json, "decoder_inject_noise", levels + 1, false);
    std::vector<bool> residual = flags(json, "upsample_residual", levels, false);
    std::vector<std::int64_t> narrowing = json.has("upsample_factor")
                                              ? json.integers("upsample_factor", {1, 8}, most_levels)
                                              : std::vector<std::int64_t>(levels, 1);
    require_length(json, "upsample_factor", narrowing, levels);
    config.decoder_mid_layers = layers.back();
    config.decoder_mid_noise = noise.back();
    std::int64_t before = channels.back();
    for (std::size_t level = levels; level-- > 0;) {
        const UpLevel up{
            .in = before / narrowing[level],
            .out = channels[level] / narrowing[level],
            .layers = layers[level],
            .doubles = doubles[level],
            .residual = residual[level],
            .narrowing = narrowing[level],
            .inject_noise = noise[level],
        };
        if (up.doubles ? 8 % up.narrowing != 0 : up.narrowing != 1) {
            json.fail("\"upsample_factor\" holds a value that doubling can't divide the channels by.");
        }
        if (config.timestep_conditioning && up.in != up.out) {
            json.fail("with \"timestep_conditioning\" each level must halve \"decoder_block_out_channels\".");
        }
        before = up.out;
        config.up.push_back(up);
    }
}

Halving read_halving(const JsonConfig& json, const std::string& name) {
    if (name == "conv") {
        return Halving::convolution;
    }
    if (name == "spatial") {
        return Halving::spatial;
    }
    if (name == "temporal") {
        return Halving::temporal;
    }
    if (name == "spatiotemporal") {
        return Halving::spatiotemporal;
    }
    json.fail("\"downsample_type\" holds \"" + name + "\", which is not supported.");
}

void read_encoder(const JsonConfig& json, VaeConfig& config) {
    const std::vector<std::int64_t> channels = json.integers("block_out_channels", width, most_levels);
    const std::vector<std::string> types = json.texts("down_block_types");
    const bool later = !types.empty() && types.back() == "LTXVideo095DownBlock3D";
    if (!std::ranges::all_of(types, [&](const std::string& type) {
            return type == (later ? "LTXVideo095DownBlock3D" : "LTXVideoDownBlock3D");
        })) {
        json.fail("\"down_block_types\" must hold LTXVideoDownBlock3D or LTXVideo095DownBlock3D only.");
    }
    const std::size_t levels = channels.size() - (later ? 1 : 0);
    if (!types.empty()) {
        require_length(json, "down_block_types", types, levels);
    }
    const std::vector<std::int64_t> layers = json.integers("layers_per_block", {1, 64}, most_levels + 1);
    require_length(json, "layers_per_block", layers, levels + 1);
    const std::vector<bool> halves = flags(json, "spatio_temporal_scaling", levels, true);
    const std::vector<std::string> kinds = json.has("downsample_type")
                                               ? json.texts("downsample_type")
                                               : std::vector<std::string>(levels, "conv");
    if (later) {
        require_length(json, "downsample_type", kinds, levels);
    }
    config.encoder_mid_layers = layers.back();
    for (std::size_t level = 0; level < levels; ++level) {
        const std::int64_t out = channels[std::min(level + 1, channels.size() - 1)];
        const Halving kind = later ? read_halving(json, kinds[level]) : Halving::convolution;
        config.down.push_back(
            {.in = channels[level],
             .out = out,
             .layers = layers[level],
             .halving = halves[level] ? kind : Halving::none,
             .widens_last = !later && channels[level] != out}
        );
    }
}

} // namespace

std::int64_t places_of(Halving halving) {
    switch (halving) {
    case Halving::none:
        return 1;
    case Halving::temporal:
        return 2;
    case Halving::spatial:
        return 4;
    case Halving::convolution:
    case Halving::spatiotemporal:
        return 8;
    }
    return 1;
}

std::int64_t VaeConfig::frame_stride() const {
    return std::int64_t{1} << std::ranges::count(up, true, &UpLevel::doubles);
}

std::int64_t VaeConfig::pixel_stride() const {
    return patch_size * frame_stride();
}

VaeConfig read_vae_config(const JsonConfig& json) {
    json.require("_class_name", {"AutoencoderKLLTXVideo"});
    VaeConfig config;
    config.latent_channels = json.integer("latent_channels", {1, 4096});
    config.patch_size = json.integer("patch_size", {1, 16}, 4);
    if (json.integer("patch_size_t", {1, 16}, 1) != 1) {
        json.fail("\"patch_size_t\" must be 1.");
    }
    for (const char* const key : {"in_channels", "out_channels"}) {
        if (json.integer(key, width, 3) != 3) {
            json.fail("\"" + std::string(key) + "\" must be 3.");
        }
    }
    config.timestep_conditioning = json.boolean("timestep_conditioning", false);
    if (!json.boolean("encoder_causal", true)) {
        json.fail("\"encoder_causal\" must be true.");
    }
    config.decoder_causal = json.boolean("decoder_causal", false);
    config.scaling_factor = json.number("scaling_factor", {1e-6, 1e6}, 1.0);
    config.norm_eps = json.number("resnet_norm_eps", {0.0, 1.0}, 1e-6);
    read_decoder(json, config);
    read_encoder(json, config);
    const auto must_be = [&](const char* key, std::int64_t made) {
        if (json.has(key) && json.integer(key, width) != made) {
            json.fail(
                "\"" + std::string(key) + "\" must be " + std::to_string(made) + ", which the levels make."
            );
        }
    };
    must_be("spatial_compression_ratio", config.pixel_stride());
    must_be("temporal_compression_ratio", config.frame_stride());
    return config;
}

} // namespace rushes::ltx
