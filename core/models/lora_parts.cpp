#include "models/lora_parts.h"

#include "base/error.h"
#include "nn/weights/weight_index.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>

namespace rushes {

namespace {

constexpr std::size_t most_trigger_words = 12;
constexpr std::size_t longest_trigger = 120; ///< bytes: what is longer is a caption

bool starts_with_one_of(std::string_view name, std::initializer_list<std::string_view> prefixes) {
    return std::ranges::any_of(prefixes, [&](std::string_view prefix) { return name.starts_with(prefix); });
}

bool is_down(std::string_view name) {
    return name.ends_with("down.weight") || name.ends_with("lora_A.weight") ||
           name.ends_with("lora_A.default.weight");
}

/// The second attention looks at the text, but that of motion modules.
bool looks_at_text(std::string_view name) {
    return name.find("attn2") != std::string_view::npos && name.find("to_k") != std::string_view::npos;
}

std::string trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r\n,");
    const std::size_t last = text.find_last_not_of(" \t\r\n,");
    return first == std::string_view::npos ? std::string()
                                           : std::string(text.substr(first, last - first + 1));
}

void add_word(std::vector<std::string>& words, std::string_view text) {
    const std::string word = trimmed(text);
    if (!word.empty() && word.size() <= longest_trigger && words.size() < most_trigger_words &&
        std::ranges::find(words, word) == words.end()) {
        words.push_back(word);
    }
}

/// "modelspec.trigger_phrase": what its maker says, words between commas (ModelSpec of Stability AI).
void add_phrase(std::vector<std::string>& words, std::string_view phrase) {
    while (!phrase.empty()) {
        const std::size_t comma = phrase.find(',');
        add_word(words, phrase.substr(0, comma));
        phrase.remove_prefix(comma == std::string_view::npos ? phrase.size() : comma + 1);
    }
}

/// "ss_tag_frequency" of Kohya's trainer: by data set how often each tag stood in a caption. A tag that stood
/// in at least half as many captions as the most frequent one is a trigger.
void add_frequent_tags(std::vector<std::string>& words, const std::string& text) {
    const auto sets = nlohmann::json::parse(text, nullptr, false);
    std::map<std::string, double> counts;
    if (!sets.is_object()) {
        return;
    }
    for (const auto& tags : sets) {
        if (!tags.is_object()) {
            continue;
        }
        for (const auto& [tag, count] : tags.items()) {
            counts[trimmed(tag)] += count.is_number() ? count.get<double>() : 0;
        }
    }
    std::vector<std::pair<double, std::string>> sorted;
    for (const auto& [tag, count] : counts) {
        sorted.emplace_back(-count, tag);
    }
    std::ranges::sort(sorted);
    for (const auto& [count, tag] : sorted) {
        if (2 * count <= sorted.front().first && count < 0) {
            add_word(words, tag);
        }
    }
}

std::vector<std::string> trigger_words(const std::map<std::string, std::string>& metadata) {
    std::vector<std::string> words;
    for (const char* const key : {"modelspec.trigger_phrase", "trigger_phrase", "ss_trigger_words"}) {
        if (const auto found = metadata.find(key); found != metadata.end()) {
            add_phrase(words, found->second);
        }
    }
    if (const auto found = metadata.find("ss_tag_frequency"); words.empty() && found != metadata.end()) {
        add_frequent_tags(words, found->second);
    }
    return words;
}

} // namespace

LoraParts read_lora_parts(const std::filesystem::path& file) {
    const WeightHeader header = read_weight_header(file);
    LoraParts parts;
    for (const TensorEntry& entry : header.tensors) {
        const std::string_view name = entry.name;
        if (starts_with_one_of(name, {"lora_te2_", "text_encoder_2."})) {
            parts.text_2 = true;
        } else if (starts_with_one_of(name, {"lora_te_", "lora_te1_", "text_encoder."})) {
            parts.text = true;
        } else if (name.find("motion_modules") != std::string_view::npos) {
            parts.motion = true;
        } else {
            parts.unet = true;
            if (is_down(name) && looks_at_text(name) && entry.shape.size() >= 2) {
                parts.text_dim = entry.shape[1];
            }
        }
    }
    parts.trigger_words = trigger_words(header.metadata);
    return parts;
}

std::string base_by_text(std::int64_t text_dim) {
    switch (text_dim) {
    case 768:
        return "Stable Diffusion 1.5";
    case 1024:
        return "Stable Diffusion 2";
    case 2048:
        return "SDXL";
    default:
        return "another model";
    }
}

void check_lora_base(const std::filesystem::path& file, const LoraParts& lora, const UNetConfig& unet) {
    if (lora.text_dim == 0 || lora.text_dim == unet.text_dim) {
        return;
    }
    throw Error(
        ErrorKind::user,
        quoted(file) + " is a LoRA for " + base_by_text(lora.text_dim) + ": its text has " +
            std::to_string(lora.text_dim) + " numbers a piece, this model's has " +
            std::to_string(unet.text_dim) + ".",
        "Choose a LoRA for " + base_by_text(unet.text_dim) + "."
    );
}

} // namespace rushes
