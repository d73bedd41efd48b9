// tokenizer.json of the tokenizers library (huggingface/tokenizers, tokenizers/src): what it holds for a
// unigram model.
#include "base/error.h"
#include "base/strict_json.h"
#include "text/charsmap.h"
#include "text/unigram_tokenizer.h"

#include <cmath>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>

namespace rushes {

namespace {

using nlohmann::json;
using Prepend = Metaspace::Prepend;

class Reader {
public:
    explicit Reader(const std::string& what) : what_(what) {}

    UnigramModel read(const json& root) const {
        UnigramModel model;
        read_vocabulary(model, object(root, "model"));
        if (const json& normalizer = optional(root, "normalizer"); !normalizer.is_null()) {
            read_normalizer(model, normalizer);
        }
        if (const json& pre_tokenizer = optional(root, "pre_tokenizer"); !pre_tokenizer.is_null()) {
            read_pre_tokenizer(model, pre_tokenizer);
        }
        read_added_tokens(model, optional(root, "added_tokens"));
        read_template(model, optional(root, "post_processor"));
        return model;
    }

private:
    [[noreturn]] void refuse(const std::string& problem) const {
        throw Error(ErrorKind::user, what_ + " " + problem + ".");
    }

    static const json& optional(const json& parent, const char* key) {
        static const json nothing;
        const auto found = parent.is_object() ? parent.find(key) : parent.end();
        return parent.is_object() && found != parent.end() ? *found : nothing;
    }

    const json& object(const json& parent, const char* key) const {
        const json& value = optional(parent, key);
        if (!value.is_object()) {
            refuse("has no proper \"" + std::string(key) + "\"");
        }
        return value;
    }

    const json& array(const json& parent, const char* key) const {
        const json& value = optional(parent, key);
        if (!value.is_array()) {
            refuse("has no proper \"" + std::string(key) + "\"");
        }
        return value;
    }

    std::string text(const json& parent, const char* key) const {
        const json& value = optional(parent, key);
        if (!value.is_string()) {
            refuse("has no proper \"" + std::string(key) + "\"");
        }
        return value.get<std::string>();
    }

    std::int64_t id(const json& value) const {
        if (!value.is_number_unsigned() || value.get<std::uint64_t>() > INT32_MAX) {
            refuse("holds '" + value.dump() + "' where an id belongs");
        }
        return value.get<std::int64_t>();
    }

    static bool flag(const json& parent, const char* key, bool fallback) {
        const json& value = optional(parent, key);
        return value.is_boolean() ? value.get<bool>() : fallback;
    }

    void read_vocabulary(UnigramModel& model, const json& value) const {
        const json& vocab = array(value, "vocab");
        if (const json& type = optional(value, "type"); type.is_string() && type != "Unigram") {
            refuse("holds a " + type.get<std::string>() + " model: only Unigram is supported");
        }
        for (const json& entry : vocab) {
            const bool sound =
                entry.is_array() && entry.size() == 2 && entry[0].is_string() && entry[1].is_number();
            if (!sound || entry[0].get_ref<const std::string&>().empty() ||
                !std::isfinite(entry[1].get<double>())) {
                refuse("has no proper piece " + std::to_string(model.pieces.size()));
            }
            model.pieces.push_back({.text = entry[0].get<std::string>(), .score = entry[1].get<double>()});
        }
        model.unknown_id = id(optional(value, "unk_id"));
        model.byte_fallback = flag(value, "byte_fallback", false);
    }

    void read_normalizer(UnigramModel& model, const json& value) const {
        const std::string type = text(value, "type");
        if (type == "Sequence") {
            for (const json& part : array(value, "normalizers")) {
                read_normalizer(model, part);
            }
        } else {
            model.normalization.push_back(normalizer(type, value));
        }
    }

    TextStep normalizer(const std::string& type, const json& value) const {
        static const std::map<std::string, UnicodeForm> forms{
            {"NFC", UnicodeForm::nfc},
            {"NFD", UnicodeForm::nfd},
            {"NFKC", UnicodeForm::nfkc},
            {"NFKD", UnicodeForm::nfkd},
        };
        static const std::map<std::string, TextStep> simple{
            {"Lowercase", lowercase},
            {"Nmt", nmt_clean},
            {"StripAccents", strip_accents},
        };
        if (const auto form = forms.find(type); form != forms.end()) {
            return [form = form->second](std::string_view text) { return unicode_form(text, form); };
        }
        if (const auto step = simple.find(type); step != simple.end()) {
            return step->second;
        }
        if (type == "Precompiled") {
            const Charsmap charsmap(decode_base64(text(value, "precompiled_charsmap")), what_);
            return [charsmap](std::string_view text) { return charsmap.normalize(text); };
        }
        if (type == "Strip") {
            return [left = flag(value, "strip_left", true),
                    right = flag(value, "strip_right", true)](std::string_view text) {
                return std::string(strip(text, left, right));
            };
        }
        if (type == "Prepend") {
            return [front = text(value, "prepend")](std::string_view text) {
                return text.empty() ? std::string() : front + std::string(text);
            };
        }
        if (type == "Replace") {
            return replacement(object(value, "pattern"), text(value, "content"));
        }
        refuse("has the normalizer '" + type + "', which is not supported");
    }

    TextStep replacement(const json& pattern, const std::string& to) const {
        if (optional(pattern, "String").is_string()) {
            const std::string from = text(pattern, "String");
            if (from.empty()) {
                refuse("replaces an empty text by '" + to + "'");
            }
            return [from, to](std::string_view text) { return replace_text(text, from, to); };
        }
        const std::string regex = text(pattern, "Regex");
        const auto run = parse_run_pattern(regex);
        if (!run) {
            refuse("replaces the regular expression '" + regex + "', which is not supported");
        }
        return [run = *run, to](std::string_view text) { return replace_runs(text, run, to); };
    }

    void read_pre_tokenizer(UnigramModel& model, const json& value) const {
        const std::string type = text(value, "type");
        if (type == "Sequence") {
            for (const json& part : array(value, "pretokenizers")) {
                read_pre_tokenizer(model, part);
            }
        } else if (type == "WhitespaceSplit") {
            model.splitting.emplace_back(split_at_white_space);
        } else if (type == "Metaspace") {
            const json& scheme = optional(value, "prepend_scheme");
            const bool legacy = flag(value, "add_prefix_space", true);
            Metaspace metaspace;
            metaspace.mark = text(value, "replacement");
            metaspace.prepend = scheme == "first" ? Prepend::first_where_missing
                                : scheme == "never" || (!scheme.is_string() && !legacy)
                                    ? Prepend::never
                                    : Prepend::where_missing;
            metaspace.split = flag(value, "split", true);
            if (metaspace.mark.empty()) {
                refuse("marks words by an empty text");
            }
            model.splitting.emplace_back(metaspace);
        } else {
            refuse("has the pre-tokenizer '" + type + "', which is not supported");
        }
    }

    void read_added_tokens(UnigramModel& model, const json& tokens) const {
        if (!tokens.is_array()) {
            return;
        }
        for (const json& token : tokens) {
            UnigramModel::AddedToken added{
                .text = text(token, "content"),
                .id = id(optional(token, "id")),
                .normalized = flag(token, "normalized", false),
                .strip_left = flag(token, "lstrip", false),
                .strip_right = flag(token, "rstrip", false),
            };
            if (added.text.empty()) {
                refuse("has an added token without text");
            }
            model.added.push_back(std::move(added));
        }
    }

    /// The ids around a single text. Where nothing is said, EOS follows, as T5's own post-processor has it.
    void read_template(UnigramModel& model, const json& value) const {
        if (value.is_null()) {
            for (const auto& token : model.added) {
                if (token.text == "</s>") {
                    model.suffix = {token.id};
                }
            }
            return;
        }
        if (text(value, "type") != "TemplateProcessing") {
            refuse("has the post-processor '" + text(value, "type") + "', which is not supported");
        }
        bool after_text = false;
        for (const json& part : array(value, "single")) {
            if (optional(part, "Sequence").is_object()) {
                after_text = true;
                continue;
            }
            const std::string name = text(object(part, "SpecialToken"), "id");
            for (const json& number : array(object(object(value, "special_tokens"), name.c_str()), "ids")) {
                (after_text ? model.suffix : model.prefix).push_back(id(number));
            }
        }
    }

    std::string decode_base64(const std::string& encoded) const {
        constexpr std::string_view digits =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        std::string bytes;
        std::uint32_t buffer = 0;
        int bits = 0;
        for (const char c : encoded) {
            if (c == '=') {
                break;
            }
            const std::size_t digit = digits.find(c);
            if (digit == std::string_view::npos) {
                refuse("holds normalisation rules that are not base64");
            }
            buffer = buffer << 6 | static_cast<std::uint32_t>(digit);
            bits += 6;
            if (bits >= 8) {
                bits -= 8;
                bytes += static_cast<char>(static_cast<std::uint8_t>(buffer >> bits));
            }
        }
        return bytes;
    }

    const std::string& what_;
};

} // namespace

UnigramModel parse_tokenizer_json(std::string_view text, const std::string& what) {
    return Reader(what).read(parse_strict_json(text, what));
}

} // namespace rushes
