#include "models/wan/vae_config.h"

#include <algorithm>
#include <string>

namespace rushes::wan {
namespace {

constexpr std::int64_t picture_channels = 3; // red, green, blue

std::vector<double>
one_per_channel(const JsonConfig& config, const std::string& key, Range<double> range, std::int64_t z_dim) {
    std::vector<double> values = config.numbers(key, range, 1024);
    if (static_cast<std::int64_t>(values.size()) != z_dim) {
        config.fail(
            "\"" + key + "\" has " + std::to_string(values.size()) + " values for " + std::to_string(z_dim) +
            " latent channels."
        );
    }
    return values;
}

void require_equal(
    const JsonConfig& config,
    const std::string& key,
    std::int64_t found,
    std::int64_t wanted,
    const std::string& why
) {
    if (found != wanted) {
        config.fail(
            "\"" + key + "\" is " + std::to_string(found) + ", but " + why + " " + std::to_string(wanted) +
            "."
        );
    }
}

/// AvgDown3D averages groups of channels and DupUp3D repeats them: whole groups only.
void check_shortcuts(const JsonConfig& json, const VaeConfig& config) {
    const std::vector<std::int64_t> down = config.encoder_channels();
    const std::vector<std::int64_t> up = config.decoder_channels();
    for (std::size_t i = 0; i < config.levels(); ++i) {
        const std::int64_t space = config.resamples(i) ? 4 : 1;
        const std::int64_t down_factor = space * (config.halves_time(i) ? 2 : 1);
        const std::int64_t up_factor = space * (config.doubles_time(i) ? 2 : 1);
        const bool broken_up = config.resamples(i) && up[i + 1] * up_factor % up[i] != 0;
        if (down[i] * down_factor % down[i + 1] != 0 || broken_up) {
            json.fail("\"dim_mult\" and the base dimensions leave broken groups of channels in the shortcuts."
            );
        }
    }
}

} // namespace

std::int64_t VaeConfig::frame_stride() const {
    return std::int64_t{1} << std::count(temporal_downsample.begin(), temporal_downsample.end(), true);
}

std::int64_t VaeConfig::pixel_stride() const {
    return patch_size << (levels() - 1);
}

std::vector<std::int64_t> VaeConfig::encoder_channels() const {
    std::vector<std::int64_t> channels = {base_dim};
    for (const std::int64_t mult : dim_mult) {
        channels.push_back(base_dim * mult);
    }
    return channels;
}

std::vector<std::int64_t> VaeConfig::decoder_channels() const {
    std::vector<std::int64_t> channels = {decoder_base_dim * dim_mult.back()};
    for (auto mult = dim_mult.rbegin(); mult != dim_mult.rend(); ++mult) {
        channels.push_back(decoder_base_dim * *mult);
    }
    return channels;
}

VaeConfig read_vae_config(const JsonConfig& json) {
    constexpr Range<std::int64_t> width = {1, 8192};
    json.require("_class_name", {"AutoencoderKLWan"});

    VaeConfig config;
    config.base_dim = json.integer("base_dim", width);
    config.decoder_base_dim = json.integer("decoder_base_dim", width, config.base_dim);
    config.z_dim = json.integer("z_dim", {1, 1024});
    config.dim_mult = json.integers("dim_mult", {1, 64}, 8);
    config.num_res_blocks = json.integer("num_res_blocks", {1, 64});
    config.temporal_downsample = json.booleans("temperal_downsample", 8);
    config.latents_mean = one_per_channel(json, "latents_mean", {-1e6, 1e6}, config.z_dim);
    config.latents_std = one_per_channel(json, "latents_std", {1e-6, 1e6}, config.z_dim);
    config.is_residual = json.boolean("is_residual", false);
    config.patch_size = json.integer("patch_size", {1, 16}, 1);
    config.in_channels = json.integer("in_channels", width, picture_channels);
    config.out_channels = json.integer("out_channels", width, picture_channels);

    if (!json.texts("attn_scales").empty()) {
        json.fail("\"attn_scales\" must be empty: attention between the levels is not supported.");
    }
    if (config.temporal_downsample.size() + 1 != config.levels()) {
        json.fail(
            "\"temperal_downsample\" has " + std::to_string(config.temporal_downsample.size()) +
            " values for the " + std::to_string(config.levels() - 1) +
            " steps between the levels of \"dim_mult\"."
        );
    }
    if (config.frame_stride() > 4) {
        json.fail("\"temperal_downsample\" halves the frame rate more than twice, but clips are encoded 4 "
                  "frames at a time.");
    }
    const std::int64_t pixels = picture_channels * config.patch_size * config.patch_size;
    require_equal(json, "in_channels", config.in_channels, pixels, "RGB with this \"patch_size\" makes");
    require_equal(json, "out_channels", config.out_channels, pixels, "RGB with this \"patch_size\" makes");
    require_equal(
        json,
        "scale_factor_temporal",
        json.integer("scale_factor_temporal", width, 4),
        config.frame_stride(),
        "the levels make"
    );
    require_equal(
        json,
        "scale_factor_spatial",
        json.integer("scale_factor_spatial", width, 8),
        config.pixel_stride(),
        "the levels make"
    );
    if (config.is_residual) {
        check_shortcuts(json, config);
    }
    return config;
}

} // namespace rushes::wan
