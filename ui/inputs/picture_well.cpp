#include "inputs/picture_well.h"

#include "controls/basic.h"
#include "convert.h"
#include "models/run_inputs.h"

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

PictureSlot::PictureSlot(std::string role, const QString& caption, QWidget* parent)
    : QPushButton(parent), role_(std::move(role)), caption_(caption) {
    setRole(this, "well");
    setNames(this, QStringLiteral("picture-") + toQString(role_), caption);
    setAcceptDrops(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setToolTip(tr("Drop a picture here, or click to choose one"));
}

void PictureSlot::showPicture(const QImage& picture, const QString& name) {
    picture_ = picture;
    setAccessibleDescription(name);
    setToolTip(name.isEmpty() ? tr("Drop a picture here, or click to choose one") : name);
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
    return fontMetrics().horizontalAdvance(whole) + 2 * size::space3 < width() ? whole : caption_;
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
}

void PictureSlot::dragEnterEvent(QDragEnterEvent* event) {
    if (holdsPicture(*event->mimeData())) {
        event->acceptProposedAction();
    }
}

void PictureSlot::dropEvent(QDropEvent* event) {
    const QMimeData& dropped = *event->mimeData();
    if (dropped.hasUrls() && dropped.urls().front().isLocalFile()) {
        emit fileGiven(role_, dropped.urls().front().toLocalFile());
    } else if (dropped.hasImage()) {
        emit imageGiven(role_, qvariant_cast<QImage>(dropped.imageData()));
    }
    event->acceptProposedAction();
}

PictureWell::PictureWell(QWidget* parent)
    : QWidget(parent), row_(new QHBoxLayout), still_(new QPushButton(tr("Still first…"))), note_(new QLabel) {
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
    column->addWidget(still_, 0, Qt::AlignLeft);
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
    showStillButton();
}

void PictureWell::showStillButton() {
    still_->setVisible(!still_models_.empty() && slot(role_image) != nullptr);
}

PictureSlot* PictureWell::slot(const std::string& role) const {
    const auto found = std::ranges::find(slots_, role, &PictureSlot::role);
    return found == slots_.end() ? nullptr : *found;
}

void PictureWell::rebuild(const ModelInfo& model) {
    for (PictureSlot* const slot : slots_) {
        slot->deleteLater();
    }
    slots_.clear();
    const std::pair<const char*, QString> captions[] = {
        {role_image, tr("First picture")}, {role_last_image, tr("Last picture")}
    };
    for (const auto& [role, caption] : captions) {
        const auto taken = std::ranges::find(model.inputs, role, &AcceptedInput::role);
        if (taken == model.inputs.end()) {
            continue;
        }
        auto* slot = new PictureSlot(role, caption); // the layout owns it
        auto* menu = new QMenu(slot);
        menu->setObjectName(QStringLiteral("picture-menu"));
        slot->setMenu(menu);
        connect(menu, &QMenu::aboutToShow, this, [this, menu, slot] { fillMenu(*menu, *slot); });
        connect(slot, &PictureSlot::fileGiven, this, &PictureWell::fileGiven);
        connect(slot, &PictureSlot::imageGiven, this, &PictureWell::imageGiven);
        row_->addWidget(slot);
        slots_.push_back(slot);
    }
    takes_clip_ = std::ranges::find(model.inputs, role_clip, &AcceptedInput::role) != model.inputs.end();
}

void PictureWell::fillMenu(QMenu& menu, PictureSlot& slot) {
    menu.clear();
    const std::string role = slot.role();
    const auto offer = [&](const QString& text, PictureSource source) {
        return menu.addAction(text, this, [this, role, source] { emit wanted(role, source); });
    };
    offer(tr("Choose a file…"), PictureSource::file);
    offer(tr("Paste"), PictureSource::clipboard)->setEnabled(!QApplication::clipboard()->image().isNull());
    offer(tr("The frame on the stage"), PictureSource::stage);
    offer(tr("From a camera…"), PictureSource::camera);
    const bool set =
        std::ranges::find(inputs_, role, &RecipeInput::role) != inputs_.end() ||
        (role == role_image && std::ranges::find(inputs_, role_clip, &RecipeInput::role) != inputs_.end());
    if (set) {
        menu.addSeparator();
        menu.addAction(tr("Crop…"), this, [this, role] { emit cropWanted(role); });
        menu.addAction(tr("Remove"), this, [this, role] { emit removed(role); });
    }
}

void PictureWell::showInputs(const ModelInfo* model, const std::vector<RecipeInput>& inputs) {
    inputs_ = inputs;
    setVisible(model != nullptr && !model->inputs.empty());
    if (model == nullptr) {
        return;
    }
    std::string roles;
    bool required = false;
    for (const AcceptedInput& input : model->inputs) {
        roles += input.role + " ";
        required = required || input.required;
    }
    if (roles != shown_) {
        shown_ = roles;
        rebuild(*model);
    }
    for (PictureSlot* const slot : slots_) {
        showSlot(*slot);
    }
    showStillButton();
    note_->setText(
        required && inputs.empty() ? tr("%1 needs a picture to start from.").arg(toQString(model->name))
                                   : QString()
    );
    note_->setVisible(!note_->text().isEmpty());
}

void PictureWell::showSlot(PictureSlot& slot) {
    const auto of = [&](const std::string& role) {
        return std::ranges::find(inputs_, role, &RecipeInput::role);
    };
    auto input = of(slot.role());
    if (input == inputs_.end() && slot.role() == role_image) {
        input = of(role_clip); // its last frames stand for the picture
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
