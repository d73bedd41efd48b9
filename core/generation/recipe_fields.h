// The single values of a recipe as one table. Files, differences, the inspector and the command line go
// through it: a new value is a member of Recipe, a row here, and what it means (plan, model, control).
#pragma once

#include "generation/recipe.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace rushes {

using RecipeMember = std::variant<
    std::string Recipe::*,
    std::uint64_t Recipe::*,
    int Recipe::*,
    double Recipe::*,
    bool Recipe::*,
    FrameRate Recipe::*>;

struct RecipeField {
    const char* key;   ///< in JSON and for programs
    const char* label; ///< for people, lower case, to be translated; empty: not worth showing
    RecipeMember member;
    double low = 0;       ///< in a file, where the lowest may mean "the model's default"
    double typed_low = 0; ///< by a person
    double high = 0;      ///< of a text: its characters
    int since = 1;        ///< Recipe::schema_version that brought it: an older program would misread it
};

/// In the order in which a recipe is written.
std::span<const RecipeField> recipe_fields();

/// Throws Error{bug} for a key that is none.
const RecipeField& recipe_field(std::string_view key);

/// From what a person typed. Throws Error{user} for what is no such value or out of range.
void set_from_text(const RecipeField& field, Recipe& recipe, const std::string& text);

/// A prompt and the seconds after which it takes over, from "2.5:a blue ring spins"; nothing for another
/// text.
std::optional<std::pair<double, std::string>> prompt_at(const std::string& text);

/// From "10:a blue ring" or "10:guidance=5"; nothing for another text.
std::optional<StepChange> step_change(const std::string& text);

/// The values of a recipe that somebody gave; the others are left to what they are applied to.
class RecipeChanges {
public:
    /// Throws as set_from_text().
    void set(std::string_view key, const std::string& text);
    bool has(std::string_view key) const;

    /// Those that were not given have their defaults here.
    const Recipe& values() const { return values_; }

    void apply_to(Recipe& recipe) const;

private:
    Recipe values_;
    std::vector<const RecipeField*> given_;
};

/// One line about a recipe, for people.
struct RecipeFact {
    const char* key;
    const char* label;
    std::string words; ///< "7", "a red ball", "12" (frames a second), "480x832", "on"
};

/// Of every recipe the same ones in the same order: what differs is found by comparing them one by one.
std::vector<RecipeFact> recipe_facts(const Recipe& recipe);

} // namespace rushes
