#include "nn/weights/weight_names.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace rushes {

namespace {

/// Wrappers that training leaves in names; they say nothing.
constexpr std::array<std::string_view, 3> wrappers{
    "_fsdp_wrapped_module.", "_checkpoint_wrapped_module.", "_orig_mod."
};

struct Match {
    std::vector<std::string_view> numbers; ///< what the stars stand for
    std::string_view rest;                 ///< behind the pattern, from its dot on
};

std::optional<Match> match(std::string_view name, std::string_view pattern) {
    Match result;
    while (!pattern.empty()) {
        if (pattern.front() == '*') {
            const std::size_t digits = static_cast<std::size_t>(
                std::ranges::find_if_not(name, [](unsigned char c) { return std::isdigit(c) != 0; }) -
                name.begin()
            );
            if (digits == 0) {
                return std::nullopt;
            }
            result.numbers.push_back(name.substr(0, digits));
            name.remove_prefix(digits);
        } else if (name.empty() || name.front() != pattern.front()) {
            return std::nullopt;
        } else {
            name.remove_prefix(1);
        }
        pattern.remove_prefix(1);
    }
    if (!name.empty() && name.front() != '.') {
        return std::nullopt;
    }
    result.rest = name;
    return result;
}

std::string filled(std::string_view pattern, const Match& match) {
    std::string name;
    std::size_t number = 0;
    for (const char c : pattern) {
        if (c == '*') {
            name += match.numbers[number++];
        } else {
            name += c;
        }
    }
    return name.append(match.rest);
}

std::string translated(
    std::string_view name,
    const std::vector<NameRule>& rules,
    std::string NameRule::*from,
    std::string NameRule::*to
) {
    for (const NameRule& rule : rules) {
        if (const auto found = match(name, rule.*from)) {
            return filled(rule.*to, *found);
        }
    }
    return std::string(name);
}

std::vector<OwnPiece> pieces_of(std::string_view name, const NameMap& map) {
    for (const NameSplit& split : map.splits) {
        const auto found = match(name, split.foreign);
        if (!found) {
            continue;
        }
        std::vector<OwnPiece> pieces;
        std::int64_t shares = 0;
        for (const NameSplit::Part& part : split.parts) {
            pieces.push_back(
                {.name = filled(part.own, *found),
                 .begin = shares,
                 .share = part.share,
                 .transposed = split.transposed}
            );
            shares += part.share;
        }
        for (OwnPiece& piece : pieces) {
            piece.shares = shares;
        }
        return pieces;
    }
    return {{.name = map.own(name)}};
}

std::string without_wrappers(std::string name) {
    for (const std::string_view wrapper : wrappers) {
        for (std::size_t at = name.find(wrapper); at != std::string::npos; at = name.find(wrapper, at)) {
            name.erase(at, wrapper.size());
        }
    }
    return name;
}

} // namespace

bool NameMap::is_of(std::string_view name) const {
    return match(name, marker).has_value();
}

std::string NameMap::own(std::string_view name) const {
    return translated(name, rules, &NameRule::foreign, &NameRule::own);
}

std::string NameMap::foreign(std::string_view name) const {
    return translated(name, rules, &NameRule::own, &NameRule::foreign);
}

std::optional<NameMap::Rows> NameMap::rows(std::string_view name) const {
    for (const NameSplit& split : splits) {
        Rows rows;
        bool found = false;
        std::int64_t shares = 0;
        for (const NameSplit::Part& part : split.parts) {
            if (const auto matched = match(name, part.own); matched && !split.transposed) {
                rows = {filled(split.foreign, *matched), shares, part.share};
                found = true;
            }
            shares += part.share;
        }
        if (found) {
            rows.shares = shares;
            return rows;
        }
    }
    return std::nullopt;
}

std::vector<std::vector<OwnPiece>>
own_pieces(const std::vector<std::string>& names, const WeightNames& known) {
    std::vector<std::string> plain;
    for (const std::string& name : names) {
        plain.push_back(without_wrappers(name));
    }
    const auto prefix = std::ranges::find_if(known.prefixes, [&](const std::string& p) {
        return std::ranges::any_of(plain, [&](const std::string& name) { return name.starts_with(p); });
    });
    if (prefix != known.prefixes.end()) {
        for (std::string& name : plain) {
            name = name.starts_with(*prefix) ? name.substr(prefix->size()) : std::string();
        }
    }
    const auto map = std::ranges::find_if(known.maps, [&](const NameMap& m) {
        return std::ranges::any_of(plain, [&](const std::string& name) { return m.is_of(name); });
    });
    std::vector<std::vector<OwnPiece>> result;
    for (const std::string& name : plain) {
        result.push_back(
            name.empty()              ? std::vector<OwnPiece>()
            : map == known.maps.end() ? std::vector{OwnPiece{.name = name}}
                                      : pieces_of(name, *map)
        );
    }
    return result;
}

std::vector<std::string> own_names(const std::vector<std::string>& names, const WeightNames& known) {
    std::vector<std::string> result;
    for (const std::vector<OwnPiece>& pieces : own_pieces(names, known)) {
        result.push_back(pieces.empty() ? std::string() : pieces.front().name);
    }
    return result;
}

} // namespace rushes
