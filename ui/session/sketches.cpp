#include "session/sketches.h"

#include "base/error.h"
#include "controls/seed_field.h"
#include "convert.h"
#include "generation/engine.h"
#include "models/companions.h"
#include "session/studio_session.h"
#include "theme/tokens.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>
#include <tuple>
#include <utility>

#include <QPointer>

namespace rushes::ui {

namespace {

constexpr double first_look_seconds = 0.4; ///< enough to see what moves and how
constexpr int picture_scale = 2;           ///< sharp at 200 %

QImage small(const FramePtr& frame) {
    const QImage picture = toQImage(frame);
    const QSize most(picture_scale * size::take_width, picture_scale * size::take_height);
    return picture.width() <= most.width() && picture.height() <= most.height()
               ? picture.copy()
               : picture.scaled(most, Qt::KeepAspectRatio, Qt::SmoothTransformation);
}

/// A preview's pictures at the clip's own pace: each stands for the frames up to the next one.
std::vector<QImage> atClipPace(const Preview& preview) {
    std::vector<QImage> frames;
    for (std::size_t i = 0; i < preview.pictures.size(); ++i) {
        const auto end = i + 1 < preview.pictures.size() ? preview.pictures[i + 1]->index : preview.end_frame;
        const auto count = std::max<std::int64_t>(1, end - preview.pictures[i]->index);
        frames.insert(frames.end(), static_cast<std::size_t>(count), small(preview.pictures[i]));
    }
    return frames;
}

} // namespace

/// One run of the engine, and what comes from its threads.
struct Sketches::Drawing {
    int row = 0;
    std::stop_source stop;
    std::atomic<bool> enough = false; ///< the round came to its end
    std::mutex mutex;
    std::vector<QImage> frames;   ///< final ones
    std::vector<QImage> previews; ///< until there are any
};

Sketches::Sketches(StudioSession& session, int rounds, QObject* parent)
    : QAbstractListModel(parent), session_(session), rounds_(rounds) {}

Sketches::~Sketches() {
    end(); // the session may be gone: what is on the disk goes at the next start
}

void Sketches::close() {
    end();
    forget();
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
    const QString name = take.label.isEmpty() ? tr("Seed %1").arg(take.seed) : take.label;
    return take.dropped ? tr("%1, dropped").arg(name) : take.kept ? tr("%1, kept").arg(name) : name;
}

void Sketches::begin(const Recipe& recipe, int count) {
    std::vector<std::pair<Recipe, QString>> recipes(static_cast<std::size_t>(count), {recipe, QString()});
    for (std::size_t i = 1; i < recipes.size(); ++i) {
        recipes[i].first.seed = SeedField::randomSeed();
    }
    begin(recipes);
}

void Sketches::begin(const std::vector<std::pair<Recipe, QString>>& recipes) {
    for (const auto& [recipe, label] : recipes) {
        session_.price(recipe); // says why it can't be made
    }
    close();
    beginResetModel();
    takes_.clear();
    for (const auto& [recipe, label] : recipes) {
        takes_.push_back(beginning(recipe));
        takes_.back().label = label;
    }
    ended_ = false;
    endResetModel();
    draw();
}

/// Of a clip made block by block the first moments are there quickly; of another one its first steps say what
/// it will be: a quarter of them, half, all.
Take Sketches::beginning(const Recipe& recipe) const {
    Take take;
    take.recipe = recipe;
    take.recipe.draft = false;
    take.seed = recipe.seed;
    take.job = new_job_id();
    const auto model = std::ranges::find(session_.models(), recipe.model, &ModelInfo::id);
    const bool known = model != session_.models().end();
    take.by_blocks = known && model->causal;
    take.fast_decode = recipe.fast_decode || (known && model->parts.contains(tiny_decoder_part));
    const int look = static_cast<int>(std::lround(first_look_seconds * recipe.frame_rate.fps()));
    const int whole = take.by_blocks ? recipe.frames : recipe.steps;
    for (const int end : {take.by_blocks ? look : whole / 4, take.by_blocks ? whole : whole / 2, whole}) {
        const int possible = std::clamp(end, 1, whole);
        if (take.round_ends.empty() || take.round_ends.back() < possible) {
            take.round_ends.push_back(possible);
        }
    }
    return take;
}

void Sketches::end() {
    ended_ = true;
    if (drawing_) {
        drawing_->stop.request_stop();
        drawing_.reset();
    }
    for (Take& take : takes_) {
        take.drawing = false;
    }
}

/// What is computed of those that no clip is made of.
void Sketches::forget() {
    std::vector<std::string> jobs;
    for (Take& take : takes_) {
        if (!take.job.empty()) {
            jobs.push_back(std::exchange(take.job, {}));
        }
    }
    session_.forgetSketches(jobs);
}

std::string Sketches::handOver(int row) {
    end();
    return std::exchange(takes_[static_cast<std::size_t>(row)].job, {});
}

/// The take that is drawn next, -1: none. All get a first look before one gets a second; kept ones go first.
int Sketches::next() const {
    int best = -1;
    const auto rank = [this](int row) {
        const Take& one = take(row);
        return std::tuple(one.round, !one.kept, row);
    };
    for (int row = 0; row < rowCount(); ++row) {
        const bool open =
            !take(row).dropped &&
            take(row).round < std::min<std::ptrdiff_t>(std::ssize(take(row).round_ends), rounds_);
        if (open && (best < 0 || rank(row) < rank(best))) {
            best = row;
        }
    }
    return best;
}

void Sketches::draw() {
    const int row = next();
    if (drawing_ || row < 0 || ended_) {
        return;
    }
    Take& take = takes_[static_cast<std::size_t>(row)];
    take.drawing = true;
    const auto drawing = std::make_shared<Drawing>();
    drawing->row = row;
    drawing_ = drawing;
    SketchSinks sinks;
    sinks.job = take.job;
    if (take.round + 1 < std::ssize(take.round_ends)) {
        const int end = take.round_ends[static_cast<std::size_t>(take.round)];
        sinks.until = [drawing, end, by_blocks = take.by_blocks](const Progress& progress) {
            if (progress.phase == Phase::denoising &&
                (by_blocks ? progress.frames_done >= end : progress.step > end)) {
                drawing->enough = true;
            }
            return drawing->enough.load();
        };
    }
    sinks.preview = [drawing](const Preview& preview) {
        const std::lock_guard lock(drawing->mutex);
        drawing->previews = atClipPace(preview);
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
    Recipe look = recipeOf(row);
    look.fast_decode = take.fast_decode;
    try {
        session_.sketch(look, sinks, drawing->stop.get_token());
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
    } else if (drawing->enough || std::holds_alternative<Finished>(outcome)) {
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
        // A round that goes on gives out again what was there before.
        if (!take.decoded || drawing->frames.size() >= take.frames.size()) {
            take.frames = drawing->frames;
            take.decoded = true;
        }
    } else if (!take.decoded && !drawing->previews.empty()) {
        take.frames = drawing->previews;
    }
    changed(drawing->row);
}

void Sketches::toggleDropped(int row) {
    Take& take = takes_[static_cast<std::size_t>(row)];
    take.dropped = !take.dropped;
    take.kept = false;
    if (drawing_ && drawing_->row == row) {
        drawing_->stop.request_stop(); // its time goes to the others at once; what is computed stays
    }
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
