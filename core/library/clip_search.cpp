#include "library/clip_search.h"

#include <algorithm>
#include <cstddef>

namespace rushes {

namespace {

constexpr std::size_t gram = 3; ///< characters that the index of words needs at least

/// "100%" -> "100\\%": % and _ are plain characters.
std::string like_pattern(const std::string& word) {
    std::string pattern = "%";
    for (const char c : word) {
        if (c == '%' || c == '_' || c == '\\') {
            pattern += '\\';
        }
        pattern += c;
    }
    return pattern + '%';
}

/// A string of FTS5's query language.
std::string quoted(const std::string& word) {
    std::string text = "\"";
    for (const char c : word) {
        text += c == '"' ? "\"\"" : std::string(1, c);
    }
    return text + '"';
}

std::size_t characters(const std::string& utf8) {
    std::size_t count = 0;
    for (const char c : utf8) {
        count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
    }
    return count;
}

std::vector<std::string> words_of(const std::string& text) {
    std::vector<std::string> words(1);
    for (const char c : text) {
        if (c != ' ' && c != '\t' && c != '\n') {
            words.back() += c;
        } else if (!words.back().empty()) {
            words.emplace_back();
        }
    }
    if (words.back().empty()) {
        words.pop_back();
    }
    return words;
}

const char* condition_of(ClipQuery::Shape shape) {
    switch (shape) {
    case ClipQuery::Shape::any:
        return "";
    case ClipQuery::Shape::wide:
        return " AND c.width > c.height";
    case ClipQuery::Shape::tall:
        return " AND c.width < c.height";
    case ClipQuery::Shape::square:
        return " AND c.width = c.height";
    }
    return "";
}

bool is_short(const std::string& word) {
    return characters(word) < gram;
}

/// Words shorter than the index knows are looked for clip by clip.
void add_words(ClipSearch& search, const std::vector<std::string>& words) {
    std::string match;
    for (const std::string& word : words) {
        if (is_short(word)) {
            search.sql += " AND c.words LIKE ? ESCAPE '\\'";
            search.values.emplace_back(like_pattern(word));
        } else {
            match += (match.empty() ? "" : " AND ") + quoted(word);
        }
    }
    if (!match.empty()) {
        search.sql += " AND clip_words MATCH ?";
        search.values.emplace_back(match);
    }
}

} // namespace

ClipSearch clip_search(const ClipQuery& query, int limit) {
    const std::vector<std::string> words = words_of(query.words);
    const bool matches = !std::ranges::all_of(words, is_short);
    const std::string index = std::ranges::any_of(words, is_short) ? "clips_short_words" : "clips_light";
    // The index of words and those of clips give their rows by number: the newest page needs no sorting, and
    // nothing behind it is looked at.
    ClipSearch search;
    search.sql = matches ? "SELECT w.rowid FROM clip_words w CROSS JOIN clips c INDEXED BY " + index +
                               " ON c.id = w.rowid WHERE 1"
                         : "SELECT c.id FROM clips c INDEXED BY " + index + " WHERE 1";
    add_words(search, words);
    if (query.favourites) {
        search.sql += " AND c.favourite <> 0";
    }
    if (query.least_rating > 0) {
        search.sql += " AND c.rating >= ?";
        search.values.emplace_back(std::int64_t{query.least_rating});
    }
    if (!query.model.empty()) {
        search.sql += " AND c.model = ?";
        search.values.emplace_back(query.model);
    }
    if (!query.tag.empty()) {
        search.sql += " AND c.id IN (SELECT clip FROM clip_tags WHERE tag = ?)";
        search.values.emplace_back(query.tag);
    }
    if (query.collection > 0) {
        search.sql += " AND c.id IN (SELECT clip FROM collection_clips WHERE collection = ?)";
        search.values.emplace_back(query.collection);
    }
    search.sql += condition_of(query.shape);
    if (query.since_unix_ms > 0) {
        search.sql += " AND c.created_unix_ms >= ?";
        search.values.emplace_back(query.since_unix_ms);
    }
    const std::string id = matches ? "w.rowid" : "c.id";
    search.sql += query.order == ClipQuery::Order::oldest       ? " ORDER BY " + id + " ASC"
                  : query.order == ClipQuery::Order::best_rated ? " ORDER BY c.rating DESC, " + id + " DESC"
                                                                : " ORDER BY " + id + " DESC";
    if (limit > 0) {
        search.sql += " LIMIT ?";
        search.values.emplace_back(std::int64_t{limit});
    }
    return search;
}

} // namespace rushes
