#include "models/model_card.h"

#include "base/json_config.h"

#include <algorithm>

namespace rushes {
namespace {

namespace fs = std::filesystem;

int frames_on_lattice(const JsonConfig& card, const char* key, const ModelInfo& info, int fallback) {
    const auto frames = static_cast<int>(card.integer(key, {1, 100000}, fallback));
    if (!info.lattice.holds_frames(frames)) {
        card.fail(
            "\"" + std::string(key) + "\" is " + std::to_string(frames) + ", which is not " +
            std::to_string(info.lattice.frame_stride) + " * k + 1."
        );
    }
    return frames;
}

void read_lattice(ModelInfo& info, const JsonConfig& card) {
    info.default_frames = frames_on_lattice(card, "frames", info, info.default_frames);
    if (card.has("frames")) {
        info.lattice.max_frames = card.has("max_frames") ? frames_on_lattice(card, "max_frames", info, 1) : 0;
    }
    if (!card.has("sizes")) {
        return;
    }
    info.lattice.sizes.clear();
    info.lattice.free_size = card.boolean("free_size", false);
    for (const auto& [width, height] : card.pairs("sizes", {1, 16384})) {
        const PictureSize size{static_cast<int>(width), static_cast<int>(height)};
        if (!info.lattice.holds(size)) {
            card.fail(
                "the size " + std::to_string(width) + " x " + std::to_string(height) +
                " is not a multiple of " + std::to_string(info.lattice.size_multiple) + "."
            );
        }
        info.lattice.sizes.push_back(size);
    }
}

/// How a student is sampled: {"scheduler": "rcm", "steps": 4, "guidance": 1}.
void read_sampling(ModelInfo& info, const JsonConfig& card) {
    if (card.has("scheduler")) {
        const std::string name = card.text("scheduler");
        const auto found = std::ranges::find(info.schedulers, name);
        if (found == info.schedulers.end()) {
            card.fail("\"scheduler\" is " + name + ", which this model does not have.");
        }
        std::rotate(info.schedulers.begin(), found, found + 1);
        const auto few = std::ranges::find(info.few_steps, name, &StepSchedule::scheduler);
        if (few != info.few_steps.end()) {
            take_schedule(info, *few);
        }
    }
    if (card.has("steps")) {
        info.default_steps = static_cast<int>(card.integer("steps", {1, 1000}));
    }
    info.default_guidance = card.number("guidance", {1, 100}, info.default_guidance);
}

void read_vocabulary(ModelInfo& info, const JsonConfig& vocabulary) {
    const auto know = [&](const JsonConfig& lists, const std::string& key) {
        const std::vector<std::string> words = lists.texts(key);
        info.vocabulary.insert(info.vocabulary.end(), words.begin(), words.end());
    };
    for (const std::string& kind : vocabulary.keys()) {
        if (kind != "synonyms") {
            know(vocabulary, kind);
            continue;
        }
        // Of each word, the other words that mean the same.
        const JsonConfig synonyms = vocabulary.child(kind);
        for (const std::string& word : synonyms.keys()) {
            know(synonyms, word);
        }
    }
}

/// Where some word of a kind stands in a text; npos: nowhere.
std::size_t place_in(const std::string& text, const WordGroup& group) {
    std::size_t first = std::string::npos;
    for (const auto& words : {group.words, group.others}) {
        for (const std::string& word : words) {
            first = std::min(first, text.find(word));
        }
    }
    return first;
}

} // namespace

void take_schedule(ModelInfo& info, const StepSchedule& schedule) {
    info.default_steps = schedule.steps;
    info.default_guidance = 1;
    info.tiers = {{"fast", (schedule.steps + 1) / 2}, {"balanced", schedule.steps}};
}

void read_model_card(ModelInfo& info) {
    const fs::path file = info.directory / "rushes.json";
    if (!fs::exists(file)) {
        return;
    }
    const JsonConfig card = JsonConfig::read(file, "rushes.json");
    info.name = card.text("name", info.name);
    info.description = card.text("description", info.description);
    info.demonstration = card.boolean("demonstration", false);
    info.frame_rate = {static_cast<int>(card.integer("fps", {1, 240}, info.frame_rate.num)), 1};
    read_lattice(info, card);
    read_sampling(info, card);
    info.examples = card.texts("examples");
    info.default_negative = card.text("negative", info.default_negative);
    if (card.has("vocabulary")) {
        read_vocabulary(info, card.child("vocabulary"));
    }
}

std::vector<WordGroup> known_word_groups(const fs::path& directory) {
    const fs::path file = directory / "rushes.json";
    if (!fs::exists(file)) {
        return {};
    }
    const JsonConfig card = JsonConfig::read(file, "rushes.json");
    if (!card.has("vocabulary")) {
        return {};
    }
    const JsonConfig vocabulary = card.child("vocabulary");
    std::vector<WordGroup> groups;
    for (const std::string& kind : vocabulary.keys()) {
        if (kind == "synonyms") {
            continue;
        }
        WordGroup& group = groups.emplace_back(WordGroup{kind, vocabulary.texts(kind), {}});
        for (const std::string& word : group.words) {
            if (vocabulary.has("synonyms") && vocabulary.child("synonyms").has(word)) {
                const auto others = vocabulary.child("synonyms").texts(word);
                group.others.insert(group.others.end(), others.begin(), others.end());
            }
        }
    }
    if (const auto examples = card.texts("examples"); !examples.empty()) {
        std::ranges::stable_sort(groups, {}, [&](const WordGroup& group) {
            return place_in(examples.front(), group);
        });
    }
    return groups;
}

} // namespace rushes
