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

constexpr double unknown_penalty = 10; // google/sentencepiece, src/unigram_model.cc, kUnkPenalty

std::string byte_piece(int byte) {
    std::array<char, 8> text{};
    std::snprintf(text.data(), text.size(), "<0x%02X>", static_cast<unsigned>(byte));
    return text.data();
}

/// What `plain(text, at_start)` and `put(id)` are told: the text from left to right, cut at the added tokens
/// of one kind. Of several at one place the longest counts.
template <typename Plain, typename Put>
void cut_at_added(
    std::string_view text,
    bool at_start,
    const std::vector<UnigramModel::AddedToken>& added,
    bool normalized,
    Plain plain,
    Put put
) {
    while (!text.empty()) {
        const UnigramModel::AddedToken* token = nullptr;
        std::size_t place = text.size();
        for (const auto& candidate : added) {
            const std::size_t at =
                candidate.normalized == normalized ? text.find(candidate.text) : std::string_view::npos;
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
            section = strip(section, false, token->strip_left);
            text = strip(text, token->strip_right, false);
        }
        plain(section, std::exchange(at_start, false));
        if (token != nullptr) {
            put(token->id);
        }
    }
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
    for (UnigramModel::AddedToken& token : model_.added) {
        token.text = token.normalized ? normalize(token.text) : token.text;
    }
    std::erase_if(model_.added, [](const UnigramModel::AddedToken& token) { return token.text.empty(); });
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
    std::string result(text);
    for (const TextStep& step : model_.normalization) {
        result = step(result);
    }
    return result;
}

std::vector<std::int64_t> UnigramTokenizer::encode(std::string_view text, std::size_t max_length) const {
    std::vector<std::int64_t> ids;
    const auto put = [&](std::int64_t id) { ids.push_back(id); };
    const auto plain = [&](std::string_view part, bool at_start) { encode_plain(part, at_start, ids); };
    cut_at_added(
        text,
        true,
        model_.added,
        false,
        [&](std::string_view section, bool at_start) {
            // What normalisation takes away in front was typed all the same.
            const bool starts = at_start && strip(section, true, false).size() == section.size();
            cut_at_added(normalize(section), starts, model_.added, true, plain, put);
        },
        put
    );
    const std::size_t always = model_.prefix.size() + model_.suffix.size();
    ids.resize(std::min(ids.size(), max_length - std::min(max_length, always)));
    ids.insert(ids.begin(), model_.prefix.begin(), model_.prefix.end());
    ids.insert(ids.end(), model_.suffix.begin(), model_.suffix.end());
    return ids;
}

void UnigramTokenizer::encode_plain(std::string_view text, bool at_start, std::vector<std::int64_t>& ids)
    const {
    std::vector<TextPart> parts;
    if (!text.empty()) {
        parts.push_back({std::string(text), at_start});
    }
    for (const Splitter& split : model_.splitting) {
        parts = split(std::move(parts));
    }
    for (const TextPart& part : parts) {
        encode_word(part.text, ids);
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
