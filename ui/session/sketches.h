// Several takes of one idea, other seeds or other values, each a clip that is begun: a first look at all,
// more for those that were not dropped, until they are whole. What is computed of each is kept
// (RunSinks::checkpoint), so that the next round goes on from it, and so does the clip that is made of the
// chosen one.
#pragma once

#include "generation/engine.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <stop_token>
#include <utility>
#include <vector>

#include <QAbstractListModel>
#include <QImage>

namespace rushes::ui {

class StudioSession;

struct Take {
    Recipe recipe;
    QString label; ///< what sets it apart; empty: its number does
    std::uint64_t seed = 0;
    bool by_blocks = false;
    bool fast_decode = false;    ///< a look need not be more exact; the clip's latents are the same
    std::vector<int> round_ends; ///< frames that a round ends with (by blocks), or steps
    std::string job;             ///< the id of the clip that it will be
    std::vector<QImage> frames;  ///< small; what there is of it so far
    bool decoded = false;        ///< they are the clip's own; else estimates
    int round = 0;               ///< rounds that are done
    bool drawing = false;
    bool dropped = false;
    bool kept = false;
};

class Sketches : public QAbstractListModel {
    Q_OBJECT

public:
    /// `rounds`: after so many of each nothing more is drawn.
    explicit Sketches(
        StudioSession& session, int rounds = std::numeric_limits<int>::max(), QObject* parent = nullptr
    );
    ~Sketches() override;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

    /// Draws `count` takes; the first one has the recipe's own seed, the others random ones. Throws Error for
    /// a recipe that cannot be made. What was there is gone.
    void begin(const Recipe& recipe, int count);
    /// The same of recipes that differ, each with what sets it apart.
    void begin(const std::vector<std::pair<Recipe, QString>>& recipes);
    /// Nothing more is drawn, and what is computed of those that were not handed over goes.
    void close();

    const Take& take(int row) const { return takes_[static_cast<std::size_t>(row)]; }

    /// The clip that a take stands for.
    const Recipe& recipeOf(int row) const { return take(row).recipe; }

    /// It is made as a clip: what is computed of it is its job's. The job's id.
    std::string handOver(int row);

    /// A dropped one is not drawn any further, from this moment on; again: it is.
    void toggleDropped(int row);
    /// Drawn before the others.
    void toggleKept(int row);

    /// All that were not dropped are as good as their clips.
    bool done() const { return next() < 0; }

signals:
    void failed(const rushes::Error& error);

private:
    struct Drawing;

    Take beginning(const Recipe& recipe) const;
    int next() const;
    void draw();
    void end();
    void forget();
    void arrive(const std::shared_ptr<Drawing>& drawing);
    void finish(const std::shared_ptr<Drawing>& drawing, const Outcome& outcome);
    void changed(int row);

    StudioSession& session_;
    const int rounds_;
    std::vector<Take> takes_;
    std::shared_ptr<Drawing> drawing_; ///< null: nothing is drawn
    bool ended_ = true;
};

} // namespace rushes::ui
