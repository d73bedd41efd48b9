#include "text/unigram_tokenizer.h"

#include "base/atomic_file.h"
#include "base/error.h"
#include "text/code_points.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <utility>

namespace rushes {

namespace {

constexpr std::string_view word_mark = "\u2581"; // stands for a space
constexpr double unknown_penalty = 10;           // google/sentencepiece, src/unigram_model.cc, kUnkPenalty

std::string byte_piece(int byte) {
    std::array<char, 8> text{};
    std::snprintf(text.data(), text.size(), "<0x%02X>", static_cast<unsigned>(byte));
    return text.data();
}

std::string collapse_spaces(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c != ' ' || result.empty() || result.back() != ' ') {
            result += c;
        }
    }
    return result;
}

std::size_t trailing_space_bytes(std::string_view text) {
    std::size_t spaces = 0;
    for (std::size_t i = 0; i < text.size();) {
        const CodePoint point = code_point_at(text, i);
        spaces = is_space(point.value) ? spaces + point.bytes : 0;
        i += point.bytes;
    }
    return spaces;
}

std::size_t leading_space_bytes(std::string_view text) {
    std::size_t i = 0;
    while (i < text.size() && is_space(code_point_at(text, i).value)) {
        i += code_point_at(text, i).bytes;
    }
    return i;
}

std::vector<std::string_view> words_between_spaces(std::string_view text) {
    std::vector<std::string_view> words;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= text.size();) {
        const bool at_end = i == text.size();
        const CodePoint point = at_end ? CodePoint{.bytes = 1} : code_point_at(text, i);
        if (at_end || is_space(point.value)) {
            if (i > begin) {
                words.push_back(text.substr(begin, i - begin));
            }
            begin = i + point.bytes;
        }
        i += point.bytes;
    }
    return words;
}

/// Each begins with a word mark, but perhaps the first.
std::vector<std::string_view> marked_words(std::string_view text) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(word_mark, 1), text.size());
        words.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return words;
}

std::string mark_spaces(std::string_view text) {
    std::string marked;
    for (const char c : text) {
        if (c == ' ') {
            marked += word_mark;
        } else {
            marked += c;
        }
    }
    return marked;
}

void refuse(const std::string& problem) {
    throw Error(ErrorKind::user, "The tokenizer's vocabulary is not sound: " + problem + ".");
}

} // namespace

UnigramTokenizer::UnigramTokenizer(UnigramModel model) : model_(std::move(model)) {
    const auto count = static_cast<std::int64_t>(model_.pieces.size());
    const auto in_range = [&](std::int64_t id) { return id >= 0 && id < count; };
    if (!in_range(model_.unknown_id)) {
        refuse("the piece for unknown text is not in it");
    }
    if (!std::ranges::all_of(model_.prefix, in_range) || !std::ranges::all_of(model_.suffix, in_range)) {
        refuse("an id that goes with every text is not in it");
    }
    double least = std::numeric_limits<double>::infinity();
    std::unordered_map<std::string_view, std::int64_t> bytes;
    for (std::int64_t id = 0; id < count; ++id) {
        const UnigramModel::Piece& piece = model_.pieces[static_cast<std::size_t>(id)];
        if (piece.counts) {
            least = std::min(least, piece.score);
        }
        (piece.in_text ? id_of_ : bytes).emplace(piece.text, id);
        if (piece.in_text) {
            longest_piece_ = std::max(longest_piece_, piece.text.size());
        }
    }
    unknown_score_ = (std::isfinite(least) ? least : 0) - unknown_penalty;
    for (int byte = 0; model_.byte_fallback && byte < 256; ++byte) {
        const std::string name = byte_piece(byte);
        const auto& ids = bytes.contains(name) ? bytes : id_of_;
        const auto found = ids.find(name);
        if (found == ids.end()) {
            refuse("the piece " + name + " is missing");
        }
        byte_ids_.push_back(found->second);
    }
}

std::string UnigramTokenizer::normalize(std::string_view text) const {
    using Step = UnigramModel::Normalization;
    std::string result(text);
    for (const Step step : model_.normalization) {
        switch (step) {
        case Step::charsmap:
            result = model_.charsmap.normalize(result);
            break;
        case Step::collapse_spaces:
            result = collapse_spaces(result);
            break;
        case Step::trim_spaces:
            result.erase(0, std::min(result.find_first_not_of(' '), result.size()));
            result.erase(result.find_last_not_of(' ') + 1);
            break;
        case Step::strip_left:
            result.erase(0, leading_space_bytes(result));
            break;
        case Step::strip_right:
            result.erase(result.size() - trailing_space_bytes(result));
            break;
        }
    }
    return result;
}

std::vector<std::int64_t> UnigramTokenizer::encode(std::string_view text, std::size_t max_length) const {
    std::vector<std::int64_t> ids;
    bool first = true;
    while (!text.empty()) {
        // The first added token in the text; of several at one place the longest.
        const UnigramModel::AddedToken* token = nullptr;
        std::size_t place = text.size();
        for (const auto& candidate : model_.added) {
            const std::size_t at = text.find(candidate.text);
            if (at < place ||
                (at == place && token != nullptr && candidate.text.size() > token->text.size())) {
                token = &candidate;
                place = at;
            }
        }
        std::string_view section = text.substr(0, place);
        text.remove_prefix(place);
        if (token != nullptr) {
            text.remove_prefix(token->text.size());
            if (token->strip_left) {
                section.remove_suffix(trailing_space_bytes(section));
            }
            if (token->strip_right) {
                text.remove_prefix(leading_space_bytes(text));
            }
        }
        encode_section(section, first, ids);
        first = false;
        if (token != nullptr) {
            ids.push_back(token->id);
        }
    }
    const std::size_t always = model_.prefix.size() + model_.suffix.size();
    ids.resize(std::min(ids.size(), max_length - std::min(max_length, always)));
    ids.insert(ids.begin(), model_.prefix.begin(), model_.prefix.end());
    ids.insert(ids.end(), model_.suffix.begin(), model_.suffix.end());
    return ids;
}

void UnigramTokenizer::encode_section(std::string_view text, bool first, std::vector<std::int64_t>& ids)
    const {
    using WordMark = UnigramModel::WordMark;
    const std::string normal = normalize(text);
    const auto parts =
        model_.split_at_spaces ? words_between_spaces(normal) : std::vector<std::string_view>{normal};
    for (const std::string_view part : parts) {
        if (part.empty()) {
            continue;
        }
        std::string marked = mark_spaces(part);
        const bool wants_mark = model_.word_mark == WordMark::where_missing ||
                                (model_.word_mark == WordMark::first_where_missing && first);
        if (model_.word_mark == WordMark::always || (wants_mark && !marked.starts_with(word_mark))) {
            marked.insert(0, word_mark);
        }
        first = false;
        if (!model_.split_words) {
            encode_word(marked, ids);
            continue;
        }
        for (const std::string_view word : marked_words(marked)) {
            encode_word(word, ids);
        }
    }
}

/// Viterbi search for the pieces with the largest sum of scores.
void UnigramTokenizer::encode_word(std::string_view word, std::vector<std::int64_t>& ids) const {
    struct Node {
        double score = 0;
        std::size_t begin = std::string_view::npos; ///< of the best piece that ends here
        std::int64_t id = 0;
    };

    std::vector<Node> ends(word.size() + 1);
    ends[0].begin = 0;
    const auto offer = [&](std::size_t begin, std::size_t end, std::int64_t id, double score) {
        const double total = ends[begin].score + score;
        if (ends[end].begin == std::string_view::npos || total > ends[end].score) {
            ends[end] = {.score = total, .begin = begin, .id = id};
        }
    };
    for (std::size_t begin = 0; begin < word.size();) {
        const std::size_t next = begin + code_point_at(word, begin).bytes;
        bool has_single = false;
        const std::size_t limit = std::min(word.size(), begin + longest_piece_);
        for (std::size_t end = next; end <= limit;) {
            const auto found = id_of_.find(word.substr(begin, end - begin));
            if (found != id_of_.end() && found->second != model_.unknown_id) {
                offer(
                    begin, end, found->second, model_.pieces[static_cast<std::size_t>(found->second)].score
                );
                has_single = has_single || end == next;
            }
            if (end == word.size()) {
                break;
            }
            end += code_point_at(word, end).bytes;
        }
        if (!has_single) {
            offer(begin, next, model_.unknown_id, unknown_score_);
        }
        begin = next;
    }

    std::vector<std::pair<std::string_view, std::int64_t>> path; // from the end
    for (std::size_t end = word.size(); end > 0; end = ends[end].begin) {
        path.emplace_back(word.substr(ends[end].begin, end - ends[end].begin), ends[end].id);
    }
    for (auto piece = path.rbegin(); piece != path.rend(); ++piece) {
        if (piece->second != model_.unknown_id) {
            ids.push_back(piece->second);
            continue;
        }
        // A run of unknown characters is one unknown piece.
        std::size_t size = piece->first.size();
        while (std::next(piece) != path.rend() && std::next(piece)->second == model_.unknown_id) {
            size += (++piece)->first.size();
        }
        const char* const run_end = piece->first.data() + piece->first.size();
        append_unknown({run_end - size, size}, ids);
    }
}

void UnigramTokenizer::append_unknown(std::string_view text, std::vector<std::int64_t>& ids) const {
    if (byte_ids_.empty()) {
        ids.push_back(model_.unknown_id);
        return;
    }
    for (const char c : text) {
        ids.push_back(byte_ids_[static_cast<std::uint8_t>(c)]);
    }
}

UnigramTokenizer load_unigram_tokenizer(const std::filesystem::path& directory) {
    const auto name = [](const std::filesystem::path& path) {
        return std::string("'").append(path.native()).append("'");
    };
    if (const auto file = directory / "spiece.model"; std::filesystem::exists(file)) {
        return UnigramTokenizer(parse_spiece_model(read_file(file), name(file)));
    }
    if (const auto file = directory / "tokenizer.json"; std::filesystem::exists(file)) {
        return UnigramTokenizer(parse_tokenizer_json(read_file(file), name(file)));
    }
    throw Error(
        ErrorKind::user,
        name(directory) + " holds neither spiece.model nor tokenizer.json.",
        "Download the model's tokenizer again."
    );
}

} // namespace rushes
