#include "models/wan/encode_cost.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace rushes::wan {

namespace {

/// Calls visit(level, positions, in, out): what part of a pixel's grid a level has, and its channels.
template <typename Visit>
void each_level(const VaeConfig& vae, const Visit& visit) {
    const std::vector<std::int64_t> channels = vae.encoder_channels();
    double positions = 1.0 / static_cast<double>(vae.patch_size * vae.patch_size);
    for (std::size_t level = 0; level < vae.levels(); ++level) {
        visit(
            level, positions, static_cast<double>(channels[level]), static_cast<double>(channels[level + 1])
        );
        if (vae.resamples(level)) {
            positions /= 4;
        }
    }
}

double encode_flop_per_pixel(const VaeConfig& vae) {
    double flop = 0;
    double frames = 1;
    each_level(vae, [&](std::size_t level, double positions, double in, double out) {
        const double convolutions = 2.0 * static_cast<double>(vae.num_res_blocks) - 1;
        flop += frames * positions * 2 * 27 * (in * out + convolutions * out * out);
        frames /= vae.halves_time(level) ? 2 : 1;
    });
    return flop;
}

double encode_bytes_per_pixel(const VaeConfig& vae) {
    constexpr double frames_at_once = 4;
    constexpr double numbers = frames_at_once * 3; // of the pixels that are encoded at once
    double kept = 0;
    // The first layer: its input for each of three frames of the kernel, and its result.
    const double base =
        static_cast<double>(vae.base_dim) / static_cast<double>(vae.patch_size * vae.patch_size);
    double widest = 4 * numbers + frames_at_once * base;
    each_level(vae, [&](std::size_t /*level*/, double positions, double in, double out) {
        const double convolutions = 2.0 * static_cast<double>(vae.num_res_blocks) - 1;
        kept += positions * 2 * (in + convolutions * out);
        // A residual block: what came in, the first convolution's result, the second's input with two past
        // frames, and its result.
        widest = std::max(widest, positions * (frames_at_once * (in + 3 * out) + 2 * out));
    });
    return 4 * (2 * numbers + kept + widest); // the pixels as they came, and as the network takes them
}

double image_encoder_flop(const ClipVisionConfig& c) {
    const auto d = static_cast<double>(c.hidden_size);
    const auto tokens = static_cast<double>(c.tokens());
    const double layer = 4 * d * d + 2 * d * static_cast<double>(c.intermediate_size) + 2 * d * tokens;
    return 2 * tokens * static_cast<double>(c.layers - 1) * layer;
}

StoredWeights image_encoder_of(const ComponentWeights& weights) {
    const auto found = weights.find("image_encoder");
    return found == weights.end() ? StoredWeights() : StoredWeights(found->second);
}

bool is_encoder_key(std::string_view key) {
    return key.starts_with("encoder.") || key.starts_with("quant_conv.");
}

bool stays(const LoadOptions& options) {
    return options.residency == Residency::all;
}

} // namespace

PictureCost::PictureCost(const PipelineConfig& config, const VaeConfig& vae, const ComponentWeights& weights)
    : way_(config.picture),
      image_encoder_config_(config.image_encoder),
      pictures_(config.needs_last_picture() ? 2 : 1),
      flop_(encode_flop_per_pixel(vae)),
      bytes_(encode_bytes_per_pixel(vae)),
      encoder_(weights.at("vae"), is_encoder_key),
      image_encoder_(image_encoder_of(weights)) {}

/// fp32 in any case; on the CPU once more, rearranged for oneDNN (nn/convolution.cpp).
double PictureCost::encoder_bytes(const LoadOptions& options) const {
    return options.device_of("vae") == options.device ? encoder_.bytes(4) * (on_cpu(options) ? 2 : 1) : 0;
}

void PictureCost::add_resident(std::vector<ResidentWeights>& resident, const LoadOptions& options) const {
    if (!stays(options) || way_ == PictureWay::none) {
        return;
    }
    resident.push_back({"vae", encoder_bytes(options)});
    if (image_encoder_config_ && options.device_of("image_encoder") == options.device) {
        resident.push_back({"image_encoder", image_encoder_.bytes(4)});
    }
}

PhaseCost
PictureCost::with_image_encoder(PhaseCost text, const Pass& pass, const LoadOptions& options) const {
    if (!serves(pass) || !image_encoder_config_) {
        return text;
    }
    text.flop += pictures_ * image_encoder_flop(image_encoder_config_->network);
    if (!stays(options) && options.device_of("image_encoder") == options.device) { // after the text encoder
        text.bytes = std::max(text.bytes, image_encoder_.bytes(4));
    }
    return text;
}

PhaseCost PictureCost::encode(const Pass& pass, const LoadOptions& options) const {
    if (!serves(pass)) {
        return {};
    }
    const bool control = way_ == PictureWay::control;
    const bool beside = control || way_ == PictureWay::channels;
    const double pixels = double(pass.width) * pass.height;
    // Four frames of grey, and those with the last picture at their end.
    const double grey = beside ? 2 * 4 * 3 * sizeof(float) : 0;
    const double clips = control && pass.start == PassStart::inputs ? 2 : 1; // what is given, and what is not
    return {
        .flop = pixels * (beside ? clips * pass.frames : 1) * flop_,
        .bytes = pixels * (bytes_ + grey) + (stays(options) ? 0 : encoder_bytes(options)),
    };
}

double PictureCost::tokens() const {
    return image_encoder_config_ ? pictures_ * static_cast<double>(image_encoder_config_->network.tokens())
                                 : 0;
}

} // namespace rushes::wan
