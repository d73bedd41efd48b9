// What the chosen model leaves to choose, as plain values: shapes, sizes, lengths, and why something is not
// offered. No widgets here.
#pragma once

#include "generation/recipe.h"
#include "models/model_card.h"
#include "models/model_info.h"

#include <string>
#include <vector>

#include <QCoreApplication>
#include <QString>

namespace rushes::ui {

struct AspectChoice {
    QString label; ///< "16:9"
    double ratio = 1;
    std::vector<PictureSize> sizes; ///< trained sizes of this shape, smallest first; empty: not offered
    QString why_not;                ///< one sentence with the lever when not offered
};

struct ResolutionChoice {
    QString label; ///< "480p"
    PictureSize size;
    bool offered = false;
    QString why_not;
};

/// What a model knows in the place of a word that it does not.
struct WordOffer {
    QString unknown; ///< the first such word; empty: all are known
    QStringList words;
};

class Choices {
    Q_DECLARE_TR_FUNCTIONS(Choices)

public:
    /// `groups`: known_word_groups() of a demonstration model.
    explicit Choices(ModelInfo model, std::vector<WordGroup> groups = {});

    const ModelInfo& model() const { return model_; }

    const std::vector<AspectChoice>& aspects() const { return aspects_; }

    /// Index into aspects() of the shape of a size; -1: none.
    int aspectOf(int width, int height) const;

    /// Sizes of a shape, those of the model first, then common ones that it does not make.
    std::vector<ResolutionChoice> resolutions(int aspect) const;

    /// The size of that shape closest in area.
    PictureSize nearestSize(int aspect, int width, int height) const;

    /// Of the trained sizes the one of that shape closest in area; the model's first for a shape that it was
    /// not trained on.
    PictureSize trainedSize(int width, int height) const;

    // Lengths on the lattice, by their number of latent frames after the first.
    int minSteps() const; ///< of a clip; none for a model of stills

    int maxSteps() const;

    int framesAt(int k) const { return model_.lattice.frames(k + 1); }

    int latticeIndex(int frames) const; ///< the nearest, within the limits

    /// A recipe with every open default filled in and every number as the planner would have it (mended()),
    /// within the sliders.
    Recipe complete(const Recipe& recipe) const;

    /// Empty when the tier can be chosen, else why not.
    QString whyNoTier(const std::string& tier) const;

    /// Lower-case words of `prompt` that a demonstration model does not know; none for other models.
    QStringList unknownWords(const QString& prompt) const;

    /// Words of the kind that fits where the first unknown word stands: after a colour an object.
    WordOffer offer(const QString& prompt) const;

private:
    ModelInfo model_;
    std::vector<WordGroup> groups_;
    std::vector<AspectChoice> aspects_;
};

/// "2.8 s · 33 frames · 12 fps"
QString durationText(int frames, FrameRate rate);

/// Rounded up: "12 s", "4 min", "1 h 5 min".
QString timeText(double seconds);

/// "about 4 s", "about 2 min", "under 1 s"; empty for unknown (< 0).
QString aboutSeconds(double seconds);

/// "0.4 GB", "28 MB", "18 kB"
QString bytesText(std::uint64_t bytes);

/// "1 204 553": thin groups of three.
QString groupedNumber(std::uint64_t number);

} // namespace rushes::ui
