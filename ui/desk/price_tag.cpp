#include "desk/price_tag.h"

#include "base/error.h"
#include "controls/fit_note.h"
#include "controls/generate_button.h"
#include "controls/recipe_panel.h"
#include "convert.h"
#include "desk/fit_levers.h"
#include "session/studio_session.h"

#include <vector>

namespace rushes::ui {

namespace {

QString sentences(const Error& error) {
    return QString::fromUtf8(error.what()) + QLatin1Char(' ') + toQString(error.hint());
}

} // namespace

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
        button.setNote(cost.drafter.isEmpty() ? QString() : tr("first a draft by %1").arg(cost.drafter));
        button.setEnabled(true);
        showFit(cost);
        session_.warmUp(panel_.recipe());
    } catch (const Error& error) {
        button.setPrice(tr("not possible"));
        button.setNote(QString());
        button.setToolTip(sentences(error));
        showImpossible(error);
    }
    panel_.showCosts([this](const Recipe& recipe) {
        try {
            return session_.price(recipe);
        } catch (const Error& error) {
            ClipCost cost;
            cost.fit = MemoryFit::refused;
            cost.why_not = sentences(error);
            return cost;
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
            levers()
        );
        return;
    }
    std::vector<FitLever> help = levers();
    const QString words =
        help.empty() ? tr("Needs about %1; %2 can be filled. Not even the smallest clip of this model fits.")
                     : tr("Needs about %1; %2 can be filled.");
    note.say(FitNote::Tone::bad, words.arg(needs, there), std::move(help));
}

void PriceTag::showImpossible(const Error& error) {
    panel_.fitNote().say(
        FitNote::Tone::bad,
        sentences(error),
        error.lever() == Lever::smaller_clip ? levers() : std::vector<FitLever>()
    );
}

std::vector<FitLever> PriceTag::levers() {
    std::vector<FitLever> levers;
    for (const RecipeLever& lever : leversFor(panel_.recipe(), panel_, session_)) {
        levers.push_back({lever.words, [this, lever] {
                              Recipe next = panel_.recipe();
                              lever.set(next);
                              emit recipeWanted(next, lever.done);
                          }});
    }
    if (const auto percent = session_.budgetFor(panel_.recipe())) {
        levers.push_back({tr("Let clips fill %1 % of the memory").arg(*percent), [this, percent] {
                              emit budgetWanted(*percent);
                          }});
    }
    return levers;
}

} // namespace rushes::ui
