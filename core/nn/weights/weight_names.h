// The names of a component's tensors in the files of others, as tables; no libtorch.
#pragma once

#include <cstdint>
#include <optional>
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

/// A tensor of others in which several of ours lie one below the other, as query, key and value do, or one of
/// ours with its two dimensions swapped. Patterns as in a NameRule.
struct NameSplit {
    struct Part {
        std::string own;
        std::int64_t share = 1; ///< of the rows, in proportion to the others'
    };

    std::string foreign;
    std::vector<Part> parts;
    bool transposed = false;
};

/// One naming that others use. Names without a rule are the same in both.
struct NameMap {
    std::string marker; ///< a foreign pattern that no file with our own names has
    std::vector<NameRule> rules;
    std::vector<NameSplit> splits = {}; ///< come before the rules

    /// Rows of a foreign tensor, in shares of all of them.
    struct Rows {
        std::string name;
        std::int64_t begin = 0;
        std::int64_t share = 1;
        std::int64_t shares = 1;
    };

    bool is_of(std::string_view name) const; ///< the marker stands at its begin

    std::string own(std::string_view foreign) const;
    std::string foreign(std::string_view own) const;

    /// Where one of ours lies in a tensor of others beside more; nothing: in none.
    std::optional<Rows> rows(std::string_view own) const;
};

struct WeightNames {
    /// What a file that nests the component, or holds others beside it, has before its names. The first that
    /// any name begins with decides: it is cut off, and names without it belong to something else.
    std::vector<std::string> prefixes;
    std::vector<NameMap> maps; ///< the first whose marker is found is the file's
    /// What LoRAs have before its layers; empty: what they have for the only component of its kind.
    std::vector<std::string> lora_prefixes = {};
};

/// A tensor of ours within one of others: all of it, or some of its rows.
struct OwnPiece {
    std::string name;
    std::int64_t begin = 0; ///< its first row, in shares
    std::int64_t share = 1;
    std::int64_t shares = 1; ///< of all rows
    bool transposed = false;
};

/// What each of `names` holds of the component, in their order; nothing: it is of another.
std::vector<std::vector<OwnPiece>>
own_pieces(const std::vector<std::string>& names, const WeightNames& known);

/// The name within the component of each of `names`, in their order; of one that holds several, the first;
/// empty: not of this component.
std::vector<std::string> own_names(const std::vector<std::string>& names, const WeightNames& known);

} // namespace rushes
