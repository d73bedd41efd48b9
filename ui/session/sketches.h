// Several seeds of one idea, drawn quickly and then better: few steps and a second of time for all, more
// steps and the whole length for those that were not dropped. They never leave memory; a chosen one is made
// as a clip.
#pragma once

#include "generation/engine.h"

#include <cstdint>
#include <memory>
#include <stop_token>
#include <vector>

#include <QAbstractListModel>
#include <QImage>

namespace rushes::ui {

class StudioSession;

struct Take {
    std::uint64_t seed = 0;
    std::vector<QImage> frames; ///< small; what there is of it so far
    int round = 0;              ///< rounds that are done
    bool drawing = false;
    bool dropped = false;
    bool kept = false;
};

class Sketches : public QAbstractListModel {
    Q_OBJECT

public:
    explicit Sketches(StudioSession& session, QObject* parent = nullptr);
    ~Sketches() override;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

    /// Draws `count` takes; the first one has the recipe's own seed, the others random ones. Throws Error for
    /// a recipe that cannot be made. What was there is gone.
    void begin(const Recipe& recipe, int count);
    /// Nothing more is drawn.
    void end();

    const Take& take(int row) const { return takes_[static_cast<std::size_t>(row)]; }

    /// The clip that a take stands for.
    Recipe recipeOf(int row) const;

    /// A dropped one is not drawn any further; again: it is.
    void toggleDropped(int row);
    /// Drawn before the others.
    void toggleKept(int row);

    /// All that were not dropped are as good as their clips.
    bool done() const { return next() < 0; }

signals:
    void failed(const rushes::Error& error);

private:
    struct Drawing;

    Recipe roundOf(const Take& take) const;
    int next() const;
    void draw();
    void arrive(const std::shared_ptr<Drawing>& drawing);
    void finish(const std::shared_ptr<Drawing>& drawing, const Outcome& outcome);
    void changed(int row);

    StudioSession& session_;
    Recipe recipe_;
    std::vector<int> round_steps_;
    std::vector<Take> takes_;
    std::shared_ptr<Drawing> drawing_; ///< null: nothing is drawn
    std::stop_source stop_;
};

} // namespace rushes::ui
