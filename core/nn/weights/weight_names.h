// The names of a component's tensors in the files of others, as tables; no libtorch.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rushes {

/// "*" stands for a number between dots; what follows the pattern stays: with {"blocks.*.self_attn.q",
/// "blocks.*.attn1.to_q"} the name "blocks.3.self_attn.q.bias" becomes "blocks.3.attn1.to_q.bias".
struct NameRule {
    std::string foreign;
    std::string own;
};

/// One naming that others use. Names without a rule are the same in both.
struct NameMap {
    std::string marker; ///< a foreign pattern that no file with our own names has
    std::vector<NameRule> rules;

    bool is_of(std::string_view name) const; ///< the marker stands at its begin

    std::string own(std::string_view foreign) const;
    std::string foreign(std::string_view own) const;
};

struct WeightNames {
    /// What a file that nests the component, or holds others beside it, has before its names. The first that
    /// any name begins with decides: it is cut off, and names without it belong to something else.
    std::vector<std::string> prefixes;
    std::vector<NameMap> maps; ///< the first whose marker is found is the file's
    /// What LoRAs have before its layers; empty: what they have for the only component of its kind.
    std::vector<std::string> lora_prefixes = {};
};

/// The name within the component of each of `names`, in their order; empty: not of this component.
std::vector<std::string> own_names(const std::vector<std::string>& names, const WeightNames& known);

} // namespace rushes
