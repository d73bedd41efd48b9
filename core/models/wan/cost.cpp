#include "models/wan/cost.h"

#include "models/wan/encode_cost.h"
#include "nn/cpu/attention.h"

#include <algorithm>
#include <thread>

namespace rushes::wan {
namespace {

constexpr double most_text_tokens = 512;

/// Up to this many tokens both prompts go through the transformer side by side (denoising.cpp).
constexpr double most_tokens_side_by_side = 2048;

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

/// Of a number of the VAE (vae_dtype() of pipeline.cpp).
double vae_number_bytes(const LoadOptions& options) {
    return options.device_of("vae") == "cpu" ? 4 : number_bytes(options.dtype);
}

/// What is kept, and the features that a residual block of the finest level holds at once, in numbers: what
/// came in, the first convolution's result, the second's input with two past frames, and its result; or,
/// where more channels come in than go out, the first convolution's input in their place. Where they go
/// through it by fewer frames at once, all of them wait before it at half the width and height. Small
/// networks hold the most when pictures become bytes: as they are, once more in fp32, and the bytes; or, of
/// tiles, which do so in main memory, when frames are laid together.
double
decode_numbers_per_pixel(const VaeConfig& vae, std::int64_t frames_at_once, double picture_copies = 3.5) {
    const auto in = static_cast<double>(vae.decoder_input(vae.levels() - 1));
    const auto out = static_cast<double>(vae.decoder_channels().back());
    const auto frames = static_cast<double>(frames_at_once);
    const double first = frames * (in + in + out) + 2 * in;
    const double second = frames * (in + out + out + out) + 2 * out;
    const double all_frames = static_cast<double>(vae.frame_stride());
    const double waiting = frames < all_frames ? all_frames * in / 4 : 0;
    const double pictures = picture_copies * all_frames * static_cast<double>(vae.out_channels);
    return kept_per_pixel(vae) + std::max(std::max(first, second) + waiting, pictures) /
                                     static_cast<double>(vae.patch_size * vae.patch_size);
}

/// Kept in fp32 whatever the type of the rest (transformer.h).
bool is_wide(std::string_view key) {
    for (const char* const name : {"time_embedder", "scale_shift_table", "norm2", "image_embedder.norm1"}) {
        if (key.find(name) != std::string_view::npos) {
            return true;
        }
    }
    return false;
}

constexpr double slots = 2; ///< of blocks on a card while they are streamed (nn/block_stream.h)

/// The tables of all blocks are one tensor, which stays.
bool is_streamed(std::string_view key) {
    return (key.starts_with("blocks.") || key.starts_with("vace_blocks.")) &&
           key.find("scale_shift_table") == std::string_view::npos;
}

struct TransformerWeights {
    TransformerConfig config;
    StoredWeights wide; ///< fp32 in any case
    StoredWeights others;
    StoredWeights wide_blocks; ///< of the two, what lies in the blocks
    StoredWeights blocks;

    TransformerWeights(const TransformerConfig& c, const WeightIndex& index)
        : config(c),
          wide(index, is_wide),
          others(index, [](std::string_view key) { return !is_wide(key); }),
          wide_blocks(index, [](std::string_view key) { return is_streamed(key) && is_wide(key); }),
          blocks(index, [](std::string_view key) { return is_streamed(key) && !is_wide(key); }) {}

    /// On the device all the time.
    double resident(const LoadOptions& options) const {
        const double size = number_bytes(options.dtype);
        const bool fp8 = options.fp8_weights;
        const double all = wide.bytes(4) + others.bytes(size, fp8);
        return in_turns(options) ? all - in_blocks(options) : all;
    }

    /// On the device while it computes, beside what is there all the time.
    double in_turn(const LoadOptions& options) const {
        if (!in_turns(options)) {
            return 0;
        }
        const double layers = static_cast<double>(config.all_layers());
        const double share = options.denoiser == DenoiserPlace::streamed ? std::min(1.0, slots / layers) : 1;
        return share * in_blocks(options);
    }

    /// The largest layer's matrix while it computes, where weights stay in fewer bits until then.
    double dense_layer(const LoadOptions& options) const {
        const bool compact = options.fp8_weights || blocks.bytes(0) > 0;
        const auto d = static_cast<double>(config.dim());
        return compact
                   ? std::max(3 * d, static_cast<double>(config.ffn_dim)) * d * number_bytes(options.dtype)
                   : 0;
    }

private:
    static bool in_turns(const LoadOptions& options) {
        return options.denoiser != DenoiserPlace::resident && !on_cpu(options);
    }

    double in_blocks(const LoadOptions& options) const {
        return wide_blocks.bytes(4) + blocks.bytes(number_bytes(options.dtype), options.fp8_weights);
    }
};

/// Tokens of a pass and how they go through the transformer.
struct Tokens {
    double per_frame = 0;
    double frames = 0; ///< latent frames
    double sides = 1;  ///< prompt, and negative prompt in a guided pass

    double total() const { return per_frame * frames; }
};

class WanCost {
public:
    WanCost(const PipelineConfig& config, const VaeConfig& vae, const ComponentWeights& weights)
        : t_(config.transformer),
          causal_(config.causal),
          latent_channels_(static_cast<double>(vae.z_dim)),
          pixel_stride_(static_cast<double>(vae.pixel_stride())),
          frame_stride_(static_cast<int>(vae.frame_stride())),
          decode_flop_(decode_flop_per_pixel(vae)),
          decode_numbers_(decode_numbers_per_pixel(vae, vae.frame_stride())),
          sparing_decode_numbers_(decode_numbers_per_pixel(vae, 1)),
          tile_decode_numbers_(decode_numbers_per_pixel(vae, 1, 2)),
          tiling_(vae.tiling()),
          pictures_(config, vae, weights),
          decoder_(weights.at("vae"), is_decoder_key),
          text_encoder_(weights.at("text_encoder")) {
        transformers_.emplace_back(t_, weights.at("transformer"));
        if (config.transformer_2) {
            transformers_.emplace_back(*config.transformer_2, weights.at("transformer_2"));
        }
    }

    RunCost operator()(const Pass& pass, const LoadOptions& options) const {
        const Tokens tokens = tokens_of(pass);
        RunCost cost;
        cost.resident = resident(options);
        cost.text = pictures_.with_image_encoder(text_encoder_.phase(options), pass, options);
        cost.encode = pictures_.encode(pass, options);
        double kept = kept_bytes(tokens, options);
        for (const TransformerWeights& transformer : transformers_) {
            kept = std::max(
                kept,
                kept_bytes(tokens, options) + transformer.in_turn(options) + transformer.dense_layer(options)
            );
        }
        cost.denoise.flop = denoise_flop(pass, tokens);
        cost.denoise.bytes =
            kept + activation_bytes(tokens, options) + latent_bytes(tokens) + picture_bytes(tokens);
        cost.decode = decode(pass, options);
        // A model that makes blocks goes on with its cache; the others have let go of theirs.
        cost.decode.bytes += (causal_ ? kept : 0) + latent_bytes(tokens);
        return cost;
    }

private:
    PhaseCost decode(const Pass& pass, const LoadOptions& options) const {
        const double pixels = double(pass.width) * pass.height;
        const double flop = pixels * pass.frames * decode_flop_;
        const auto bytes = [&](double at_once, double numbers) {
            return at_once * numbers * vae_number_bytes(options);
        };
        if (pass.decode == DecodeWay::whole) {
            return {flop, bytes(pixels, decode_numbers_)};
        }
        if (pass.decode == DecodeWay::frames || causal_) {
            return {flop, bytes(pixels, sparing_decode_numbers_)};
        }
        return {
            flop * tiling_.overlap(pass.width, pass.height),
            bytes(tiling_.largest(pass.width, pass.height), tile_decode_numbers_)
        };
    }

    Tokens tokens_of(const Pass& pass) const {
        const Lattice lattice{.frame_stride = frame_stride_};
        return {
            .per_frame = pass.width / (pixel_stride_ * double(t_.patch_width)) *
                         (pass.height / (pixel_stride_ * double(t_.patch_height))),
            .frames = double(lattice.latent_frames(pass.frames)),
            .sides = pass.guided() ? 2.0 : 1.0,
        };
    }

    std::vector<ResidentWeights> resident(const LoadOptions& options) const {
        std::vector<ResidentWeights> list;
        const auto add = [&](const std::string& component, double bytes) {
            if (options.device_of(component) == options.device) {
                list.push_back({component, bytes});
            }
        };
        for (std::size_t i = 0; i < transformers_.size(); ++i) {
            add(i == 0 ? "transformer" : "transformer_2", transformers_[i].resident(options));
        }
        add("vae", decoder_.bytes(vae_number_bytes(options)));
        text_encoder_.add_resident(list, options);
        pictures_.add_resident(list, options);
        return list;
    }

    double denoise_flop(const Pass& pass, const Tokens& tokens) const {
        const auto d = static_cast<double>(t_.dim());
        const auto layers = static_cast<double>(t_.all_layers());
        // Self-attention has four D x D layers; cross-attention's keys and values are made once a prompt.
        const double a_token = 2 * layers * (6 * d * d + 2 * d * static_cast<double>(t_.ffn_dim));
        const double a_pair = 4 * d * layers;
        const auto forward = [&](double frames, double seen) {
            return frames * tokens.per_frame * (a_token + a_pair * tokens.per_frame * seen);
        };
        if (!causal_) {
            return tokens.sides * pass.steps * forward(tokens.frames, tokens.frames);
        }
        double flop = 0;
        const auto block = static_cast<double>(causal_->frames_per_block);
        for (double first = 0; first < tokens.frames; first += block) {
            const double frames = std::min(block, tokens.frames - first);
            const double seen = std::min(first + frames, static_cast<double>(causal_->local_attn_size));
            // Once more to write the cache, but for the last block.
            const double forwards = pass.steps + (first + frames < tokens.frames ? 1 : 0);
            flop += tokens.sides * forwards * forward(frames, seen);
        }
        return flop;
    }

    /// Keys and values of the text and, in a causal model, of the window: it is taken at once (kv_cache.h).
    double kept_bytes(const Tokens& tokens, const LoadOptions& options) const {
        const double text_tokens = on_cpu(options) ? usual_text_tokens : most_text_tokens;
        double numbers = 2 * (text_tokens + pictures_.tokens()) * static_cast<double>(transformers_.size());
        if (causal_) {
            const double buffers = causal_->rope == CausalConfig::Rope::relative ? 3 : 2;
            numbers += buffers * static_cast<double>(causal_->local_attn_size) * tokens.per_frame;
        }
        const double a_token = static_cast<double>(t_.all_layers()) * static_cast<double>(t_.dim());
        return tokens.sides * numbers * a_token * number_bytes(options.dtype);
    }

    /// What a layer holds at once behind its feed-forward part: the query, key and value with their product,
    /// what attention saw, the normalised input and the output beside the middle, and the stream in and out,
    /// which is fp32 whatever the type of the rest (transformer.cpp, Block::forward).
    double activation_bytes(const Tokens& tokens, const LoadOptions& options) const {
        const auto d = static_cast<double>(t_.dim());
        const double size = number_bytes(options.dtype);
        const double clip = frames_at_once(tokens) * tokens.per_frame;
        const double at_once = clip * (causal_ || clip <= most_tokens_side_by_side ? tokens.sides : 1);
        // What came in and what goes out; with a control branch, its stream and its hint.
        const double stream = 2 * 4 * d + (t_.control_layers.empty() ? 0 : (4 + size) * d);
        const double feed_forward = at_once * (size * (static_cast<double>(t_.ffn_dim) + 9 * d) + stream);
        return std::max(feed_forward, on_cpu(options) ? attention_on_cpu(tokens, at_once, size) : 0.0);
    }

    /// The stream, the fused product, query and key normed and turned, what is seen, and the room of each
    /// thread. Narrower numbers are widened for the kernel: keys and values of all that is seen, when queries
    /// and keys that were not turned yet are gone.
    double attention_on_cpu(const Tokens& tokens, double at_once, double size) const {
        const double clip = frames_at_once(tokens) * tokens.per_frame;
        const double window =
            causal_ ? std::min(tokens.frames, double(causal_->local_attn_size)) * tokens.per_frame : clip;
        const double widened = size < 4 ? 4 * 2 * at_once * window / clip : 0;
        const std::int64_t most = cpu::attention_rows(t_.head_dim);
        const std::int64_t rows = std::min(most, static_cast<std::int64_t>(clip));
        const double room = 4 * static_cast<double>(cpu::attention_room(t_.head_dim, rows));
        return static_cast<double>(t_.dim()) * (at_once * (4 + 8 * size) + widened) +
               room * static_cast<double>(std::thread::hardware_concurrency());
    }

    /// Noise, latents, estimate, and what the solver remembers; fp32.
    double latent_bytes(const Tokens& tokens) const { return 6 * latent_channels_ * channel_bytes(tokens); }

    /// The channels of pictures beside the latents, and both together.
    double picture_bytes(const Tokens& tokens) const {
        const double beside = double(t_.in_channels + t_.control_channels) - latent_channels_;
        return (beside > 0 ? 2 * beside + latent_channels_ : 0) * channel_bytes(tokens);
    }

    /// Of one channel of latents; fp32.
    double channel_bytes(const Tokens& tokens) const {
        return 4 * frames_at_once(tokens) * tokens.per_frame * double(t_.patch_height * t_.patch_width);
    }

    double frames_at_once(const Tokens& tokens) const {
        return causal_ ? std::min(tokens.frames, double(causal_->frames_per_block)) : tokens.frames;
    }

    TransformerConfig t_;
    std::optional<CausalConfig> causal_;
    std::vector<TransformerWeights> transformers_;
    double latent_channels_;
    double pixel_stride_;
    int frame_stride_;
    double decode_flop_;    ///< for a pixel of a frame
    double decode_numbers_; ///< for a pixel of one frame
    double sparing_decode_numbers_;
    double tile_decode_numbers_; ///< for a pixel of one frame of a tile
    Tiling tiling_;
    PictureCost pictures_;
    StoredWeights decoder_;
    TextEncoderCost text_encoder_;
};

} // namespace

double parameters_of(const TransformerConfig& t) {
    const auto d = static_cast<double>(t.dim());
    return static_cast<double>(t.control_layers.size()) * d * d +
           static_cast<double>(t.all_layers()) * (8 * d * d + 2 * d * static_cast<double>(t.ffn_dim)) +
           7 * d * d;
}

CostOfPass cost_of(const PipelineConfig& config, const VaeConfig& vae, const ComponentWeights& weights) {
    return WanCost(config, vae, weights);
}

} // namespace rushes::wan
