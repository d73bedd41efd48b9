// A JSON object of a model directory, read with checks: every wrong file, type or number becomes one sentence
// that names the file and the key.
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rushes {

/// Bounds of a number, both allowed.
template <typename T>
struct Range {
    T low;
    T high;
};

/// Immutable and cheap to copy. `get_x(key, range)` throws Error{user} when the key is missing, null, of
/// another type or out of range; the overloads with a fallback return it for a missing or null key.
class JsonConfig {
public:
    /// Reads a file that must hold one JSON object. `label` stands for it in sentences
    /// ("transformer/config.json").
    static JsonConfig read(const std::filesystem::path& file, std::string label);
    static JsonConfig parse(std::string_view text, std::string label);

    const std::string& label() const { return label_; }

    /// The key is there and not null.
    bool has(const std::string& key) const;
    std::vector<std::string> keys() const;

    /// Number of values of a list, 0 when the key is missing or holds something else.
    std::size_t size(const std::string& key) const;

    /// Throws Error{user} unless the text `key` is one of `allowed`. Returns it.
    std::string require(const std::string& key, std::initializer_list<std::string_view> allowed) const;

    std::int64_t integer(const std::string& key, Range<std::int64_t> range) const;
    std::int64_t integer(const std::string& key, Range<std::int64_t> range, std::int64_t fallback) const;
    double number(const std::string& key, Range<double> range) const;
    double number(const std::string& key, Range<double> range, double fallback) const;
    bool boolean(const std::string& key) const;
    bool boolean(const std::string& key, bool fallback) const;
    std::string text(const std::string& key) const;
    std::string text(const std::string& key, std::string fallback) const;

    /// Lists of 1 to `max_count` values, each within `range`.
    std::vector<std::int64_t>
    integers(const std::string& key, Range<std::int64_t> range, std::size_t max_count) const;
    std::vector<double> numbers(const std::string& key, Range<double> range, std::size_t max_count) const;
    std::vector<bool> booleans(const std::string& key, std::size_t max_count) const;

    /// A list of texts; entries may be null (then empty), as in model_index.json. Empty for a missing or null
    /// key.
    std::vector<std::string> texts(const std::string& key) const;

    /// A list of lists of two integers ("sizes": [[160, 96], ...]).
    std::vector<std::pair<std::int64_t, std::int64_t>>
    pairs(const std::string& key, Range<std::int64_t> range) const;

    /// A nested object.
    JsonConfig child(const std::string& key) const;

    /// Throws Error{user}: "<label>: <what>".
    [[noreturn]] void fail(const std::string& what, std::string hint = {}) const;

private:
    JsonConfig(std::shared_ptr<const nlohmann::json> object, std::string label);

    const nlohmann::json& at(const std::string& key) const;
    const nlohmann::json& list(const std::string& key, std::size_t max_count) const;

    std::shared_ptr<const nlohmann::json> object_;
    std::string label_;
};

} // namespace rushes
