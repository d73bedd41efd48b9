#include "models/cost_parts.h"

#include "models/residency.h"

#include <algorithm>

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

TensorDtype stored_type(const WeightIndex& weights) {
    std::map<TensorDtype, std::uint64_t> bytes;
    for (const auto& [name, place] : weights.places) {
        bytes[weights.entry(place).dtype] += weights.entry(place).bytes;
    }
    const auto most = std::ranges::max_element(bytes, {}, [](const auto& entry) { return entry.second; });
    return most == bytes.end() ? TensorDtype::f32 : most->first;
}

bool is_read_in_place(const LoadOptions& options, TensorDtype stored, double number_bytes) {
    return on_cpu(options) && stored == (number_bytes > 2 ? TensorDtype::f32 : TensorDtype::bf16);
}

double packed_bytes(const LoadOptions& options, double in, double out) {
    constexpr double largest = 1 << 20;
    return on_cpu(options) && options.dtype == "fp32" && in * out <= largest ? 4 * in * out : 0;
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
