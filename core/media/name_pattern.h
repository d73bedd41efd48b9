// Names of a picture sequence: "name-%04d.png" or "name-%d.png".
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace rushes {

class NamePattern {
public:
    /// Empty when there is no '%'. Throws Error{user} for anything but one %d or %0Nd (N from 1 to 9).
    static std::optional<NamePattern> parse(const std::string& text);

    std::string name(int number) const;
    std::string text() const;

    /// This pattern, or with "-1", "-2" ... before the number when a file in `folder` has one of its names.
    NamePattern unused_in(const std::filesystem::path& folder) const;

private:
    bool matches(const std::string& name) const;
    bool is_used_in(const std::filesystem::path& folder) const;

    std::string before_;
    std::string after_;
    std::size_t digits_ = 0; ///< 0: no leading zeros
};

} // namespace rushes
