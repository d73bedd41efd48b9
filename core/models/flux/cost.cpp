#include "models/flux/cost.h"

#include "models/diffusion_cost.h"

namespace rushes::flux {

namespace {

class Cost {
public:
    Cost(const PipelineConfig& config, const ComponentWeights& weights)
        : config_(config),
          transformer_(weights.at("transformer")),
          decoder_(weights.at("vae"), is_decoder_key),
          pooled_text_(weights.at("text_encoder")),
          text_encoder_(weights.at("text_encoder_2")) {}

    RunCost operator()(const Pass& pass, const LoadOptions& options) const {
        const double size = number_bytes(options.dtype);
        const double side = static_cast<double>(patch * config_.vae.stride());
        const double tokens = pass.width / side * (pass.height / side) + text_tokens;
        RunCost cost;
        cost.resident.push_back({"transformer", transformer_.bytes(size, options.fp8_weights)});
        cost.resident.push_back({"vae", decoder_.bytes(4)});
        cost.resident.push_back({"pooled text", pooled_text_.bytes(size)});
        text_encoder_.add_resident(cost.resident, options);
        cost.text = text_encoder_.phase(options);
        cost.denoise.flop = pass.steps * forward_flop(tokens);
        cost.denoise.bytes = tokens * (size * 14 + 4 * 3) * static_cast<double>(config_.transformer.dim());
        cost.decode = kl_decode_cost(config_.vae, pass);
        return cost;
    }

private:
    static constexpr double text_tokens = PipelineConfig::text_tokens;

    /// Of a block, for each token, four projections and a feed-forward layer of four times the width twice
    /// over; attention to every other; and what steers it, once.
    double forward_flop(double tokens) const {
        const TransformerConfig& t = config_.transformer;
        const auto d = static_cast<double>(t.dim());
        const auto layers = static_cast<double>(t.layers);
        const auto singles = static_cast<double>(t.single_layers);
        const double a_token = (layers + singles) * (12 * d * d + 2 * d * tokens);
        return 2 * (tokens * a_token + (12 * layers + 3 * singles) * d * d);
    }

    PipelineConfig config_;
    StoredWeights transformer_;
    StoredWeights decoder_;
    StoredWeights pooled_text_;
    TextEncoderCost text_encoder_;
};

} // namespace

CostOfPass cost_of(const PipelineConfig& config, const ComponentWeights& weights) {
    return Cost(config, weights);
}

} // namespace rushes::flux
