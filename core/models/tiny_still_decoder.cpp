#include "models/tiny_still_decoder.h"

#include "base/error.h"
#include "base/json_config.h"
#include "models/pixels.h"
#include "models/tiny_layers.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace rushes {
namespace {

constexpr std::int64_t colours = 3;

} // namespace

class TinyStillStream final : public LatentDecoder {
public:
    explicit TinyStillStream(std::shared_ptr<const TinyStillDecoder> tiny) : tiny_(std::move(tiny)) {}

    at::Tensor decode_next(const at::Tensor& latent, std::stop_token stop, const ShareDone& done) override {
        const at::InferenceMode no_gradients;
        if (latent.dim() != 5 || latent.size(0) != 1 || latent.size(1) != tiny_->channels_) {
            throw Error(
                ErrorKind::bug,
                "The tiny decoder takes latents of " + std::to_string(tiny_->channels_) + " channels."
            );
        }
        at::Tensor x = tiny_->in_.forward(tiny_features(latent, tiny_->options_), stop).relu_();
        const auto& stages = tiny_->stages_;
        for (std::size_t i = 0; i < stages.size(); ++i) {
            for (const auto& block : stages[i].blocks) {
                x = through(block, x, stop);
            }
            x = stages[i].out.forward(i + 1 < stages.size() ? enlarged(x) : x, stop);
            if (done) {
                done(static_cast<double>(i + 1) / static_cast<double>(stages.size()));
            }
        }
        return bytes_of_levels(x);
    }

private:
    static at::Tensor
    through(const std::vector<Convolution>& block, const at::Tensor& x, const std::stop_token& stop) {
        at::Tensor y = block[0].forward(x, stop).relu_();
        y = block[1].forward(y, stop).relu_();
        return block[2].forward(y, stop).add_(x).relu_();
    }

    std::shared_ptr<const TinyStillDecoder> tiny_;
};

TinyStillDecoder::TinyStillDecoder(
    std::int64_t channels,
    const std::vector<std::int64_t>& widths,
    const std::vector<std::int64_t>& blocks,
    const Weights& layers
)
    : channels_(channels),
      options_(at::TensorOptions().device(layers.device()).dtype(layers.dtype())),
      in_(tiny_convolution(layers[std::int64_t{0}], channels, widths.front())) {
    std::int64_t place = 2; // after the first convolution and its activation
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        const bool last = i + 1 == blocks.size();
        const std::int64_t width = widths[i];
        std::vector<Block> stage;
        for (std::int64_t n = 0; n < blocks[i]; ++n) {
            const Weights convolutions = layers[place++]["conv"];
            Block block;
            for (const std::int64_t layer : {0, 2, 4}) {
                block.push_back(tiny_convolution(convolutions[layer], width, width));
            }
            stage.push_back(std::move(block));
        }
        place += last ? 0 : 1; // the enlargement
        stages_.push_back(
            {std::move(stage), tiny_convolution(layers[place++], width, last ? colours : width, last)}
        );
    }
}

std::shared_ptr<const TinyStillDecoder> TinyStillDecoder::load(
    const std::filesystem::path& directory, std::int64_t channels, const WeightOptions& options
) {
    const JsonConfig json =
        JsonConfig::read(directory / "config.json", directory.filename().string() + "/config.json");
    json.require("_class_name", {"AutoencoderTiny"});
    json.require("act_fn", {"relu"});
    const std::vector<std::int64_t> widths = json.integers("decoder_block_out_channels", {1, 4096}, 8);
    const std::vector<std::int64_t> blocks = json.integers("num_decoder_blocks", {0, 64}, 8);
    if (widths.size() != blocks.size() || !std::ranges::all_of(widths, [&](auto width) {
            return width == widths.front(); // each stage hands its own width on
        })) {
        json.fail("the stages of the decoder must be as many as its numbers of blocks, and of one width.");
    }
    if (json.integer("upsampling_scaling_factor", {1, 16}, 2) != 2 ||
        json.text("upsample_fn", "nearest") != "nearest" ||
        json.integer("out_channels", {1, 16}, 3) != colours) {
        json.fail("only a decoder to RGB whose stages double the picture is supported.");
    }
    if (const std::int64_t found = json.integer("latent_channels", {1, 4096}); found != channels) {
        json.fail(
            "it is for latents of " + std::to_string(found) + " channels, the model's have " +
            std::to_string(channels) + "."
        );
    }
    const WeightStore store(directory, options);
    std::shared_ptr<const TinyStillDecoder> tiny(
        new TinyStillDecoder(channels, widths, blocks, store.root()["decoder"]["layers"])
    );
    store.expect_all_used(std::array<std::string_view, 1>{"encoder"});
    return tiny;
}

std::unique_ptr<LatentDecoder> TinyStillDecoder::decoder() const {
    return std::make_unique<TinyStillStream>(shared_from_this());
}

} // namespace rushes
