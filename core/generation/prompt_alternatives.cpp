#include "generation/prompt_alternatives.h"

#include "base/error.h"

#include <algorithm>
#include <optional>
#include <string_view>

namespace rushes {

namespace {

using Prompts = std::vector<std::string>;

/// Each of `heads` followed by each of `tails`.
Prompts joined(const Prompts& heads, const Prompts& tails) {
    if (heads.size() * tails.size() > most_prompts) {
        throw Error(
            ErrorKind::user,
            "The prompt stands for more than " + std::to_string(most_prompts) + " prompts.",
            "Leave out some of the alternatives between braces."
        );
    }
    Prompts result;
    for (const std::string& head : heads) {
        for (const std::string& tail : tails) {
            result.push_back(head + tail);
        }
    }
    return result;
}

/// What stands between a brace and its partner, cut at the bars that are in no other braces.
struct Group {
    std::vector<std::string_view> choices;
    std::size_t length = 0; ///< with both braces
};

/// Of a text that begins with a brace; none: it has no partner.
std::optional<Group> group_at(std::string_view text) {
    Group group;
    std::size_t begin = 1;
    int depth = 1;
    for (std::size_t i = 1; i < text.size(); ++i) {
        depth += text[i] == '{' ? 1 : text[i] == '}' ? -1 : 0;
        if (depth == 0 || (depth == 1 && text[i] == '|')) {
            group.choices.push_back(text.substr(begin, i - begin));
            begin = i + 1;
        }
        if (depth == 0) {
            group.length = i + 1;
            return group;
        }
    }
    return std::nullopt;
}

/// Alternatives in deeper ones than people write are text.
Prompts prompts_of(std::string_view text, int depth = 0) {
    constexpr int deepest = 8;
    Prompts all{""};
    while (!text.empty()) {
        const std::size_t brace = depth > deepest ? std::string_view::npos : text.find('{');
        const std::size_t plain = std::min(brace, text.size());
        all = joined(all, {std::string(text.substr(0, plain))});
        text.remove_prefix(plain);
        if (text.empty()) {
            break;
        }
        const std::optional<Group> group = group_at(text);
        if (!group) {
            all = joined(all, {"{"});
            text.remove_prefix(1);
            continue;
        }
        Prompts choices;
        for (const std::string_view choice : group->choices) {
            for (std::string& prompt : prompts_of(choice, depth + 1)) {
                choices.push_back(group->choices.size() > 1 ? std::move(prompt) : "{" + prompt + "}");
            }
        }
        all = joined(all, choices);
        text.remove_prefix(group->length);
    }
    return all;
}

} // namespace

std::vector<std::string> prompt_alternatives(const std::string& text) {
    return prompts_of(text);
}

} // namespace rushes
