#include "inputs/picture_well.h"

#include "controls/basic.h"
#include "convert.h"
#include "models/run_inputs.h"
#include "theme/theme.h"

#include <algorithm>

#include <QApplication>
#include <QClipboard>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QMenu>
#include <QMimeData>
#include <QPainter>
#include <QStyleOptionButton>
#include <QStylePainter>
#include <QVBoxLayout>

namespace rushes::ui {

namespace {

constexpr int slot_height = 64;
constexpr int empty_height = 36; ///< the controls below are worth more than an empty frame

/// A dropped file, or a picture that another program holds.
bool holdsPicture(const QMimeData& data) {
    return data.hasImage() ||
           (data.hasUrls() && data.urls().size() == 1 && data.urls().front().isLocalFile());
}

} // namespace

PictureSlot::PictureSlot(PicturePlace place, const QString& caption, QWidget* parent)
    : QPushButton(parent), place_(std::move(place)), caption_(caption) {
    setRole(this, "well");
    const QString at = place_.frame > 0 ? QStringLiteral("-%1").arg(place_.frame) : QString();
    setNames(this, QStringLiteral("picture-") + toQString(place_.role) + at, caption);
    setAcceptDrops(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setToolTip(tr("Drop a picture here, or click to choose one"));
}

void PictureSlot::showPicture(const QImage& picture, const QString& name) {
    picture_ = picture;
    setAccessibleDescription(name);
    setToolTip(name.isEmpty() ? tr("Drop a picture here, or click to choose one") : name);
    ensurePolished();
    setMinimumHeight(sizeHint().height()); // the sheet's own is that of other buttons
    updateGeometry();
    update();
}

/// Higher than the sheet makes other buttons.
QSize PictureSlot::sizeHint() const {
    return {QPushButton::sizeHint().width(), picture_.isNull() ? empty_height : slot_height};
}

/// What it is for, and how a picture comes into it where there is room to say so.
QString PictureSlot::emptyText() const {
    const QString whole = QStringLiteral("%1  ·  %2").arg(caption_, tr("drop or choose"));
    const auto fits = [this](const QString& text) {
        return fontMetrics().horizontalAdvance(text) + 2 * size::space3 < width();
    };
    return fits(whole) ? whole : fits(caption_) ? caption_ : caption_.section(QLatin1Char(' '), 0, 0);
}

void PictureSlot::paintEvent(QPaintEvent* /*event*/) {
    QStylePainter painter(this);
    QStyleOptionButton option;
    initStyleOption(&option);
    option.text = picture_.isNull() ? emptyText() : QString();
    option.features &= ~QStyleOptionButton::HasMenu;
    painter.drawControl(QStyle::CE_PushButton, option);
    if (picture_.isNull()) {
        return;
    }
    const QRect inside = rect().adjusted(size::space1, size::space1, -size::space1, -size::space1);
    const QSize fitted = picture_.size().scaled(inside.size(), Qt::KeepAspectRatio);
    QRect target(QPoint(), fitted);
    target.moveCenter(inside.center());
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.drawImage(target, picture_);
    if (place_.frame > 0) { // of those in between one can't be told from another by its place alone
        drawPictureLabel(painter, inside, caption_, darkTokens().text);
    }
}

void PictureSlot::dragEnterEvent(QDragEnterEvent* event) {
    if (holdsPicture(*event->mimeData())) {
        event->acceptProposedAction();
    }
}

void PictureSlot::dropEvent(QDropEvent* event) {
    const QMimeData& dropped = *event->mimeData();
    if (dropped.hasUrls() && dropped.urls().front().isLocalFile()) {
        emit fileGiven(place_, dropped.urls().front().toLocalFile());
    } else if (dropped.hasImage()) {
        emit imageGiven(place_, qvariant_cast<QImage>(dropped.imageData()));
    }
    event->acceptProposedAction();
}

PictureWell::PictureWell(QWidget* parent)
    : QWidget(parent),
      row_(new QHBoxLayout),
      still_(new QPushButton(tr("Still first…"))),
      between_(new QPushButton(tr("Add one between"))),
      note_(new QLabel) {
    setNames(this, QStringLiteral("picture-well"), tr("Pictures that the clip starts from"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(size::space1 + 2);
    setRole(note_, "hint");
    note_->setObjectName(QStringLiteral("picture-note"));
    note_->setWordWrap(true);
    row_->setSpacing(size::space2);
    column->addWidget(new Caption(tr("Pictures")));
    setNames(still_, QStringLiteral("still-first"), tr("Draw stills of the prompt, and begin with one"));
    still_->setToolTip(tr("Draws a few stills of the prompt within seconds. The clip begins with the one "
                          "that you choose."));
    column->addLayout(row_);
    setNames(between_, QStringLiteral("picture-between"), tr("Add a picture between first and last"));
    between_->setToolTip(tr("A picture that the clip comes by. It stands in the middle of the widest gap; "
                            "its menu moves it."));
    auto* sources = new QMenu(between_);
    sources->setObjectName(QStringLiteral("between-menu"));
    between_->setMenu(sources);
    connect(sources, &QMenu::aboutToShow, this, [this, sources] {
        sources->clear();
        offerSources(*sources, widestGap());
    });
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(size::space2);
    buttons->addWidget(still_);
    buttons->addWidget(between_);
    buttons->addStretch();
    column->addLayout(buttons);
    column->addWidget(note_);
    connect(still_, &QPushButton::clicked, this, [this] {
        if (still_models_.size() == 1) { // of several the menu asks which
            emit stillWanted(still_models_.front().first);
        }
    });
    hide();
}

void PictureWell::setStillModels(const std::vector<ModelInfo>& models) {
    still_models_.clear();
    for (const ModelInfo& model : models) {
        still_models_.emplace_back(model.id, toQString(model.name));
    }
    delete still_->menu();
    if (still_models_.size() > 1) {
        auto* menu = new QMenu(still_);
        menu->setObjectName(QStringLiteral("still-menu"));
        for (const auto& [id, name] : still_models_) {
            menu->addAction(name, this, [this, id] { emit stillWanted(id); });
        }
        still_->setMenu(menu);
    }
    showButtons();
}

void PictureWell::showButtons() {
    still_->setVisible(!still_models_.empty() && slot(role_image) != nullptr);
    between_->setVisible(takes_keyframes_);
    between_->setEnabled(widestGap().frame > 0);
}

/// In the middle of the most frames that have no picture; frame 0: there is no room.
PicturePlace PictureWell::widestGap() const {
    std::vector<int> taken{0, frames_ - 1};
    for (const RecipeInput& input : inputs_) {
        if (input.role == role_keyframe) {
            taken.push_back(input.frame);
        }
    }
    std::ranges::sort(taken);
    std::pair<int, int> widest{0, 0};
    for (std::size_t i = 1; i < taken.size(); ++i) {
        if (taken[i] - taken[i - 1] > widest.second - widest.first) {
            widest = {taken[i - 1], taken[i]};
        }
    }
    const bool room = widest.second - widest.first > 1;
    return {role_keyframe, room ? (widest.first + widest.second) / 2 : 0};
}

PictureSlot* PictureWell::slot(const PicturePlace& place) const {
    const auto found = std::ranges::find(slots_, place, &PictureSlot::place);
    return found == slots_.end() ? nullptr : *found;
}

/// In time order.
std::vector<std::pair<PicturePlace, QString>> PictureWell::places(const ModelInfo& model) const {
    const auto taken = [&](const char* role) {
        return std::ranges::find(model.inputs, role, &AcceptedInput::role) != model.inputs.end();
    };
    std::vector<std::pair<PicturePlace, QString>> places;
    if (taken(role_image)) {
        places.emplace_back(role_image, tr("First picture"));
    }
    std::vector<int> frames;
    for (const RecipeInput& input : inputs_) {
        if (input.role == role_keyframe) {
            frames.push_back(input.frame);
        }
    }
    std::ranges::sort(frames);
    for (const int frame : frames) {
        places.emplace_back(PicturePlace(role_keyframe, frame), tr("At %1 s").arg(frame / rate_, 0, 'f', 1));
    }
    if (taken(role_last_image)) {
        places.emplace_back(role_last_image, tr("Last picture"));
    }
    return places;
}

void PictureWell::rebuild() {
    for (PictureSlot* const slot : slots_) {
        slot->setParent(nullptr); // gone at once; its menu may be what led here
        slot->deleteLater();
    }
    slots_.clear();
    for (const auto& [place, caption] : shown_) {
        auto* slot = new PictureSlot(place, caption); // the layout owns it
        auto* menu = new QMenu(slot);
        menu->setObjectName(QStringLiteral("picture-menu"));
        slot->setMenu(menu);
        connect(menu, &QMenu::aboutToShow, this, [this, menu, slot] { fillMenu(*menu, *slot); });
        connect(slot, &PictureSlot::fileGiven, this, &PictureWell::fileGiven);
        connect(slot, &PictureSlot::imageGiven, this, &PictureWell::imageGiven);
        row_->addWidget(slot);
        slot->show();
        slots_.push_back(slot);
    }
}

void PictureWell::offerSources(QMenu& menu, const PicturePlace& place) {
    const auto offer = [&](const QString& text, PictureSource source) {
        return menu.addAction(text, this, [this, place, source] { emit wanted(place, source); });
    };
    offer(tr("Choose a file…"), PictureSource::file);
    offer(tr("Paste"), PictureSource::clipboard)->setEnabled(!QApplication::clipboard()->image().isNull());
    offer(tr("The frame on the stage"), PictureSource::stage);
    offer(tr("From a camera…"), PictureSource::camera);
}

void PictureWell::fillMenu(QMenu& menu, PictureSlot& slot) {
    menu.clear();
    const PicturePlace place = slot.place();
    offerSources(menu, place);
    const auto is = [&](const RecipeInput& input) {
        return place.holds(input) || (place.role == role_image && input.role == role_clip);
    };
    if (std::ranges::any_of(inputs_, is)) {
        menu.addSeparator();
        menu.addAction(tr("Crop…"), this, [this, place] { emit cropWanted(place); });
        if (place.role == role_keyframe) {
            menu.addAction(tr("Move to another time…"), this, [this, place] { emit moveWanted(place); });
        }
        menu.addAction(tr("Remove"), this, [this, place] { emit removed(place); });
    }
}

void PictureWell::showInputs(const ModelInfo* model, const Recipe& recipe) {
    inputs_ = recipe.inputs;
    frames_ = recipe.frames;
    rate_ = recipe.frame_rate.num > 0 ? recipe.frame_rate.fps() : 1;
    setVisible(model != nullptr && !model->inputs.empty());
    if (model == nullptr) {
        return;
    }
    const bool required = std::ranges::any_of(model->inputs, &AcceptedInput::required);
    takes_keyframes_ =
        std::ranges::find(model->inputs, role_keyframe, &AcceptedInput::role) != model->inputs.end();
    if (auto now = places(*model); now != shown_) {
        shown_ = std::move(now);
        rebuild();
    }
    for (PictureSlot* const slot : slots_) {
        showSlot(*slot);
    }
    showButtons();
    note_->setText(
        required && inputs_.empty() ? tr("%1 needs a picture to start from.").arg(toQString(model->name))
                                    : QString()
    );
    note_->setVisible(!note_->text().isEmpty());
}

void PictureWell::showSlot(PictureSlot& slot) {
    const PicturePlace& place = slot.place();
    auto input = std::ranges::find_if(inputs_, [&](const RecipeInput& one) { return place.holds(one); });
    if (input == inputs_.end() && place.role == role_image) {
        input = std::ranges::find(inputs_, role_clip, &RecipeInput::role); // its last frames stand for it
    }
    if (input == inputs_.end()) {
        slot.showPicture({}, {});
        return;
    }
    const auto thumbnail = thumbnails_.find(input->path);
    if (thumbnail == thumbnails_.end()) {
        thumbnails_.emplace(input->path, QImage()); // once
        emit thumbnailWanted(input->path);
    }
    slot.showPicture(thumbnails_[input->path], QFileInfo(toQString(input->path)).fileName());
}

void PictureWell::setThumbnail(const std::string& path, const QImage& picture) {
    thumbnails_[path] = picture;
    for (PictureSlot* const slot : slots_) {
        showSlot(*slot);
    }
}

} // namespace rushes::ui
