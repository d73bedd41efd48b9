#include "desk/comparison.h"

#include "controls/fact_words.h"
#include "convert.h"
#include "session/studio_session.h"
#include "stage/likeness_curve.h"
#include "stage/stage_panel.h"

namespace rushes::ui {

namespace {

bool sameClip(const std::optional<ClipRecord>& a, const std::optional<ClipRecord>& b) {
    return a && b ? a->file == b->file : !a && !b;
}

QString picturesWords(const Recipe& recipe) {
    QStringList parts;
    for (const RecipeInput& input : recipe.inputs) {
        parts << toQString(std::filesystem::path(input.path).filename());
    }
    return parts.join(QStringLiteral(", "));
}

} // namespace

QString differenceWords(const Recipe& left, const Recipe& right) {
    QStringList words;
    const auto compare = [&](const QString& label, const QString& a, const QString& b) {
        const QString none = QStringLiteral("–");
        words << QStringLiteral("%1 %2 | %3").arg(label, a.isEmpty() ? none : a, b.isEmpty() ? none : b);
    };
    const auto facts = recipe_facts(left);
    const auto others = recipe_facts(right);
    for (std::size_t i = 0; i < facts.size(); ++i) {
        if (facts[i].words != others[i].words) {
            compare(factLabel(facts[i]), factWords(facts[i]), factWords(others[i]));
        }
    }
    if (left.prompt_changes != right.prompt_changes || left.step_changes != right.step_changes) {
        compare(Comparison::tr("then"), changesWords(left), changesWords(right));
    }
    if (left.inputs != right.inputs) {
        compare(Comparison::tr("pictures"), picturesWords(left), picturesWords(right));
    }
    if (left.loras != right.loras) {
        compare(Comparison::tr("LoRAs"), lorasWords(left), lorasWords(right));
    }
    return words.isEmpty() ? Comparison::tr("same settings") : words.join(QStringLiteral("  ·  "));
}

Comparison::Comparison(StudioSession& session, StagePanel& stage, QObject* parent)
    : QObject(parent), session_(session), stage_(stage) {
    connect(&likeness_, &Likeness::changed, this, &Comparison::showCurve);
    connect(&likeness_, &Likeness::changed, this, &Comparison::wordsChanged);
    connect(this, &Comparison::changed, this, &Comparison::showCurve);
}

QString Comparison::words() {
    if (!left_ || !shown_) {
        return {};
    }
    return QStringLiteral("%1  ·  %2")
        .arg(likeness_.words(left_->file, shown_->file), differenceWords(left_->recipe, shown_->recipe));
}

void Comparison::showCurve() {
    if (!left_ || !shown_) {
        stage_.likeness().setValues({}, 0);
        return;
    }
    words(); // another pair begins its measuring
    stage_.likeness().setValues(likeness_.curve(), shown_->recipe.frames, likeness_.note());
}

void Comparison::stageShows(const std::optional<ClipRecord>& record) {
    if (sameClip(record, shown_)) {
        return;
    }
    if (shown_) {
        before_ = shown_;
    }
    shown_ = record;
    if (on() && sameClip(shown_, left_)) {
        begin(); // the two change places
    } else if (on()) {
        emit changed(); // other words
    }
}

std::optional<ClipRecord> Comparison::partner() const {
    if (before_ && !sameClip(before_, shown_)) {
        return before_;
    }
    const ClipStripModel& clips = session_.shelf().model();
    for (int row = 0; row < clips.rowCount(); ++row) {
        const ClipItem& item = clips.item(row);
        if (!item.running && !item.missing && !sameClip(item.record, shown_)) {
            return item.record;
        }
    }
    return std::nullopt;
}

bool Comparison::begin() {
    Player& player = stage_.player();
    const auto clip = partner();
    if (!clip || !player.clip()) {
        return false;
    }
    left_ = clip;
    // Frames that come later are seen when the stage moves on; a paused stage is told.
    player.compareWith(session_.shelf().open(
        *clip, [&player] { player.poll(); }, ClipShelf::Reader::compared
    ));
    emit changed();
    return true;
}

void Comparison::end() {
    if (on()) {
        left_.reset();
        likeness_.forget();
        stage_.player().compareWith(nullptr);
        emit changed();
    }
}

} // namespace rushes::ui
