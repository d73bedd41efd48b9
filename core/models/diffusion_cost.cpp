#include "models/diffusion_cost.h"

#include "models/residency.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace rushes {

namespace {

constexpr double text_pieces = 77;
constexpr double window_stride = 4; // frames from one window to the next (unet/motion_module.h)

/// Multiply-adds of one forward for one position of the level, and what grows with the clip.
struct LevelWork {
    double linear = 0;      ///< convolutions and linear layers
    double over_pixels = 0; ///< of attention, for each other pixel of the frame
    double over_frames = 0; ///< of motion's attention, for each other frame in sight
    double windowed = 0;    ///< of what motion does once for each window that a frame lies in

    void add_resnet(double in, double out) {
        linear += 9 * in * out + 9 * out * out + (in == out ? 0 : in * out);
    }

    /// In each layer query, key, value and output, the text's query and output, and the feed-forward layer of
    /// four times the width twice over; and the projections in and out.
    void add_transformer(double c, double layers) {
        linear += (layers * (4 + 2 + 12) + 2) * c * c + layers * 2 * text_pieces * c;
        over_pixels += layers * 2 * c;
    }

    void add_motion(double c) {
        linear += (12 + 2) * c * c;
        windowed += 8 * c * c;
        over_frames += 4 * c;
    }
};

/// The work at each size of the picture, the largest first.
std::vector<LevelWork> unet_work(const UNetConfig& unet) {
    const std::size_t blocks = unet.blocks();
    std::vector<LevelWork> levels(blocks);
    const auto layer = [&](std::size_t block, double in, bool attention) {
        const auto c = static_cast<double>(unet.block_channels[block]);
        levels[block].add_resnet(in, c);
        if (attention) {
            levels[block].add_transformer(c, static_cast<double>(unet.transformer_layers[block]));
        }
        if (unet.motion) {
            levels[block].add_motion(c);
        }
    };
    std::vector<double> kept{static_cast<double>(unet.block_channels.front())};
    double channels = kept.front();
    for (std::size_t block = 0; block < blocks; ++block) {
        for (std::int64_t i = 0; i < unet.layers_per_block; ++i) {
            layer(block, channels, unet.down_attention[block]);
            channels = static_cast<double>(unet.block_channels[block]);
            kept.push_back(channels);
        }
        if (block + 1 < blocks) {
            levels[block + 1].linear += 9 * channels * channels;
            kept.push_back(channels);
        }
    }
    layer(blocks - 1, channels, true);
    levels.back().add_resnet(channels, channels);
    for (std::size_t step = 0; step < blocks; ++step) {
        const std::size_t block = blocks - 1 - step;
        for (std::int64_t i = 0; i < unet.layers_per_block + 1; ++i) {
            layer(block, channels + kept.back(), unet.up_attention[step]);
            kept.pop_back();
            channels = static_cast<double>(unet.block_channels[block]);
        }
        if (block > 0) {
            levels[block].linear += 16 * channels * channels; // 2x2 kernels for four pixels each
        }
    }
    return levels;
}

/// Multiply-adds for one pixel of the picture.
double decoder_work(const KlVaeConfig& vae) {
    double work = 0;
    double positions = 1 / static_cast<double>(vae.stride() * vae.stride());
    auto channels = static_cast<double>(vae.block_channels.back());
    work += positions * (4 * 9 + 4) * channels * channels; // the middle
    for (std::size_t level = vae.block_channels.size(); level-- > 0;) {
        const auto out = static_cast<double>(vae.block_channels[level]);
        LevelWork of_level;
        for (std::int64_t i = 0; i < vae.layers_per_block + 1; ++i) {
            of_level.add_resnet(i == 0 ? channels : out, out);
        }
        work += positions * of_level.linear;
        if (level > 0) {
            work += positions * 16 * out * out;
            positions *= 4;
        }
        channels = out;
    }
    return work;
}

class Cost {
public:
    Cost(DiffusionShape shape, const ComponentWeights& weights)
        : shape_(std::move(shape)),
          levels_(unet_work(shape_.unet)),
          decoder_(weights.at("vae"), is_decoder_key) {
        for (const auto& [component, index] : weights) {
            if (component.starts_with("text_encoder")) {
                text_encoders_.emplace(component, StoredWeights(index));
            } else if (component != "vae") { // the UNet, and motion modules beside it
                networks_.emplace(component, StoredWeights(index));
            }
        }
    }

    RunCost operator()(const Pass& pass, const LoadOptions& options) const {
        RunCost cost;
        const double number = number_bytes(options.dtype);
        for (const auto& [component, weights] : networks_) {
            cost.resident.push_back({component, weights.bytes(number, options.fp8_weights)});
        }
        cost.resident.push_back({"vae", decoder_.bytes(4)});
        for (const auto& [component, weights] : text_encoders_) {
            if (!clip_stays(options, shape_.unet.motion.has_value())) {
                cost.text.bytes += weights.bytes(number);
            } else if (options.device_of(component) == options.device) {
                cost.resident.push_back({component, weights.bytes(number)});
            }
            cost.text.flop += 2 * 2 * text_pieces * weights.floats();
        }
        const double stride = static_cast<double>(shape_.vae.stride());
        const double pixels = pass.width / stride * (pass.height / stride);
        const double sides = pass.guided() && shape_.unet.guidance_dim == 0 ? 2 : 1;
        cost.denoise.flop = pass.steps * sides * forward_flop(pixels, pass.frames);
        cost.denoise.bytes = sides * pixels * pass.frames * bytes_a_position(number);
        cost.decode = kl_decode_cost(shape_.vae, pass);
        return cost;
    }

private:
    double forward_flop(double pixels, double frames) const {
        const auto window = static_cast<double>(shape_.window);
        const bool windows = window > 0 && frames > window;
        const double seen = windows ? window : frames;
        const double times =
            windows ? (std::ceil((frames - window) / window_stride) + 1) * window / frames : 1;
        double work = 0;
        for (const LevelWork& level : levels_) {
            work += pixels * frames *
                    (level.linear + level.over_pixels * pixels +
                     times * (level.windowed + level.over_frames * seen));
            pixels /= 4;
        }
        return 2 * work;
    }

    /// What the way down keeps for the way up, and at the largest size the feed-forward layer's numbers.
    double bytes_a_position(double number) const {
        double kept = 0;
        double share = 1;
        for (const std::int64_t channels : shape_.unet.block_channels) {
            kept += share * double(channels) * double(shape_.unet.layers_per_block + 1);
            share /= 4;
        }
        return number * (kept + 16 * double(shape_.unet.block_channels.front()));
    }

    DiffusionShape shape_;
    std::vector<LevelWork> levels_;
    std::map<std::string, StoredWeights> networks_;
    std::map<std::string, StoredWeights> text_encoders_;
    StoredWeights decoder_;
};

} // namespace

PhaseCost kl_decode_cost(const KlVaeConfig& vae, const Pass& pass) {
    const Tiling tiling = vae.tiling();
    const bool tiles = pass.decode == DecodeWay::tiles;
    const double picture = double(pass.width) * pass.height;
    const double at_once = tiles ? tiling.largest(pass.width, pass.height) : picture;
    // At the first block of the full size: what comes in, what its norm makes of that, and what goes out.
    const std::vector<std::int64_t>& channels = vae.block_channels;
    const auto numbers = static_cast<double>(
        2 * channels.at(std::min<std::size_t>(1, channels.size() - 1)) + channels.front()
    );
    const double finished = picture * static_cast<double>(vae.out_channels);
    return {
        .flop = 2 * picture * pass.frames * decoder_work(vae) *
                (tiles ? tiling.overlap(pass.width, pass.height) : 1),
        .bytes = 4 * std::max(at_once * numbers + finished, 2 * finished)
    };
}

CostOfPass diffusion_cost(DiffusionShape shape, const ComponentWeights& weights) {
    return Cost(std::move(shape), weights);
}

} // namespace rushes
