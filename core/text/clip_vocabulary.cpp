// The files of CLIP's tokenizer: vocab.json with merges.txt (openai/CLIP as transformers stores it), and
// tokenizer.json (huggingface/tokenizers, tokenizers/src).
#include "base/atomic_file.h"
#include "base/error.h"
#include "base/strict_json.h"
#include "text/clip_tokenizer.h"

#include <nlohmann/json.hpp>

namespace rushes {

namespace {

using nlohmann::json;

[[noreturn]] void refuse(const std::string& what, const std::string& problem) {
    throw Error(ErrorKind::user, what + " " + problem + ".");
}

void read_ids(ClipVocabulary& vocabulary, const json& pieces, const std::string& what) {
    if (!pieces.is_object() || pieces.empty()) {
        refuse(what, "holds no vocabulary");
    }
    for (const auto& [piece, id] : pieces.items()) {
        if (!id.is_number_unsigned() || id.get<std::uint64_t>() > INT32_MAX) {
            refuse(what, "holds '" + id.dump() + "' where an id belongs");
        }
        vocabulary.ids.emplace(piece, id.get<std::int64_t>());
    }
}

/// "left right", as in merges.txt and in older files of tokenizer.json.
void add_merge(ClipVocabulary& vocabulary, std::string_view line, const std::string& what) {
    const std::size_t space = line.find(' ');
    const std::string_view right = space == std::string_view::npos ? "" : line.substr(space + 1);
    if (space == 0 || right.empty() || right.find(' ') != std::string_view::npos) {
        refuse(what, "has no proper merge " + std::to_string(vocabulary.merges.size()));
    }
    vocabulary.merges.emplace_back(line.substr(0, space), right);
}

const json& member(const json& parent, const char* key) {
    static const json nothing;
    const auto found = parent.is_object() ? parent.find(key) : parent.end();
    return parent.is_object() && found != parent.end() ? *found : nothing;
}

/// The words are cut as CLIP does it, whatever the file says; so it must say nothing else.
void check_steps(const json& root, const std::string& what) {
    const json& normalizer = member(root, "normalizer");
    std::string steps;
    for (const json& step : member(normalizer, "normalizers")) {
        steps += member(step, "type").is_string() ? step["type"].get<std::string>() + " " : "? ";
    }
    if (steps != "NFC Replace Lowercase ") {
        refuse(what, "has another normalizer than CLIP's NFC, Replace, Lowercase");
    }
    const std::string cut = member(root, "pre_tokenizer").dump();
    if (cut.find("ByteLevel") == std::string::npos || cut.find("startoftext") == std::string::npos) {
        refuse(what, "has another pre-tokenizer than CLIP's");
    }
}

/// A special token is a text, or an object that holds one.
void read_pad(ClipVocabulary& vocabulary, const std::filesystem::path& file) {
    if (!std::filesystem::exists(file)) {
        return;
    }
    const json root = read_strict_json(file);
    const json& token = member(root, "pad_token");
    const json& content = token.is_object() ? member(token, "content") : token;
    if (content.is_string()) {
        vocabulary.pad = content.get<std::string>();
    }
}

} // namespace

ClipVocabulary parse_clip_vocabulary(std::string_view vocabulary, std::string_view merges) {
    ClipVocabulary result;
    read_ids(result, parse_strict_json(vocabulary, "vocab.json"), "vocab.json");
    for (bool first = true; !merges.empty(); first = false) {
        const std::size_t end = std::min(merges.find('\n'), merges.size());
        std::string_view line = merges.substr(0, end);
        merges.remove_prefix(std::min(end + 1, merges.size()));
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        if (!line.empty() && !(first && line.starts_with("#version"))) {
            add_merge(result, line, "merges.txt");
        }
    }
    return result;
}

ClipVocabulary parse_clip_tokenizer_json(std::string_view text, const std::string& what) {
    const json root = parse_strict_json(text, what);
    const json& model = member(root, "model");
    if (const json& type = member(model, "type"); type.is_string() && type != "BPE") {
        refuse(what, "holds a " + type.get<std::string>() + " model: CLIP's is BPE");
    }
    if (member(model, "end_of_word_suffix") != "</w>") {
        refuse(what, "marks the end of a word in another way than CLIP does");
    }
    check_steps(root, what);
    ClipVocabulary result;
    read_ids(result, member(model, "vocab"), what);
    for (const json& merge : member(model, "merges")) {
        if (merge.is_string()) {
            add_merge(result, merge.get_ref<const std::string&>(), what);
        } else if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string()) {
            result.merges.emplace_back(merge[0].get<std::string>(), merge[1].get<std::string>());
        } else {
            refuse(what, "has no proper merge " + std::to_string(result.merges.size()));
        }
    }
    return result;
}

ClipTokenizer load_clip_tokenizer(const std::filesystem::path& directory) {
    const std::filesystem::path vocabulary_file = directory / "vocab.json";
    const std::filesystem::path merges_file = directory / "merges.txt";
    const std::filesystem::path whole_file = directory / "tokenizer.json";
    ClipVocabulary vocabulary;
    if (std::filesystem::exists(vocabulary_file) && std::filesystem::exists(merges_file)) {
        vocabulary = parse_clip_vocabulary(read_file(vocabulary_file), read_file(merges_file));
    } else if (std::filesystem::exists(whole_file)) {
        vocabulary = parse_clip_tokenizer_json(read_file(whole_file), "tokenizer.json");
    } else {
        throw Error(
            ErrorKind::user,
            "The directory " + directory.string() +
                " holds neither vocab.json with merges.txt nor tokenizer.json.",
            "The download may be incomplete: fetch the model's directory again."
        );
    }
    read_pad(vocabulary, directory / "special_tokens_map.json");
    read_pad(vocabulary, directory / "tokenizer_config.json");
    return ClipTokenizer(vocabulary);
}

} // namespace rushes
