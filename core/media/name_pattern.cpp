#include "media/name_pattern.h"

#include "base/error.h"

#include <algorithm>

namespace rushes {
namespace fs = std::filesystem;

std::optional<NamePattern> NamePattern::parse(const std::string& text) {
    const auto percent = text.find('%');
    if (percent == std::string::npos) {
        return std::nullopt;
    }
    NamePattern pattern;
    pattern.before_ = text.substr(0, percent);
    std::string rest = text.substr(percent + 1);
    if (rest.size() >= 2 && rest[0] == '0' && rest[1] >= '1' && rest[1] <= '9') {
        pattern.digits_ = static_cast<std::size_t>(rest[1] - '0');
        rest.erase(0, 2);
    }
    if (!rest.starts_with('d') || rest.find('%') != std::string::npos) {
        throw Error(
            ErrorKind::user,
            "'" + text + "' is not a pattern for a sequence of pictures.",
            "Use a name such as name-%04d.png."
        );
    }
    pattern.after_ = rest.substr(1);
    return pattern;
}

std::string NamePattern::name(int number) const {
    const std::string text = std::to_string(number);
    const std::string zeros(digits_ > text.size() ? digits_ - text.size() : 0, '0');
    return before_ + zeros + text + after_;
}

std::string NamePattern::text() const {
    return before_ + (digits_ > 0 ? "%0" + std::to_string(digits_) + "d" : "%d") + after_;
}

bool NamePattern::matches(const std::string& name) const {
    if (name.size() <= before_.size() + after_.size() || !name.starts_with(before_) ||
        !name.ends_with(after_)) {
        return false;
    }
    const std::string number = name.substr(before_.size(), name.size() - before_.size() - after_.size());
    return std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool NamePattern::is_used_in(const fs::path& folder) const {
    const fs::directory_iterator entries(folder);
    return std::any_of(begin(entries), end(entries), [&](const fs::directory_entry& entry) {
        return matches(entry.path().filename().string());
    });
}

NamePattern NamePattern::unused_in(const fs::path& folder) const {
    NamePattern candidate = *this;
    const auto stem_end = before_.find_last_not_of("-_. ");
    const std::size_t split = stem_end == std::string::npos ? 0 : stem_end + 1;
    for (int n = 1; candidate.is_used_in(folder); ++n) {
        candidate.before_ = before_.substr(0, split) + "-" + std::to_string(n) +
                            (split < before_.size() ? before_.substr(split) : "-");
    }
    return candidate;
}

} // namespace rushes
