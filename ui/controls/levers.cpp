#include "controls/levers.h"

#include "controls/choices.h"

#include <algorithm>

#include <QCoreApplication>

namespace rushes::ui {

namespace {

constexpr double worth_it = 0.95; ///< of the memory: what saves less is no help
constexpr double shorter_part = 0.6;
constexpr std::size_t most_levers = 2;

QString tr2(const char* text) {
    return QCoreApplication::translate("Levers", text);
}

std::int64_t area(int width, int height) {
    return std::int64_t{width} * height;
}

/// The largest trained size that is smaller and of the same shape; the model's first one for a shape that it
/// does not know.
std::optional<PictureSize> smallerSize(const Choices& choices, const Recipe& recipe) {
    const int aspect = choices.aspectOf(recipe.width, recipe.height);
    const auto& sizes = aspect < 0 ? std::vector<PictureSize>{choices.model().lattice.sizes.front()}
                                   : choices.aspects()[static_cast<std::size_t>(aspect)].sizes;
    const auto found = std::find_if(sizes.rbegin(), sizes.rend(), [&](const PictureSize& size) {
        return area(size.width, size.height) < area(recipe.width, recipe.height);
    });
    return found == sizes.rend() ? std::nullopt : std::optional(*found);
}

} // namespace

std::vector<RecipeLever>
smallerClips(const Recipe& recipe, const ModelInfo& model, const MemoryOf& memory_of) {
    const Choices choices(model);
    const auto needed = memory_of(recipe);
    std::vector<RecipeLever> levers;
    const auto offer = [&](RecipeLever lever) {
        Recipe changed = recipe;
        lever.set(changed);
        const auto bytes = memory_of(changed);
        const bool helps =
            bytes && (!needed || static_cast<double>(*bytes) < worth_it * static_cast<double>(*needed));
        if (helps && levers.size() < most_levers) {
            levers.push_back(std::move(lever));
        }
    };
    if (const auto size = smallerSize(choices, recipe)) {
        const QString name = QStringLiteral("%1p").arg(std::min(size->width, size->height));
        offer({tr2("Use %1").arg(name), tr2("The size is %1 now").arg(name), [size = *size](Recipe& r) {
                   r.width = size.width;
                   r.height = size.height;
               }});
    }
    const int frames = choices.framesAt(choices.latticeIndex(static_cast<int>(recipe.frames * shorter_part)));
    const FrameRate rate = recipe.frame_rate.num > 0 ? recipe.frame_rate : model.frame_rate;
    const QString seconds = tr2("%1 s").arg(frames / rate.fps(), 0, 'f', 1);
    offer({tr2("Shorter: %1").arg(seconds), tr2("The clip is %1 long now").arg(seconds), [frames](Recipe& r) {
               r.frames = frames;
           }});
    offer({tr2("Use bf16 numbers"), tr2("The numbers are bf16 now"), [](Recipe& r) { r.dtype = "bf16"; }});
    offer({tr2("Keep the weights in fp8"), tr2("The weights are fp8 now"), [](Recipe& r) { r.dtype = "fp8"; }}
    );
    return levers;
}

QString settingsWords(const Recipe& recipe) {
    return tr2("%1 × %2, %3 frames, %4")
        .arg(recipe.width)
        .arg(recipe.height)
        .arg(recipe.frames)
        .arg(QString::fromStdString(recipe.dtype));
}

} // namespace rushes::ui
