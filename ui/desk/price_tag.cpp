#include "desk/price_tag.h"

#include "base/error.h"
#include "controls/fit_note.h"
#include "controls/generate_button.h"
#include "controls/levers.h"
#include "controls/recipe_panel.h"
#include "convert.h"
#include "session/studio_session.h"

#include <vector>

namespace rushes::ui {

PriceTag::PriceTag(StudioSession& session, RecipePanel& panel, QObject* parent)
    : QObject(parent), session_(session), panel_(panel) {
    timer_.setSingleShot(true);
    timer_.setInterval(0);
    connect(&timer_, &QTimer::timeout, this, &PriceTag::show);
    connect(&session_, &StudioSession::modelsFound, this, &PriceTag::refresh);
    connect(&session_, &StudioSession::engineLoaded, this, &PriceTag::refresh);
    connect(&session_, &StudioSession::pricesChanged, this, &PriceTag::refresh);
}

void PriceTag::show() {
    if (session_.models().empty()) {
        return;
    }
    GenerateButton& button = panel_.generate();
    try {
        const ClipCost cost = session_.price(panel_.recipe());
        button.setPrice(costText(cost));
        button.setToolTip(QString());
        button.setEnabled(true);
        showFit(cost);
        session_.warmUp(panel_.recipe());
    } catch (const Error& error) {
        button.setPrice(tr("not possible"));
        button.setToolTip(QString::fromUtf8(error.what()) + QLatin1Char(' ') + toQString(error.hint()));
        showImpossible(error);
    }
    panel_.showCosts([this](const Recipe& recipe) -> std::optional<ClipCost> {
        try {
            return session_.price(recipe);
        } catch (const Error&) {
            return std::nullopt;
        }
    });
}

void PriceTag::showFit(const ClipCost& cost) {
    FitNote& note = panel_.fitNote();
    if (cost.fit == MemoryFit::fits) {
        note.clear();
        return;
    }
    const QString needs = bytesText(cost.bytes);
    const QString there = bytesText(cost.memory);
    if (cost.fit == MemoryFit::tight) {
        note.say(
            FitNote::Tone::tight,
            tr("Takes %1 of %2: other programs may have to make room.").arg(needs, there),
            smallerLevers()
        );
        return;
    }
    std::vector<FitLever> levers;
    if (const auto nearest = session_.nearestThatFits(panel_.recipe())) {
        const QString words = settingsWords(*nearest);
        levers.push_back({tr("Use %1").arg(words), [this, nearest = *nearest, words] {
                              emit recipeWanted(nearest, tr("The settings are %1 now").arg(words));
                          }});
    }
    for (FitLever& lever : smallerLevers()) {
        levers.push_back(std::move(lever));
    }
    const QString words =
        levers.empty()
            ? tr("Needs about %1; %2 can be filled. Not even the smallest clip of this model fits.")
            : tr("Needs about %1; %2 can be filled.");
    note.say(FitNote::Tone::bad, words.arg(needs, there), std::move(levers));
}

void PriceTag::showImpossible(const Error& error) {
    panel_.fitNote().say(
        FitNote::Tone::bad,
        QString::fromUtf8(error.what()) + QLatin1Char(' ') + toQString(error.hint()),
        error.lever() == Lever::smaller_clip ? smallerLevers() : std::vector<FitLever>()
    );
}

/// One setting each.
std::vector<FitLever> PriceTag::smallerLevers() {
    std::vector<FitLever> levers;
    if (panel_.model() == nullptr) {
        return levers;
    }
    const auto memory_of = [this](const Recipe& recipe) { return session_.memoryOf(recipe); };
    for (const RecipeLever& lever : smallerClips(panel_.recipe(), *panel_.model(), memory_of)) {
        levers.push_back({lever.words, [this, lever] {
                              Recipe next = panel_.recipe();
                              lever.set(next);
                              emit recipeWanted(next, lever.done);
                          }});
    }
    return levers;
}

} // namespace rushes::ui
