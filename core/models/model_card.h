// rushes.json: what a model made for this program says of itself. No libtorch here.
#pragma once

#include "models/model_info.h"

namespace rushes {

/// A student's steps and guidance become the model's own.
void take_schedule(ModelInfo& info, const StepSchedule& schedule);

/// Reads the card in info.directory, where there is one, over what the family filled in: name, description,
/// lattice, scheduler with steps and guidance, negative prompt, examples, vocabulary. Throws Error{user} for
/// what is off the lattice.
void read_model_card(ModelInfo& info);

/// Words of one kind that a demonstration model knows: "objects".
struct WordGroup {
    std::string name;
    std::vector<std::string> words;  ///< phrases too: "over the sea"
    std::vector<std::string> others; ///< that mean the same as some of them
};

/// The kinds of the card's vocabulary, as they follow each other in its examples; none without a card or
/// vocabulary. Throws Error{user} for a damaged card.
std::vector<WordGroup> known_word_groups(const std::filesystem::path& directory);

} // namespace rushes
