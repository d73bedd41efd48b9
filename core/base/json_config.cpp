#include "base/json_config.h"

#include "base/atomic_file.h"
#include "base/error.h"

#include <nlohmann/json.hpp>
#include <type_traits>

namespace rushes {

using nlohmann::json;

namespace {

std::string quoted(const std::string& key) {
    return "\"" + key + "\"";
}

std::string shown(double value) {
    return json(value).dump();
}

std::string shown(std::int64_t value) {
    return std::to_string(value);
}

template <typename T>
T checked(const JsonConfig& config, const std::string& key, const json& value, Range<T> range) {
    constexpr bool whole = std::is_same_v<T, std::int64_t>;
    if (!(whole ? value.is_number_integer() : value.is_number())) {
        config.fail(quoted(key) + (whole ? " must be a whole number." : " must be a number."));
    }
    const bool too_large = value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX;
    const T number = too_large ? range.high : value.get<T>();
    if (too_large || !(number >= range.low && number <= range.high)) {
        config.fail(
            quoted(key) + " is " + value.dump() + ", which is not between " + shown(range.low) + " and " +
            shown(range.high) + "."
        );
    }
    return number;
}

} // namespace

JsonConfig::JsonConfig(std::shared_ptr<const json> object, std::string label)
    : object_(std::move(object)), label_(std::move(label)) {}

JsonConfig JsonConfig::read(const std::filesystem::path& file, std::string label) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error)) {
        throw Error(
            ErrorKind::user,
            label + " is missing in " + file.parent_path().string() + ".",
            "The download may be incomplete: fetch the model's directory again."
        );
    }
    return parse(read_file(file), std::move(label));
}

JsonConfig JsonConfig::parse(std::string_view text, std::string label) {
    auto object = std::make_shared<json>(json::parse(text, nullptr, false));
    if (!object->is_object()) {
        throw Error(ErrorKind::user, label + " does not hold a JSON object.");
    }
    return {std::move(object), std::move(label)};
}

void JsonConfig::fail(const std::string& what, std::string hint) const {
    throw Error(ErrorKind::user, label_ + ": " + what, std::move(hint));
}

bool JsonConfig::has(const std::string& key) const {
    const auto found = object_->find(key);
    return found != object_->end() && !found->is_null();
}

std::vector<std::string> JsonConfig::keys() const {
    std::vector<std::string> names;
    for (const auto& item : object_->items()) {
        names.push_back(item.key());
    }
    return names;
}

std::size_t JsonConfig::size(const std::string& key) const {
    return has(key) && object_->at(key).is_array() ? object_->at(key).size() : 0;
}

const json& JsonConfig::at(const std::string& key) const {
    if (!has(key)) {
        fail(quoted(key) + " is missing.");
    }
    return object_->at(key);
}

const json& JsonConfig::list(const std::string& key, std::size_t max_count) const {
    const json& value = at(key);
    if (!value.is_array() || value.empty() || value.size() > max_count) {
        fail(quoted(key) + " must be a list of 1 to " + std::to_string(max_count) + " values.");
    }
    return value;
}

std::string
JsonConfig::require(const std::string& key, std::initializer_list<std::string_view> allowed) const {
    const std::string value = text(key);
    std::string names;
    for (const std::string_view name : allowed) {
        if (value == name) {
            return value;
        }
        names += (names.empty() ? "" : " or ") + std::string(name);
    }
    fail(
        quoted(key) + " is " + json(value).dump(-1, ' ', false, json::error_handler_t::replace) +
        ", expected " + names + "."
    );
}

std::int64_t JsonConfig::integer(const std::string& key, Range<std::int64_t> range) const {
    return checked(*this, key, at(key), range);
}

std::int64_t
JsonConfig::integer(const std::string& key, Range<std::int64_t> range, std::int64_t fallback) const {
    return has(key) ? integer(key, range) : fallback;
}

double JsonConfig::number(const std::string& key, Range<double> range) const {
    return checked(*this, key, at(key), range);
}

double JsonConfig::number(const std::string& key, Range<double> range, double fallback) const {
    return has(key) ? number(key, range) : fallback;
}

bool JsonConfig::boolean(const std::string& key) const {
    const json& value = at(key);
    if (!value.is_boolean()) {
        fail(quoted(key) + " must be true or false.");
    }
    return value.get<bool>();
}

bool JsonConfig::boolean(const std::string& key, bool fallback) const {
    return has(key) ? boolean(key) : fallback;
}

std::string JsonConfig::text(const std::string& key) const {
    const json& value = at(key);
    if (!value.is_string()) {
        fail(quoted(key) + " must be a text.");
    }
    return value.get<std::string>();
}

std::string JsonConfig::text(const std::string& key, std::string fallback) const {
    return has(key) ? text(key) : std::move(fallback);
}

std::vector<std::int64_t>
JsonConfig::integers(const std::string& key, Range<std::int64_t> range, std::size_t max_count) const {
    std::vector<std::int64_t> values;
    for (const json& value : list(key, max_count)) {
        values.push_back(checked(*this, key, value, range));
    }
    return values;
}

std::vector<double>
JsonConfig::numbers(const std::string& key, Range<double> range, std::size_t max_count) const {
    std::vector<double> values;
    for (const json& value : list(key, max_count)) {
        values.push_back(checked(*this, key, value, range));
    }
    return values;
}

std::vector<bool> JsonConfig::booleans(const std::string& key, std::size_t max_count) const {
    std::vector<bool> values;
    for (const json& value : list(key, max_count)) {
        if (!value.is_boolean()) {
            fail(quoted(key) + " must be a list of true and false.");
        }
        values.push_back(value.get<bool>());
    }
    return values;
}

std::vector<std::string> JsonConfig::texts(const std::string& key) const {
    std::vector<std::string> values;
    if (!has(key)) {
        return values;
    }
    const json& value = at(key);
    if (!value.is_array()) {
        fail(quoted(key) + " must be a list of texts.");
    }
    for (const json& entry : value) {
        if (!entry.is_string() && !entry.is_null()) {
            fail(quoted(key) + " must be a list of texts.");
        }
        values.push_back(entry.is_null() ? std::string() : entry.get<std::string>());
    }
    return values;
}

std::vector<std::pair<std::int64_t, std::int64_t>>
JsonConfig::pairs(const std::string& key, Range<std::int64_t> range) const {
    std::vector<std::pair<std::int64_t, std::int64_t>> values;
    for (const json& entry : list(key, 1000)) {
        if (!entry.is_array() || entry.size() != 2) {
            fail(quoted(key) + " must be a list of pairs of whole numbers.");
        }
        values.emplace_back(checked(*this, key, entry[0], range), checked(*this, key, entry[1], range));
    }
    return values;
}

JsonConfig JsonConfig::child(const std::string& key) const {
    const json& value = at(key);
    if (!value.is_object()) {
        fail(quoted(key) + " must be an object.");
    }
    return {std::make_shared<const json>(value), label_ + " \"" + key + "\""};
}

} // namespace rushes
