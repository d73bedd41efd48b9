#include "text/clip_tokenizer.h"

#include "base/error.h"
#include "text/clip_words.h"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>

#include <queue>

namespace rushes {

namespace {

constexpr std::string_view start_mark = "<|startoftext|>";
constexpr std::string_view end_mark = "<|endoftext|>";
constexpr std::string_view word_end = "</w>";

/// A word as it is merged: pieces in a row, of which merged ones drop out.
struct Symbol {
    std::int64_t id = 0;
    std::size_t previous = 0;
    std::size_t next = 0;
    bool gone = false;
};

struct Candidate {
    std::size_t rank = 0;
    std::size_t left = 0; ///< index of its left symbol
    std::int64_t id = 0;  ///< of the two together

    /// Lower ranks first, of one rank the leftmost.
    bool operator<(const Candidate& other) const {
        return std::pair(rank, left) > std::pair(other.rank, other.left);
    }
};

constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

} // namespace

ClipTokenizer::ClipTokenizer(const ClipVocabulary& vocabulary) : ids_(vocabulary.ids) {
    for (const auto& [piece, id] : ids_) {
        if (id < 0 || id >= std::numeric_limits<std::int32_t>::max()) {
            throw Error(ErrorKind::user, "The tokenizer's vocabulary has the id " + std::to_string(id) + ".");
        }
        size_ = std::max(size_, id + 1);
    }
    start_ = id_of(std::string(start_mark), "the start of a text");
    end_ = id_of(std::string(end_mark), "the end of a text");
    pad_ = id_of(vocabulary.pad, "padding");
    for (std::size_t rank = 0; rank < vocabulary.merges.size(); ++rank) {
        const auto& [left, right] = vocabulary.merges[rank];
        const std::pair parts(id_of(left, "a merge"), id_of(right, "a merge"));
        merges_.try_emplace(parts, Merge{rank, id_of(left + right, "a merge")});
    }
}

std::int64_t ClipTokenizer::id_of(const std::string& piece, const char* role) const {
    const auto found = ids_.find(piece);
    if (found == ids_.end()) {
        throw Error(
            ErrorKind::user,
            "The tokenizer's vocabulary lacks the piece \"" + piece + "\" for " + std::string(role) + "."
        );
    }
    return found->second;
}

void ClipTokenizer::append_word(std::string_view word, std::vector<std::int64_t>& ids) const {
    std::vector<Symbol> symbols;
    for (std::size_t i = 0; i < word.size(); ++i) {
        const bool last = i + 1 == word.size();
        const auto found = ids_.find(clip_byte(word[i]) + std::string(last ? word_end : ""));
        symbols.push_back(
            {found == ids_.end() ? end_ : found->second, i == 0 ? none : i - 1, last ? none : i + 1}
        );
    }
    std::priority_queue<Candidate> queue;
    const auto consider = [&](std::size_t left) {
        if (left == none || symbols[left].next == none) {
            return;
        }
        const auto merge = merges_.find({symbols[left].id, symbols[symbols[left].next].id});
        if (merge != merges_.end()) {
            queue.push({merge->second.rank, left, merge->second.id});
        }
    };
    for (std::size_t i = 0; i < symbols.size(); ++i) {
        consider(i);
    }
    while (!queue.empty()) {
        const Candidate best = queue.top();
        queue.pop();
        Symbol& left = symbols[best.left];
        if (left.gone || left.next == none) {
            continue;
        }
        Symbol& right = symbols[left.next];
        const auto merge = merges_.find({left.id, right.id});
        if (merge == merges_.end() || merge->second.id != best.id) {
            continue; // one of the two has been merged with another meanwhile
        }
        left.id = best.id;
        left.next = right.next;
        right.gone = true;
        if (left.next != none) {
            symbols[left.next].previous = best.left;
        }
        consider(left.previous);
        consider(best.left);
    }
    for (const Symbol& symbol : symbols) {
        if (!symbol.gone) {
            ids.push_back(symbol.id);
        }
    }
}

void ClipTokenizer::append_plain(std::string_view text, std::vector<std::int64_t>& ids) const {
    for (const std::string& word : clip_words(text)) {
        append_word(word, ids);
    }
}

/// The two marks are cut out of the text before anything else.
std::vector<std::int64_t> ClipTokenizer::pieces(std::string_view text) const {
    std::vector<std::int64_t> ids;
    while (!text.empty()) {
        const std::size_t start = text.find(start_mark);
        const std::size_t end = text.find(end_mark);
        const std::size_t mark = std::min(start, end);
        append_plain(text.substr(0, mark), ids);
        if (mark == std::string_view::npos) {
            break;
        }
        ids.push_back(start < end ? start_ : end_);
        text.remove_prefix(mark + (start < end ? start_mark : end_mark).size());
    }
    return ids;
}

std::vector<std::int64_t>
ClipTokenizer::framed(const std::vector<std::int64_t>& ids, std::size_t length) const {
    std::vector<std::int64_t> result{start_};
    const std::size_t room = std::min(ids.size(), length - 2);
    result.insert(result.end(), ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(room));
    result.push_back(end_);
    result.resize(length, pad_);
    return result;
}

std::vector<std::int64_t> ClipTokenizer::encode(std::string_view text, std::size_t length) const {
    return framed(pieces(text), length);
}

} // namespace rushes
