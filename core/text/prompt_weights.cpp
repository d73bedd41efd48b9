#include "text/prompt_weights.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace rushes {

namespace {

constexpr double emphasis = 1.1;

/// ":1.3)" at the start of `rest`: the number, and the length of all of it.
struct Closing {
    double weight = 1;
    std::size_t length = 0;
};

std::optional<Closing> weight_closing(std::string_view rest) {
    const auto skip_spaces = [&](std::size_t i) {
        return std::min(rest.find_first_not_of(" \t\n", i), rest.size());
    };
    if (!rest.starts_with(':')) {
        return std::nullopt;
    }
    const std::size_t number = skip_spaces(1);
    const std::size_t end = std::min(rest.find_first_not_of("+-.0123456789", number), rest.size());
    const std::size_t bracket = skip_spaces(end);
    if (bracket == rest.size() || rest[bracket] != ')') {
        return std::nullopt;
    }
    const std::size_t digits = number + (rest[number] == '+' ? 1 : 0);
    Closing closing{.length = bracket + 1};
    const auto [last, error] = std::from_chars(rest.data() + digits, rest.data() + end, closing.weight);
    const bool sound = error == std::errc() && last == rest.data() + end;
    return sound ? std::optional(closing) : std::nullopt;
}

class Parser {
public:
    std::vector<WeightedText> parse(std::string_view prompt) {
        while (!prompt.empty()) {
            prompt.remove_prefix(take(prompt));
        }
        for (const std::size_t from : round_) {
            weigh(from, emphasis);
        }
        for (const std::size_t from : square_) {
            weigh(from, 1 / emphasis);
        }
        return merged();
    }

private:
    /// Handles what the rest begins with; its length.
    std::size_t take(std::string_view rest) {
        const char c = rest.front();
        if (c == '\\' && rest.size() > 1 &&
            std::string_view("()[]\\").find(rest[1]) != std::string_view::npos) {
            add(rest.substr(1, 1));
            return 2;
        }
        if (c == '(' || c == '[') {
            (c == '(' ? round_ : square_).push_back(parts_.size());
            fresh_ = true;
            return 1;
        }
        if (const auto closing = weight_closing(rest); closing && !round_.empty()) {
            close(round_, closing->weight);
            return closing->length;
        }
        if (c == ')' && !round_.empty()) {
            close(round_, emphasis);
            return 1;
        }
        if (c == ']' && !square_.empty()) {
            close(square_, 1 / emphasis);
            return 1;
        }
        if (at_word_start_ && is_break(rest)) {
            parts_.push_back({.text = {}, .weight = 1, .breaks_after = true});
            fresh_ = true;
            return std::string_view("BREAK").size();
        }
        add(rest.substr(0, 1));
        return 1;
    }

    static bool is_word(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    }

    static bool is_break(std::string_view rest) {
        constexpr std::string_view word = "BREAK";
        return rest.starts_with(word) && (rest.size() == word.size() || !is_word(rest[word.size()]));
    }

    void add(std::string_view text) {
        if (std::exchange(fresh_, false) || parts_.empty()) {
            parts_.push_back({});
        }
        parts_.back().text += text;
        at_word_start_ = !is_word(text.back());
    }

    void close(std::vector<std::size_t>& brackets, double weight) {
        weigh(brackets.back(), weight);
        brackets.pop_back();
        fresh_ = true;
        at_word_start_ = true;
    }

    void weigh(std::size_t from, double weight) {
        for (std::size_t i = from; i < parts_.size(); ++i) {
            parts_[i].weight *= weight;
        }
    }

    std::vector<WeightedText> merged() const {
        std::vector<WeightedText> result;
        for (const WeightedText& part : parts_) {
            if (part.breaks_after && !result.empty()) {
                result.back().breaks_after = true;
            } else if (!part.breaks_after && !result.empty() && !result.back().breaks_after &&
                       result.back().weight == part.weight) {
                result.back().text += part.text;
            } else {
                result.push_back(part);
            }
        }
        return result.empty() ? std::vector<WeightedText>(1) : result;
    }

    std::vector<WeightedText> parts_;
    std::vector<std::size_t> round_; ///< where open brackets stand, in parts
    std::vector<std::size_t> square_;
    bool fresh_ = true;         ///< the next text is a part of its own
    bool at_word_start_ = true; ///< BREAK is a word, not the end of one
};

/// Fills one chunk after the other.
class Chunks {
public:
    Chunks(const ClipTokenizer& tokenizer, std::size_t length) : tokenizer_(tokenizer), length_(length) {
        const std::vector<std::int64_t> comma = tokenizer.pieces(",");
        comma_ = comma.size() == 1 ? comma.front() : -1;
    }

    void add(std::int64_t id, double weight) {
        if (ids_.size() == length_ - 2) {
            flush(at_comma());
        }
        ids_.push_back(id);
        weights_.push_back(static_cast<float>(weight));
    }

    /// Ends a chunk behind its first `count` pieces; the rest begins the next one.
    void flush(std::size_t count) {
        const auto cut = static_cast<std::ptrdiff_t>(count);
        PromptChunk& chunk = done_.emplace_back();
        chunk.ids = tokenizer_.framed({ids_.begin(), ids_.begin() + cut}, length_);
        chunk.weights.assign(length_, 1.0F);
        std::copy(weights_.begin(), weights_.begin() + cut, chunk.weights.begin() + 1);
        ids_.erase(ids_.begin(), ids_.begin() + cut);
        weights_.erase(weights_.begin(), weights_.begin() + cut);
    }

    std::vector<PromptChunk> finish() {
        if (!ids_.empty() || done_.empty()) {
            flush(ids_.size());
        }
        return std::move(done_);
    }

    std::size_t pending() const { return ids_.size(); }

private:
    std::size_t at_comma() const {
        constexpr std::ptrdiff_t reach = 20;
        const auto last = std::find(ids_.rbegin(), ids_.rend(), comma_);
        return last - ids_.rbegin() < reach ? static_cast<std::size_t>(ids_.rend() - last) : ids_.size();
    }

    const ClipTokenizer& tokenizer_;
    const std::size_t length_;
    std::int64_t comma_ = -1;
    std::vector<std::int64_t> ids_; ///< of the chunk that is being filled
    std::vector<float> weights_;
    std::vector<PromptChunk> done_;
};

} // namespace

std::vector<WeightedText> parse_prompt_weights(std::string_view prompt) {
    return Parser().parse(prompt);
}

bool PromptChunk::weighted() const {
    return std::ranges::any_of(weights, [](float weight) { return weight != 1; });
}

std::vector<PromptChunk>
prompt_chunks(const ClipTokenizer& tokenizer, std::string_view prompt, std::size_t length) {
    Chunks chunks(tokenizer, length);
    for (const WeightedText& part : parse_prompt_weights(prompt)) {
        for (const std::int64_t id : tokenizer.pieces(part.text)) {
            chunks.add(id, part.weight);
        }
        if (part.breaks_after && chunks.pending() > 0) {
            chunks.flush(chunks.pending());
        }
    }
    return chunks.finish();
}

PromptChunk empty_chunk(const ClipTokenizer& tokenizer, std::size_t length) {
    return {tokenizer.framed({}, length), std::vector<float>(length, 1.0F)};
}

} // namespace rushes
