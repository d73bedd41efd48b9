#include "commands/weight_files.h"

#include "base/bytes_in_words.h"
#include "commands/interrupt.h"
#include "commands/terminal.h"
#include "generation/engine.h"
#include "models/registry.h"
#include "nn/weights/convert_weights.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace rushes {

namespace {

/// One line that counts up on a terminal; elsewhere nothing, the end says enough.
class PercentLine {
public:
    explicit PercentLine(std::string what) : what_(std::move(what)) {}

    ~PercentLine() {
        if (shown_ >= 0) {
            std::fputs("\r\x1B[K", stderr);
        }
    }

    PercentLine(const PercentLine&) = delete;
    PercentLine& operator=(const PercentLine&) = delete;

    void show(double share) {
        const int percent = static_cast<int>(std::floor(100 * share));
        if (is_terminal() && percent != shown_) {
            shown_ = percent;
            std::fprintf(stderr, "\r%s %d %%", what_.c_str(), percent);
        }
    }

private:
    std::string what_;
    int shown_ = -1;
};

std::string preset_names(const std::vector<ModelPreset>& presets) {
    std::string names;
    for (const ModelPreset& preset : presets) {
        names += (names.empty() ? "" : ", ") + preset.name;
    }
    return names;
}

} // namespace

int convert_weight_file(const ModelsCommand& command) {
    InterruptWatch interrupt;
    const Conversion conversion = describe_conversion(command.convert[0]);
    say(std::to_string(conversion.tensors) + " tensors, " + bytes_in_words(conversion.bytes) + ".");
    {
        PercentLine line("Converting");
        convert_weights(
            command.convert[0], command.convert[1], [&](double share) { line.show(share); }, interrupt.token()
        );
    }
    print(command.convert[1].string() + "\n");
    return exit_ok;
}

void write_random_weights(
    const std::string& name, const std::filesystem::path& directory, const std::stop_token& stop
) {
    const std::vector<ModelPreset> presets = model_presets();
    const auto preset = std::ranges::find(presets, name, &ModelPreset::name);
    if (preset == presets.end()) {
        throw Error(
            ErrorKind::user, "There is no preset '" + name + "'.", "There are: " + preset_names(presets) + "."
        );
    }
    say("Random weights in the shapes of " + preset->description + ", " + bytes_in_words(preset->bytes()) +
        ": for timing, they make no pictures.");
    PercentLine line("Writing");
    write_random_model(*preset, directory, [&](double share) { line.show(share); }, stop);
}

int write_random_weights(const ModelsCommand& command) {
    InterruptWatch interrupt;
    write_random_weights(command.random[0], command.random[1], interrupt.token());
    print(command.random[1] + "\n");
    return exit_ok;
}

int fit_model_previews(const ModelsCommand& command) {
    InterruptWatch interrupt;
    const ModelInfo model = find_model(command.fit_previews);
    PreviewFit fit;
    {
        PercentLine line("Fitting");
        fit = fit_previews(
            model, {.device = command.device}, [&](double share) { line.show(share); }, interrupt.token()
        );
    }
    print(
        "The previews of " + model.id + " are " + fixed(fit.levels, 1) +
        " levels of 255 off (in grey: " + fixed(fit.grey_levels, 1) + ").\n"
    );
    return exit_ok;
}

} // namespace rushes
