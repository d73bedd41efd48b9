#include "generation/recipe_grid.h"

#include "base/error.h"
#include "generation/recipe_fields.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace rushes {
namespace {

std::string trimmed(const std::string& text) {
    const std::size_t first = text.find_first_not_of(" \t");
    return first == std::string::npos ? std::string()
                                      : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// "1-4".
std::optional<std::pair<std::uint64_t, std::uint64_t>> range_in(const std::string& text) {
    std::pair<std::uint64_t, std::uint64_t> range;
    const char* const end = text.data() + text.size();
    const auto first = std::from_chars(text.data(), end, range.first);
    if (first.ec != std::errc() || first.ptr == end || *first.ptr != '-') {
        return std::nullopt;
    }
    const auto last = std::from_chars(first.ptr + 1, end, range.second);
    const bool whole = last.ec == std::errc() && last.ptr == end && range.first < range.second;
    return whole ? std::optional(range) : std::nullopt;
}

void check(const GridAxis& axis) {
    if (!axis.key.empty() && axis.values.empty()) {
        throw Error(
            ErrorKind::user,
            "There is no value of '" + std::string(recipe_field(axis.key).label) + "' to try.",
            "Give some, with commas."
        );
    }
}

Recipe with_value(
    const Recipe& recipe,
    const GridAxis& axis,
    std::size_t at,
    const std::function<Recipe(const Recipe&, const std::string&)>& with_model
) {
    if (axis.key.empty()) {
        return recipe;
    }
    if (axis.key == "model") {
        return with_model(recipe, axis.values[at]);
    }
    Recipe changed = recipe;
    set_from_text(recipe_field(axis.key), changed, axis.values[at]);
    return changed;
}

} // namespace

std::vector<std::string> listed_values(const std::string& text) {
    std::vector<std::string> values;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t comma = std::min(text.find(',', begin), text.size());
        const std::string value = trimmed(text.substr(begin, comma - begin));
        if (const auto range = range_in(value)) {
            // One more than is possible at all says so where they are counted.
            for (std::uint64_t i = range->first; i <= range->second && values.size() <= most_grid_recipes;
                 ++i) {
                values.push_back(std::to_string(i));
            }
        } else if (!value.empty()) {
            values.push_back(value);
        }
        begin = comma + 1;
    }
    return values;
}

std::vector<Recipe> recipe_grid(
    const Recipe& base,
    const GridAxis& rows,
    const GridAxis& columns,
    const std::function<Recipe(const Recipe&, const std::string& model)>& with_model
) {
    check(rows);
    check(columns);
    if (!rows.key.empty() && rows.key == columns.key) {
        throw Error(ErrorKind::user, "Both directions change the same value.", "Choose another one for one.");
    }
    const std::size_t height = rows.key.empty() ? 1 : rows.values.size();
    const std::size_t width = columns.key.empty() ? 1 : columns.values.size();
    if (height * width > most_grid_recipes) {
        throw Error(
            ErrorKind::user,
            std::to_string(height * width) + " clips are more than can be looked at at once.",
            "Take " + std::to_string(most_grid_recipes) + " at most."
        );
    }
    std::vector<Recipe> grid;
    for (std::size_t row = 0; row < height; ++row) {
        for (std::size_t column = 0; column < width; ++column) {
            // The model first: it brings values of its own, and the other axis means to change one of them.
            const bool model_across = columns.key == "model";
            const Recipe first = model_across ? with_value(base, columns, column, with_model)
                                              : with_value(base, rows, row, with_model);
            grid.push_back(
                model_across ? with_value(first, rows, row, with_model)
                             : with_value(first, columns, column, with_model)
            );
        }
    }
    return grid;
}

} // namespace rushes
