#include "text/charsmap.h"

#include "base/error.h"
#include "text/code_points.h"

namespace rushes {

namespace {

constexpr std::size_t unit_bytes = 4;

std::uint32_t little_endian(std::string_view bytes) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < unit_bytes; ++i) {
        value |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(bytes[i])) << (8 * i);
    }
    return value;
}

// Bits of a darts-clone unit.
bool has_leaf(std::uint32_t unit) {
    return (unit >> 8 & 1) != 0;
}

std::uint32_t leaf_value(std::uint32_t unit) {
    return unit & 0x7FFFFFFFU;
}

std::uint32_t label(std::uint32_t unit) {
    return unit & (0x80000000U | 0xFFU);
}

std::uint32_t child_offset(std::uint32_t unit) {
    return unit >> 10 << ((unit & 0x200U) >> 6);
}

} // namespace

Charsmap::Charsmap(std::string_view blob, const std::string& what) {
    if (blob.empty()) {
        return;
    }
    const auto refuse = [&] {
        throw Error(ErrorKind::user, what + " holds normalisation rules that cannot be read.");
    };
    if (blob.size() < unit_bytes) {
        refuse();
    }
    const std::size_t trie_bytes = little_endian(blob);
    blob.remove_prefix(unit_bytes);
    if (trie_bytes == 0 || trie_bytes % unit_bytes != 0 || trie_bytes >= blob.size() || blob.back() != '\0') {
        refuse();
    }
    for (std::size_t i = 0; i < trie_bytes; i += unit_bytes) {
        units_.push_back(little_endian(blob.substr(i)));
    }
    replacements_ = blob.substr(trie_bytes);
}

std::string_view Charsmap::replacement_at(std::uint32_t offset) const {
    return std::string_view(replacements_).substr(offset, replacements_.find('\0', offset) - offset);
}

std::optional<Charsmap::Match> Charsmap::longest_match(std::string_view text) const {
    std::optional<Match> best;
    if (units_.empty()) {
        return best;
    }
    std::size_t node = child_offset(units_[0]);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<std::uint8_t>(text[i]);
        node ^= byte;
        if (node >= units_.size() || label(units_[node]) != byte) {
            break;
        }
        const std::uint32_t unit = units_[node];
        node ^= child_offset(unit);
        if (has_leaf(unit)) {
            if (node >= units_.size() || leaf_value(units_[node]) >= replacements_.size()) {
                break;
            }
            best = Match{.bytes = i + 1, .replacement = replacement_at(leaf_value(units_[node]))};
        }
    }
    return best;
}

std::string Charsmap::normalize(std::string_view text) const {
    std::string result;
    result.reserve(text.size());
    while (!text.empty()) {
        std::size_t taken = 0;
        if (const auto match = longest_match(text)) {
            result += match->replacement;
            taken = match->bytes;
        } else {
            const CodePoint point = code_point_at(text, 0);
            append_code_point(result, point.value);
            taken = point.bytes;
        }
        text.remove_prefix(taken);
    }
    return result;
}

} // namespace rushes
