#include "stage/transport_bar.h"

#include "controls/basic.h"
#include "stage/player.h"
#include "theme/icons.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QToolButton>

namespace rushes::ui {

TransportBar::TransportBar(Player& player, QWidget* parent)
    : QWidget(parent),
      player_(player),
      position_(new FigureLabel),
      length_(new FigureLabel(FigureLabel::Tone::dim)),
      speed_(new FigureLabel),
      time_line_(new TimeLine),
      export_(new QPushButton(tr("Export…"))) {
    setRole(this, "stage");
    setNames(this, QStringLiteral("transport"), tr("Playback"));
    setFixedHeight(size::bar + size::space3);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(size::space3, 0, size::space4, size::space2);
    row->setSpacing(size::space1);
    first_ = tool(QStringLiteral("first"), QStringLiteral("first"), tr("To the start"));
    play_ = tool(QStringLiteral("play"), QStringLiteral("play"), tr("Play"));
    last_ = tool(QStringLiteral("last"), QStringLiteral("last"), tr("To the end"));
    for (QToolButton* button : {first_, play_, last_}) {
        row->addWidget(button);
    }
    row->addSpacing(size::space2);
    length_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    position_->setObjectName(QStringLiteral("position"));
    length_->setObjectName(QStringLiteral("length"));
    speed_->setObjectName(QStringLiteral("speed"));
    speed_->hide();
    row->addWidget(position_);
    row->addWidget(speed_);
    row->addSpacing(size::space2);
    row->addWidget(time_line_, 1);
    row->addSpacing(size::space2);
    row->addWidget(length_);
    row->addSpacing(size::space1);
    loop_ = tool(QStringLiteral("loop"), QStringLiteral("loop"), tr("Loop"));
    loop_->setCheckable(true);
    loop_->setChecked(true);
    row->addWidget(loop_);
    compare_ = tool(QStringLiteral("compare"), QStringLiteral("compare"), tr("Compare"));
    compare_->setText(tr("Compare"));
    compare_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    compare_->setCheckable(true);
    row->addWidget(compare_);
    export_->setFocusPolicy(Qt::TabFocus);
    setNames(export_, QStringLiteral("export"), tr("Export"));
    row->addSpacing(size::space1);
    row->addWidget(export_);

    connect(first_, &QToolButton::clicked, &player_, &Player::goToStart);
    connect(play_, &QToolButton::clicked, &player_, &Player::togglePlay);
    connect(last_, &QToolButton::clicked, &player_, &Player::goToEnd);
    connect(loop_, &QToolButton::toggled, &player_, &Player::setLooping);
    connect(compare_, &QToolButton::clicked, this, &TransportBar::compareClicked);
    connect(time_line_, &TimeLine::scrubbed, this, [this](int frame) { player_.seek(frame); });
    connect(time_line_, &TimeLine::sliderPressed, this, [this] { player_.hold(true); });
    connect(time_line_, &TimeLine::sliderReleased, this, [this] { player_.hold(false); });
    connect(export_, &QPushButton::clicked, this, &TransportBar::exportClicked);
    connect(&player_, &Player::stateChanged, this, &TransportBar::showState);
    connect(&player_, &Player::clipChanged, this, &TransportBar::showState);
    connect(&player_, &Player::pictureChanged, this, &TransportBar::showPosition);
    setKeys({});
    setTimeUnit(TimeUnit::seconds);
}

void TransportBar::setTimeUnit(TimeUnit unit) {
    unit_ = unit;
    const QString widest =
        unit == TimeUnit::timecode ? QStringLiteral("00:00:00:00") : QStringLiteral("0:00.0");
    position_->reserve(widest);
    length_->reserve(widest);
    showState();
}

/// In a narrow window buttons lose their words before anything is cut.
void TransportBar::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    const bool narrow = width() < size::stage_narrow;
    const bool very_narrow = width() < size::stage_very_narrow;
    compare_->setToolButtonStyle(narrow ? Qt::ToolButtonIconOnly : Qt::ToolButtonTextBesideIcon);
    length_->setVisible(!narrow);
    first_->setVisible(!very_narrow);
    last_->setVisible(!very_narrow);
}

void TransportBar::setKeys(const TransportKeys& keys) {
    keys_ = keys;
    first_->setToolTip(withKeys(tr("To the start"), keys.start));
    last_->setToolTip(withKeys(tr("To the end"), keys.end));
    compare_->setToolTip(withKeys(tr("Two clips at the same moment, with a divider to drag"), keys.compare));
    export_->setToolTip(withKeys(tr("Write the clip in another shape or format"), keys.export_clip));
    showState();
}

void TransportBar::setComparing(bool on) {
    compare_->setChecked(on);
}

void TransportBar::setCompareMenu(QMenu* menu) {
    compare_->setMenu(menu);
    compare_->setPopupMode(QToolButton::MenuButtonPopup);
}

QToolButton* TransportBar::tool(const QString& name, const QString& icon_name, const QString& text) {
    auto* button = new QToolButton;
    setNames(button, name, text);
    button->setIcon(icon(icon_name));
    button->setToolTip(text);
    button->setFocusPolicy(Qt::TabFocus);
    return button;
}

void TransportBar::setBlocks(int blocks) {
    blocks_ = blocks;
    showState();
}

void TransportBar::setExportEnabled(bool enabled) {
    export_->setEnabled(enabled);
}

void TransportBar::showState() {
    const PlaybackClock& clock = player_.clock();
    play_->setIcon(icon(player_.playing() ? QStringLiteral("pause") : QStringLiteral("play")));
    play_->setToolTip(withKeys(player_.playing() ? tr("Pause") : tr("Play"), keys_.play));
    play_->setAccessibleName(player_.playing() ? tr("Pause") : tr("Play"));
    loop_->setChecked(clock.looping());
    speed_->setVisible(player_.playing() && clock.speed() != 1);
    speed_->setText(tr("%1×").arg(clock.speed(), 0, 'g', 3));
    TimeLine::Marks marks;
    const auto& clip = player_.clip();
    if (clip) {
        marks.frames = static_cast<int>(clip->shape().frames);
        marks.finals = static_cast<int>(clip->finalFrames());
        marks.covered = static_cast<int>(clip->coveredFrames());
        marks.blocks = clip->growing() ? blocks_ : 0;
    }
    const auto mark = [](const std::optional<std::int64_t>& at) {
        return at ? std::optional<int>(static_cast<int>(*at)) : std::nullopt;
    };
    marks.in = mark(clock.in());
    marks.out = mark(clock.out());
    time_line_->setMarks(marks);
    const double rate = clip ? clip->shape().rate.fps() : 1;
    const QString whole = timeCode(marks.frames, rate, unit_);
    const bool growing = clip && clip->growing();
    length_->setText(
        growing ? QStringLiteral("%1 / %2").arg(timeCode(marks.finals, rate, unit_), whole) : whole
    );
    if (!growing) {
        length_->updateGeometry(); // the longer text of a growing clip leaves no gap
    }
    setEnabled(clip != nullptr);
    showPosition();
}

void TransportBar::showPosition() {
    const auto& clip = player_.clip();
    const std::int64_t index = player_.clock().index();
    time_line_->setPosition(static_cast<int>(index));
    // Frames are counted from 1, as the tooltip does.
    const std::int64_t at = unit_ == TimeUnit::frames && clip ? index + 1 : index;
    position_->setText(timeCode(at, clip ? clip->shape().rate.fps() : 1, unit_));
    position_->setToolTip(clip ? tr("Frame %1 of %2").arg(index + 1).arg(clip->shape().frames) : QString());
}

} // namespace rushes::ui
