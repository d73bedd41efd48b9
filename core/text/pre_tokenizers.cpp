#include "text/pre_tokenizers.h"

#include "text/code_points.h"
#include "text/normalizers.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace rushes {

std::vector<TextPart> split_at_white_space(const std::vector<TextPart>& parts) {
    std::vector<TextPart> words;
    for (const TextPart& part : parts) {
        const std::string_view text = part.text;
        std::size_t begin = 0;
        for (std::size_t i = 0; i <= text.size();) {
            const bool at_end = i == text.size();
            const CodePoint point = at_end ? CodePoint{.bytes = 1} : code_point_at(text, i);
            if (at_end || is_white_space(point.value)) {
                if (i > begin) {
                    words.push_back({std::string(text.substr(begin, i - begin)), part.at_start && begin == 0}
                    );
                }
                begin = i + point.bytes;
            }
            i += point.bytes;
        }
    }
    return words;
}

std::vector<TextPart> Metaspace::operator()(std::vector<TextPart> parts) const {
    std::vector<TextPart> marked;
    for (TextPart& part : parts) {
        std::string text = replace_text(part.text, " ", mark);
        const bool wanted =
            prepend == Prepend::where_missing || (prepend == Prepend::first_where_missing && part.at_start);
        if (prepend == Prepend::always || (wanted && !text.starts_with(mark))) {
            text.insert(0, mark);
        }
        bool at_start = part.at_start;
        while (split && !text.empty()) {
            const std::size_t cut =
                std::min(text.find(mark, text.starts_with(mark) ? mark.size() : 0), text.size());
            marked.push_back({text.substr(0, cut), std::exchange(at_start, false)});
            text.erase(0, cut);
        }
        if (!text.empty()) {
            marked.push_back({std::move(text), at_start});
        }
    }
    return marked;
}

} // namespace rushes
