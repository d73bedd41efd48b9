// What the cost functions of several families are made of. No libtorch here.
#pragma once

#include "models/cost.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rushes {

/// The headers of each component's weights, by its name.
using ComponentWeights = std::map<std::string, WeightIndex>;

bool on_cpu(const LoadOptions& options);

/// Of an autoencoder's weights: what turns latents into pictures.
bool is_decoder_key(std::string_view key);

/// Pieces of text are few; how many a prompt will have is not known before it is read.
inline constexpr double usual_text_tokens = 64;

/// A text encoder of the T5 kind: what t5_prompts.h loads and computes.
class TextEncoderCost {
public:
    explicit TextEncoderCost(const WeightIndex& weights);

    /// Adds it to what stays, where it does.
    void add_resident(std::vector<ResidentWeights>& resident, const LoadOptions& options) const;

    /// Of one prompt of usual length.
    PhaseCost phase(const LoadOptions& options) const;

private:
    StoredWeights weights_; ///< without the table of tokens, which stays in its file
    std::uint64_t file_bytes_;
};

} // namespace rushes
