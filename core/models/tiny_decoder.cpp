#include "models/tiny_decoder.h"

#include "base/error.h"
#include "models/pixels.h"
#include "models/tiny_layers.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace rushes {
namespace {

constexpr std::int64_t blocks_a_step = 3;
constexpr std::int64_t colours = 3;
// Where the layers with weights stand in the sequence "decoder": conv_in, then for each step three blocks, an
// enlargement without weights, the growth in time and a convolution; an activation without weights; conv_out.
constexpr std::int64_t in_place = 1;
constexpr std::int64_t first_step_place = 3;
constexpr std::int64_t step_places = blocks_a_step + 3;
constexpr std::int64_t out_place = first_step_place + 3 * step_places + 1;

std::int64_t step_place(std::size_t step) {
    return first_step_place + static_cast<std::int64_t>(step) * step_places;
}

[[noreturn]] void refuse(const std::string& what, const std::string& problem) {
    throw Error(ErrorKind::user, "'" + what + "' is no tiny decoder for this model: " + problem + ".");
}

std::vector<std::int64_t>
shape_of(const WeightIndex& index, const std::string& key, const std::string& what) {
    const auto place = index.places.find(key);
    if (place == index.places.end()) {
        refuse(what, "it has no '" + key + "'");
    }
    const auto& shape = index.files[place->second.file].header.tensors[place->second.tensor].shape;
    if (shape.size() != 4) {
        refuse(what, "'" + key + "' is no convolution over pictures");
    }
    return {shape.begin(), shape.end()};
}

/// Of more frames than are wanted, the weights of the last ones.
Convolution growth(const Weights& weights, std::int64_t width, std::int64_t stored, std::int64_t wanted) {
    const at::Tensor weight = weights.tensor("weight", {width * stored, width, 1, 1});
    return {
        {.in = width, .out = width * wanted}, weight.narrow(0, width * (stored - wanted), width * wanted), {}
    };
}

/// [T, h, w, n * C] -> [n * T, h, w, C]: channels become frames.
at::Tensor unfolded(const at::Tensor& x, std::int64_t frames) {
    if (frames == 1) {
        return x;
    }
    const auto t = x.size(0);
    const auto h = x.size(1);
    const auto w = x.size(2);
    const auto c = x.size(3) / frames;
    return x.view({t, h, w, frames, c}).permute({0, 3, 1, 2, 4}).reshape({t * frames, h, w, c});
}

/// [T, h, w, 3 p p] -> [T, p h, p w, 3]: pixel_shuffle.
at::Tensor shuffled(const at::Tensor& x, std::int64_t patch) {
    if (patch == 1) {
        return x;
    }
    const auto t = x.size(0);
    const auto h = x.size(1);
    const auto w = x.size(2);
    return x.view({t, h, w, colours, patch, patch})
        .permute({0, 1, 4, 2, 5, 3})
        .reshape({t, h * patch, w * patch, colours});
}

} // namespace

TinyDecoderConfig
read_tiny_decoder_config(const WeightIndex& index, const LatentKind& latents, const std::string& what) {
    TinyDecoderConfig config;
    const auto in = shape_of(index, "decoder." + std::to_string(in_place) + ".weight", what);
    config.latent_channels = in[1];
    config.widths[0] = in[0];
    std::int64_t wanted = latents.frame_stride;
    for (std::size_t step = 3; step-- > 0;) {
        const std::int64_t place = step_place(step) + blocks_a_step + 1;
        const auto grow = shape_of(index, "decoder." + std::to_string(place) + ".conv.weight", what);
        const auto out = shape_of(index, "decoder." + std::to_string(place + 1) + ".weight", what);
        config.widths[step + 1] = out[0];
        config.stored_growth[step] = grow[1] > 0 ? grow[0] / grow[1] : 0;
        if (config.stored_growth[step] < 1 || config.stored_growth[step] > 2) {
            refuse(what, "a step makes " + std::to_string(config.stored_growth[step]) + " frames of one");
        }
        // Steps near the pixels grow first: the published files leave the first step as it is.
        config.grown[step] = std::min(config.stored_growth[step], std::max<std::int64_t>(1, wanted));
        wanted /= config.grown[step];
    }
    if (wanted > 1) {
        refuse(what, "it makes fewer frames than the model's latents stand for");
    }
    const auto out = shape_of(index, "decoder." + std::to_string(out_place) + ".weight", what);
    while (config.patch_size * config.patch_size * colours < out[0]) {
        ++config.patch_size;
    }
    if (config.patch_size * config.patch_size * colours != out[0]) {
        refuse(what, "its " + std::to_string(out[0]) + " channels of output are no pixels in colour");
    }
    if (config.latent_channels != latents.channels || config.pixel_stride() != latents.pixel_stride) {
        refuse(
            what,
            "it is for latents of " + std::to_string(config.latent_channels) + " channels and " +
                std::to_string(config.pixel_stride()) + " pixels a side, the model's have " +
                std::to_string(latents.channels) + " and " + std::to_string(latents.pixel_stride)
        );
    }
    return config;
}

MemoryBlock::MemoryBlock(const Weights& weights, std::int64_t width) {
    const Weights layers = weights["conv"];
    convolutions_.push_back(tiny_convolution(layers[std::int64_t{0}], 2 * width, width));
    convolutions_.push_back(tiny_convolution(layers[2], width, width));
    convolutions_.push_back(tiny_convolution(layers[4], width, width));
}

at::Tensor MemoryBlock::forward(const at::Tensor& x, at::Tensor& past, const std::stop_token& stop) const {
    const std::int64_t last = x.size(0) - 1;
    const at::Tensor before = past.defined() ? past : at::zeros_like(x.narrow(0, 0, 1));
    const at::Tensor shifted = last == 0 ? before : at::cat({before, x.narrow(0, 0, last)});
    at::Tensor y = at::cat({x, shifted}, 3);
    for (std::size_t i = 0; i < convolutions_.size(); ++i) {
        y = convolutions_[i].forward(y, stop);
        if (i + 1 < convolutions_.size()) {
            y = y.relu_();
        }
    }
    past = x.narrow(0, last, 1).clone(); // a view would keep the whole piece
    return y.add_(x).relu_();
}

double MemoryBlock::work() const {
    double work = 0;
    for (const Convolution& convolution : convolutions_) {
        work += convolution.work();
    }
    return work;
}

class TinyDecodeStream final : public LatentDecoder {
public:
    explicit TinyDecodeStream(std::shared_ptr<const TinyDecoder> tiny) : tiny_(std::move(tiny)) {
        past_.resize(tiny_->steps_.size() * blocks_a_step);
    }

    at::Tensor decode_next(const at::Tensor& latent, std::stop_token stop, const ShareDone& done) override {
        const at::InferenceMode no_gradients;
        const TinyDecoderConfig& config = tiny_->config_;
        if (latent.dim() != 5 || latent.size(0) != 1 || latent.size(1) != config.latent_channels ||
            latent.size(2) != 1) {
            throw Error(
                ErrorKind::bug,
                "The tiny decoder takes one latent frame of " + std::to_string(config.latent_channels) +
                    " channels at a time."
            );
        }
        at::Tensor x = tiny_->in_.forward(tiny_features(latent, tiny_->options_), stop).relu_();
        WorkDone counted{done, total_work()};
        for (std::size_t step = 0; step < tiny_->steps_.size(); ++step) {
            x = run_step(step, x, stop, counted);
        }
        x = tiny_->out_.forward(x.relu_(), stop);
        const at::Tensor pixels = shuffled(x, config.patch_size);
        // The frames of the first latent that lie before the clip.
        const std::int64_t before = first_ ? config.frame_stride() - 1 : 0;
        first_ = false;
        return bytes_of_levels(pixels.narrow(0, before, pixels.size(0) - before));
    }

private:
    struct WorkDone {
        const ShareDone& done;
        double all = 1;
        double sum = 0;

        void add(double work) {
            sum += work;
            if (done) {
                done(std::min(1.0, sum / all));
            }
        }
    };

    at::Tensor run_step(std::size_t step, at::Tensor x, const std::stop_token& stop, WorkDone& counted) {
        const TinyDecoder::Step& layers = tiny_->steps_[step];
        const auto positions = static_cast<double>(x.size(0));
        for (std::size_t i = 0; i < layers.blocks.size(); ++i) {
            x = layers.blocks[i].forward(x, past_[step * blocks_a_step + i], stop);
            counted.add(positions * layers.blocks[i].work() * scale(step));
        }
        // The reference enlarges first; a 1x1 convolution gives the same numbers before, for a quarter of the
        // work.
        x = unfolded(layers.grow.forward(x, stop), tiny_->config_.grown[step]);
        return layers.out.forward(enlarged(x), stop);
    }

    /// Positions of the step for one of the latent's.
    static double scale(std::size_t step) { return static_cast<double>(std::int64_t{1} << (2 * step)); }

    double total_work() const {
        double work = 0;
        double frames = 1;
        for (std::size_t step = 0; step < tiny_->steps_.size(); ++step) {
            for (const MemoryBlock& block : tiny_->steps_[step].blocks) {
                work += frames * block.work() * scale(step);
            }
            frames *= static_cast<double>(tiny_->config_.grown[step]);
        }
        return work;
    }

    std::shared_ptr<const TinyDecoder> tiny_;
    std::vector<at::Tensor> past_; ///< of each block
    bool first_ = true;
};

TinyDecoder::TinyDecoder(TinyDecoderConfig config, const Weights& weights)
    : config_(config),
      options_(at::TensorOptions().device(weights.device()).dtype(weights.dtype())),
      in_(tiny_convolution(weights[in_place], config.latent_channels, config.widths[0])),
      out_(tiny_convolution(
          weights[out_place], config.widths[3], colours * config.patch_size * config.patch_size
      )) {
    for (std::size_t step = 0; step < config.grown.size(); ++step) {
        const std::int64_t width = config.widths[step];
        std::int64_t place = step_place(step);
        std::vector<MemoryBlock> blocks;
        for (std::int64_t i = 0; i < blocks_a_step; ++i) {
            blocks.emplace_back(weights[place++], width);
        }
        ++place; // the enlargement
        Convolution grow =
            growth(weights[place]["conv"], width, config.stored_growth[step], config.grown[step]);
        Convolution out =
            tiny_convolution(weights[place + 1], width, config.widths[step + 1], /*bias=*/false);
        steps_.push_back({std::move(blocks), std::move(grow), std::move(out)});
    }
}

std::shared_ptr<const TinyDecoder> TinyDecoder::load(
    const std::filesystem::path& source, const LatentKind& latents, const WeightOptions& options
) {
    const TinyDecoderConfig config =
        read_tiny_decoder_config(index_weights(source), latents, source.string());
    const WeightStore store(source, options);
    std::shared_ptr<const TinyDecoder> decoder(new TinyDecoder(config, store.root()["decoder"]));
    store.expect_all_used(std::array<std::string_view, 1>{"encoder"});
    return decoder;
}

std::unique_ptr<LatentDecoder> TinyDecoder::decoder() const {
    return std::make_unique<TinyDecodeStream>(shared_from_this());
}

} // namespace rushes
