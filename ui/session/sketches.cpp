#include "session/sketches.h"

#include "base/error.h"
#include "controls/seed_field.h"
#include "convert.h"
#include "generation/engine.h"
#include "session/studio_session.h"
#include "theme/tokens.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <tuple>
#include <utility>

#include <QPointer>

namespace rushes::ui {

namespace {

constexpr double first_look_seconds = 0.75;
constexpr int picture_scale = 2; ///< sharp at 200 %

QImage small(const FramePtr& frame) {
    const QImage picture = toQImage(frame);
    const QSize most(picture_scale * size::take_width, picture_scale * size::take_height);
    return picture.width() <= most.width() && picture.height() <= most.height()
               ? picture.copy()
               : picture.scaled(most, Qt::KeepAspectRatio, Qt::SmoothTransformation);
}

} // namespace

/// One run of the engine, and what comes from its threads.
struct Sketches::Drawing {
    int row = 0;
    std::mutex mutex;
    std::vector<QImage> frames;   ///< final ones
    std::vector<QImage> previews; ///< until there are any
};

Sketches::Sketches(StudioSession& session, QObject* parent) : QAbstractListModel(parent), session_(session) {}

Sketches::~Sketches() {
    end();
}

int Sketches::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(takes_.size());
}

QVariant Sketches::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid) ||
        (role != Qt::DisplayRole && role != Qt::AccessibleTextRole)) {
        return {};
    }
    const Take& take = takes_[static_cast<std::size_t>(index.row())];
    const QString seed = tr("Seed %1").arg(take.seed);
    return take.dropped ? tr("%1, dropped").arg(seed) : take.kept ? tr("%1, kept").arg(seed) : seed;
}

void Sketches::begin(const Recipe& recipe, int count) {
    session_.price(recipe); // says why it can't be made
    end();
    beginResetModel();
    recipe_ = recipe;
    recipe_.draft = false;
    // Half the steps are a quarter of the doubt: 2, 4 and then all 8.
    round_steps_.clear();
    const auto model = std::ranges::find(session_.models(), recipe.model, &ModelInfo::id);
    const bool fixed = model != session_.models().end() && model->fixed_steps;
    for (const int part : {4, 2, 1}) {
        const int steps = fixed ? recipe.steps : std::max(1, recipe.steps / part);
        if (round_steps_.empty() || round_steps_.back() != steps || part == 1) {
            round_steps_.push_back(steps);
        }
    }
    takes_.assign(static_cast<std::size_t>(count), {});
    for (std::size_t i = 0; i < takes_.size(); ++i) {
        takes_[i].seed = i == 0 ? recipe.seed : SeedField::randomSeed();
    }
    stop_ = std::stop_source();
    endResetModel();
    draw();
}

void Sketches::end() {
    stop_.request_stop();
    drawing_.reset();
    for (Take& take : takes_) {
        take.drawing = false;
    }
}

Recipe Sketches::recipeOf(int row) const {
    Recipe recipe = recipe_;
    recipe.seed = take(row).seed;
    return recipe;
}

/// What is computed for the next round of a take.
Recipe Sketches::roundOf(const Take& take) const {
    Recipe recipe = recipe_;
    recipe.seed = take.seed;
    recipe.steps = round_steps_[static_cast<std::size_t>(take.round)];
    if (take.round == 0) {
        const int look = static_cast<int>(std::lround(first_look_seconds * recipe.frame_rate.fps()));
        recipe.frames = std::min(recipe.frames, std::max(1, look));
    }
    return recipe;
}

/// The take that is drawn next, -1: none. All get a first look before one gets a second; kept ones go first.
int Sketches::next() const {
    int best = -1;
    const auto rank = [this](int row) {
        const Take& one = take(row);
        return std::tuple(one.round, !one.kept, row);
    };
    for (int row = 0; row < rowCount(); ++row) {
        const bool open = !take(row).dropped && take(row).round < static_cast<int>(round_steps_.size());
        if (open && (best < 0 || rank(row) < rank(best))) {
            best = row;
        }
    }
    return best;
}

void Sketches::draw() {
    const int row = next();
    if (drawing_ || row < 0 || stop_.stop_requested()) {
        return;
    }
    Take& take = takes_[static_cast<std::size_t>(row)];
    take.drawing = true;
    const auto drawing = std::make_shared<Drawing>();
    drawing->row = row;
    drawing_ = drawing;
    SketchSinks sinks;
    sinks.preview = [drawing](const Preview& preview) {
        const std::lock_guard lock(drawing->mutex);
        drawing->previews.clear();
        for (const FramePtr& picture : preview.pictures) {
            drawing->previews.push_back(small(picture));
        }
    };
    sinks.frame = [drawing](const FramePtr& frame) {
        const std::lock_guard lock(drawing->mutex);
        drawing->frames.push_back(small(frame));
    };
    // These end sooner than the session: what comes home then finds nobody.
    sinks.arrived = [self = QPointer(this), drawing] {
        if (self) {
            self->arrive(drawing);
        }
    };
    sinks.done = [self = QPointer(this), drawing](const Outcome& outcome) {
        if (self) {
            self->finish(drawing, outcome);
        }
    };
    try {
        session_.sketch(roundOf(take), sinks, stop_.get_token());
    } catch (const Error& error) {
        drawing_.reset();
        take.drawing = false;
        emit failed(error);
    }
    changed(row);
}

void Sketches::finish(const std::shared_ptr<Drawing>& drawing, const Outcome& outcome) {
    if (drawing_ != drawing) {
        return; // another set was begun
    }
    arrive(drawing);
    drawing_.reset();
    Take& drawn = takes_[static_cast<std::size_t>(drawing->row)];
    drawn.drawing = false;
    if (const auto* failure = std::get_if<Failed>(&outcome)) {
        end();
        emit failed(failure->error);
    } else if (std::holds_alternative<Finished>(outcome)) {
        ++drawn.round;
    }
    changed(drawing->row);
    draw();
}

void Sketches::arrive(const std::shared_ptr<Drawing>& drawing) {
    if (drawing_ != drawing) {
        return;
    }
    Take& take = takes_[static_cast<std::size_t>(drawing->row)];
    const std::lock_guard lock(drawing->mutex);
    if (!drawing->frames.empty()) {
        take.frames = drawing->frames;
    } else if (take.round == 0) { // later rounds begin from pictures that are better than estimates
        take.frames = drawing->previews;
    }
    changed(drawing->row);
}

void Sketches::toggleDropped(int row) {
    Take& take = takes_[static_cast<std::size_t>(row)];
    take.dropped = !take.dropped;
    take.kept = false;
    changed(row);
    draw();
}

void Sketches::toggleKept(int row) {
    Take& take = takes_[static_cast<std::size_t>(row)];
    take.kept = !take.kept;
    take.dropped = false;
    changed(row);
    draw();
}

void Sketches::changed(int row) {
    emit dataChanged(index(row), index(row));
}

} // namespace rushes::ui
