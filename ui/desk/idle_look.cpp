#include "desk/idle_look.h"

#include "controls/basic.h"
#include "controls/recipe_panel.h"
#include "convert.h"
#include "desk/seed_desk.h"
#include "session/studio_session.h"

#include <QHBoxLayout>
#include <QLabel>

namespace rushes::ui {

namespace {

constexpr int pause_ms = 1000;
constexpr int period_ms = 83; ///< 12 frames a second
constexpr int rounds = 1;     ///< the first look only: the person decides about the rest

} // namespace

IdleLook::IdleLook(StudioSession& session, RecipePanel& panel, SeedDesk& seeds, QObject* parent)
    : QObject(parent),
      session_(session),
      panel_(panel),
      seeds_(seeds),
      sketches_(session, rounds),
      row_(new QWidget),
      picture_(new QLabel),
      words_(new QLabel),
      pause_(this),
      clock_(this) {
    setNames(row_, QStringLiteral("idle-look"), tr("A first look at these settings"));
    auto* row = new QHBoxLayout(row_);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(size::space3);
    setNames(picture_, QStringLiteral("idle-look-picture"), tr("A first look at these settings"));
    picture_->setFixedSize(size::thumb_width, size::thumb_height); // reserved: nothing moves when it comes
    picture_->setAlignment(Qt::AlignLeft | Qt::AlignVCenter);      // flush with the button
    setRole(words_, "hint");
    words_->setObjectName(QStringLiteral("idle-look-words"));
    words_->setWordWrap(true);
    row->addWidget(picture_);
    row->addWidget(words_, 1);
    row_->hide();
    panel_.addAboveGenerate(row_);
    pause_.setSingleShot(true);
    pause_.setInterval(pause_ms);
    pause_.setObjectName(QStringLiteral("idle-look-pause"));
    connect(&pause_, &QTimer::timeout, this, &IdleLook::draw);
    connect(&panel_, &RecipePanel::shown, this, &IdleLook::wait);
    connect(&session_, &StudioSession::engineLoaded, this, &IdleLook::wait);
    connect(&session_, &StudioSession::runEnded, this, &IdleLook::wait);
    connect(&session_, &StudioSession::runStarted, this, &IdleLook::give);
    connect(&seeds_, &SeedDesk::opened, this, &IdleLook::give);
    connect(&sketches_, &QAbstractItemModel::dataChanged, this, &IdleLook::showPicture);
    // The run that is wanted will say why it can't be.
    connect(&sketches_, &Sketches::failed, this, &IdleLook::give);
    clock_.setInterval(period_ms);
    connect(&clock_, &QTimer::timeout, this, [this] {
        ++frame_;
        showPicture();
    });
}

void IdleLook::setOn(bool on) {
    if (on_ == on) {
        return;
    }
    on_ = on;
    row_->setVisible(on);
    give();
    wait();
}

void IdleLook::setCalm(bool calm) {
    calm_ = calm;
    frame_ = 0;
    showPicture();
}

/// Until the settings stand still for a moment.
void IdleLook::wait() {
    showPicture();
    if (on_ && drawn_ != panel_.recipe() && made_ != panel_.recipe()) {
        pause_.start();
    }
}

void IdleLook::draw() {
    const Recipe recipe = panel_.recipe();
    if (drawn_ == recipe || toQString(recipe.prompt).trimmed().isEmpty() || !session_.idle() ||
        seeds_.showing()) {
        return; // after the next change, or the next run, it is tried again
    }
    give();
    try {
        sketches_.begin(recipe, 1);
        drawn_ = recipe;
    } catch (const Error&) {
        // The Generate button says why it can't be made.
    }
    showPicture();
}

/// The device is for others.
void IdleLook::give() {
    pause_.stop();
    sketches_.close();
    drawn_.reset();
    showPicture();
}

std::optional<std::pair<Recipe, std::string>> IdleLook::takeOver(const Recipe& recipe) {
    made_ = recipe;
    if (drawn_ != recipe) {
        return std::nullopt;
    }
    std::pair result(sketches_.recipeOf(0), sketches_.handOver(0));
    give();
    return result;
}

void IdleLook::showPicture() {
    const bool of_this = drawn_ && sketches_.rowCount() > 0;
    const std::vector<QImage> none;
    const std::vector<QImage>& frames = of_this ? sketches_.take(0).frames : none;
    words_->setText(
        session_.running() ? tr("The next first look waits for the clip.")
        : !of_this         ? tr("A first look appears here when you stop writing.")
        : frames.empty()   ? tr("A first look is drawn…")
                           : tr("A first look. Generate goes on from it.")
    );
    if (frames.empty()) {
        clock_.stop();
        picture_->setPixmap({});
        return;
    }
    const QImage& image = frames[static_cast<std::size_t>(calm_ ? 0 : frame_) % frames.size()];
    const double scale = picture_->devicePixelRatioF();
    QPixmap pixmap = QPixmap::fromImage(
        image.scaled(picture_->size() * scale, Qt::KeepAspectRatio, Qt::SmoothTransformation)
    );
    pixmap.setDevicePixelRatio(scale);
    picture_->setPixmap(pixmap);
    if (!calm_ && frames.size() > 1 && !clock_.isActive()) {
        clock_.start();
    } else if (calm_) {
        clock_.stop();
    }
}

} // namespace rushes::ui
