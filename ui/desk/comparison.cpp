#include "desk/comparison.h"

#include "controls/choices.h"
#include "convert.h"
#include "session/studio_session.h"
#include "stage/stage_panel.h"

namespace rushes::ui {

namespace {

bool sameClip(const std::optional<ClipRecord>& a, const std::optional<ClipRecord>& b) {
    return a && b ? a->file == b->file : !a && !b;
}

} // namespace

QString differenceWords(const Recipe& left, const Recipe& right) {
    QStringList words;
    const auto add = [&words](const QString& name, const QString& a, const QString& b) {
        if (a != b) {
            words << QStringLiteral("%1 %2 | %3").arg(name, a, b);
        }
    };
    const auto quoted = [](const std::string& text) {
        return QStringLiteral("“%1”").arg(toQString(text).simplified());
    };
    const auto size = [](const Recipe& r) { return QStringLiteral("%1 × %2").arg(r.width).arg(r.height); };
    const auto number = [](double value) { return QString::number(value, 'g', 4); };
    add(Comparison::tr("prompt"), quoted(left.prompt), quoted(right.prompt));
    add(Comparison::tr("negative"), quoted(left.negative_prompt), quoted(right.negative_prompt));
    add(Comparison::tr("model"), toQString(left.model), toQString(right.model));
    add(Comparison::tr("seed"), groupedNumber(left.seed), groupedNumber(right.seed));
    add(Comparison::tr("size"), size(left), size(right));
    add(Comparison::tr("frames"), QString::number(left.frames), QString::number(right.frames));
    add(Comparison::tr("steps"), QString::number(left.steps), QString::number(right.steps));
    add(Comparison::tr("guidance"), number(left.guidance_scale), number(right.guidance_scale));
    add(Comparison::tr("scheduler"), toQString(left.scheduler), toQString(right.scheduler));
    return words.isEmpty() ? Comparison::tr("same settings") : words.join(QStringLiteral("  ·  "));
}

Comparison::Comparison(StudioSession& session, StagePanel& stage, QObject* parent)
    : QObject(parent), session_(session), stage_(stage) {}

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
        stage_.player().compareWith(nullptr);
        emit changed();
    }
}

} // namespace rushes::ui
