#include "models/cost_parts.h"

#include "models/residency.h"

namespace rushes {

namespace {

const std::string text_encoder = "text_encoder";

bool is_token_table(std::string_view key) {
    return key.starts_with("shared.") || key.find("embed_tokens") != std::string_view::npos;
}

} // namespace

bool on_cpu(const LoadOptions& options) {
    return options.device == "cpu";
}

bool is_decoder_key(std::string_view key) {
    return key.starts_with("decoder.") || key.starts_with("post_quant_conv.");
}

TextEncoderCost::TextEncoderCost(const WeightIndex& weights)
    : weights_(weights, [](std::string_view key) { return !is_token_table(key); }),
      file_bytes_(weights.bytes()) {}

void TextEncoderCost::add_resident(std::vector<ResidentWeights>& resident, const LoadOptions& options) const {
    if (text_encoder_stays(file_bytes_, options) && options.device_of(text_encoder) == options.device) {
        resident.push_back({text_encoder, weights_.bytes(number_bytes(options.dtype))});
    }
}

PhaseCost TextEncoderCost::phase(const LoadOptions& options) const {
    const bool read_again =
        !text_encoder_stays(file_bytes_, options) && options.device_of(text_encoder) == options.device;
    return {
        .flop = 2 * weights_.floats() * usual_text_tokens,
        .bytes = read_again ? weights_.bytes(number_bytes(options.dtype)) : 0,
    };
}

} // namespace rushes
