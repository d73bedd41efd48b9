#include "stage/stage_view.h"

#include "controls/basic.h"
#include "stage/gpu_screen.h"
#include "stage/guides.h"
#include "stage/picture_scaler.h"
#include "stage/pixel_copy.h"
#include "stage/stage_paint.h"
#include "stage/video_feed.h"
#include "theme/theme.h"
#include "work/home_call.h"
#include "work/task_thread.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include <QOffscreenSurface>
#include <QPainter>
#include <QScreen>
#include <QThread>
#include <QThreadPool>

namespace rushes::ui {

namespace {

constexpr int most_helpers = 3; ///< with the window's own thread they use all of the memory's speed

} // namespace

StageView::StageView(QWidget* parent) : QWidget(parent), helpers_(std::make_unique<QThreadPool>()) {
    helpers_->setMaxThreadCount(std::clamp(QThread::idealThreadCount() - 1, 1, most_helpers));
    setRole(this, "stage");
    setNames(this, QStringLiteral("stage"), tr("Picture of the clip"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setFocusPolicy(Qt::ClickFocus);
}

StageView::~StageView() = default;

void StageView::setShape(QSize shape) {
    layers_[0].shape = shape;
    arrange();
}

bool StageView::setLayer(std::size_t index, const QImage& picture) {
    Layer& layer = layers_[index];
    if (picture.cacheKey() == layer.picture.cacheKey()) {
        return false; // the position moved, the picture did not
    }
    const bool geometry = picture.isNull() != layer.picture.isNull() ||
                          (layer.shape.isEmpty() && picture.size() != layer.picture.size());
    layer.picture = picture;
    if (layer.feed) {
        layer.feed->put(picture);
    }
    if (geometry) {
        arrange();
    } else {
        arrangeScaler(index);
    }
    return true;
}

void StageView::setPicture(const QImage& picture) {
    setLayer(0, picture);
}

void StageView::setOther(const QImage& picture, QSize shape) {
    Layer& other = layers_[1];
    const bool changed = setLayer(1, picture);
    if (changed || shape != other.shape) {
        other.shape = shape;
        setMouseTracking(comparing());
        unsetCursor();
        setDivider(divider_); // tells screen readers, or that it is over
    }
}

void StageView::findGraphicsCard() {
    const QString choice = qEnvironmentVariable("RUSHES_STAGE");
    const QString platform = QGuiApplication::platformName();
    const bool screenless = platform == QLatin1String("offscreen") || platform == QLatin1String("minimal");
    if (search_ || screenless || choice == QLatin1String("software")) {
        return;
    }
    probe_ = std::make_unique<QOffscreenSurface>();
    probe_->create();
    search_ = std::make_unique<TaskThread>();
    search_->post([this](std::stop_token) {
        if (GpuScreen::usable(*probe_)) {
            const QVideoSink loads_the_backend; // up to 0.1 s the first time
            callHome(this, [this] { moveToGraphicsCard(); });
        }
    });
}

void StageView::moveToGraphicsCard() {
    screen_ = new GpuScreen(this);
    screen_->setGeometry(rect());
    screen_->setSurround(tokens().base);
    screen_->setOverlay([this](QPainter& painter) { paintOverlay(painter); });
    for (std::size_t i = 0; i < layers_.size(); ++i) {
        Layer& layer = layers_[i];
        layer.scaler.reset();
        layer.feed = std::make_unique<VideoFeed>();
        connect(
            &layer.feed->sink(),
            &QVideoSink::videoFrameChanged,
            screen_,
            [this, i](const QVideoFrame& f) { screen_->setFrame(i, f); }
        );
        if (!layer.picture.isNull()) {
            layer.feed->put(layer.picture);
        }
    }
    arrange();
}

bool StageView::settled() const {
    return std::ranges::all_of(layers_, [](const Layer& l) { return !l.scaler || l.scaler->settled(); });
}

/// Where everything lies, told to whoever draws.
void StageView::arrange() {
    if (screen_ != nullptr) {
        std::array<GpuScreen::Place, GpuScreen::layers> places;
        for (std::size_t i = 0; i < layers_.size(); ++i) {
            places[i] = {placeOf(i), sideOf(i)};
        }
        screen_->setPlaces(places);
        screen_->setBlend(bothSeen() ? mode_ : CompareMode::wipe, divider_);
        screen_->setVisible(!layers_[0].picture.isNull());
    }
    for (std::size_t i = 0; i < layers_.size(); ++i) {
        arrangeScaler(i);
    }
    update();
}

void StageView::arrangeScaler(std::size_t index) {
    Layer& layer = layers_[index];
    if (screen_ != nullptr || (!layer.scaler && layer.picture.isNull())) {
        return;
    }
    if (!layer.scaler) {
        layer.scaler = std::make_unique<PictureScaler>();
        connect(layer.scaler.get(), &PictureScaler::ready, this, qOverload<>(&QWidget::update));
    }
    layer.scaler->setFastest(screen()->refreshRate());
    const QRect whole = pixelsOf(placeOf(index));
    const QRect seen = whole & pixelsOf(rect());
    if (seen.isEmpty()) {
        return;
    }
    const double x = static_cast<double>(layer.picture.width()) / whole.width();
    const double y = static_cast<double>(layer.picture.height()) / whole.height();
    const QPoint start = seen.topLeft() - whole.topLeft();
    layer.scaler->want(
        {layer.picture, QRectF(start.x() * x, start.y() * y, seen.width() * x, seen.height() * y), seen.size()
        }
    );
}

void StageView::resizeEvent(QResizeEvent*) {
    space_.moveBy({}, shapeOf(0), room(0)); // still in sight
    if (screen_ != nullptr) {
        screen_->setGeometry(rect());
    }
    arrange();
}

void StageView::setDivider(double place) {
    divider_ = std::clamp(place, 0.0, 1.0);
    describe();
    arrange();
}

void StageView::setCompareMode(CompareMode mode) {
    mode_ = mode;
    describe();
    arrange();
}

void StageView::describe() {
    setAccessibleDescription(comparing() ? compareWords(mode_, divider_) : QString());
}

void StageView::setHint(const QString& title, const QString& text) {
    title_ = title;
    text_ = text;
    update();
}

void StageView::setHintLift(int pixels) {
    hint_lift_ = pixels;
    update();
}

int StageView::hintBottom() const {
    return rect().center().y() - hint_lift_ + 2 * size::control_small;
}

QSize StageView::minimumSizeHint() const {
    return {size::stage_min, size::stage_min / 2};
}

QRect StageView::pictureRect() const {
    return placeOf(0);
}

QRect StageView::placeOf(std::size_t layer) const {
    return space_.placeOf(shapeOf(layer), room(layer));
}

/// For a fitted picture; alone on the screen it has all of it.
QRect StageView::room(std::size_t layer) const {
    const QRect whole = window()->isFullScreen()
                            ? rect()
                            : rect().adjusted(size::space4, size::space2, -size::space4, -size::space2);
    return bothSeen() ? roomOf(mode_, layer, whole) : whole;
}

QSize StageView::shapeOf(std::size_t layer) const {
    const Layer& of = layers_[layer];
    return of.shape.isEmpty() ? of.picture.size() : of.shape;
}

void StageView::zoomBy(double factor, const QPointF& fixed) {
    // In the other half of two side by side, the same place of the picture on the stage is meant.
    const bool other = bothSeen() && mode_ == CompareMode::side && fixed.x() < rect().center().x();
    const QPointF away = other ? room(0).center() - room(1).center() : QPoint();
    space_.zoomBy(factor, fixed + away, shapeOf(0), room(0));
    arrange();
}

void StageView::zoomToFit() {
    space_.fit();
    arrange();
}

void StageView::setGuides(bool on) {
    guides_ = on;
    if (screen_ != nullptr) {
        screen_->update();
    }
    update();
}

int StageView::dividerX() const {
    const QRect both = placeOf(0).united(placeOf(1));
    return both.left() + static_cast<int>(std::lround(divider_ * both.width()));
}

bool StageView::nearDivider(const QPoint& place) const {
    return comparing() && mode_ == CompareMode::wipe && std::abs(place.x() - dividerX()) <= size::space3;
}

/// The whole pixels of the screen that a place covers.
QRect StageView::pixelsOf(const QRect& place) const {
    const double scale = devicePixelRatioF();
    return QRectF(QPointF(place.topLeft()) * scale, QSizeF(place.size()) * scale).toRect();
}

/// False while the other clip is still being read: the picture stays whole.
bool StageView::bothSeen() const {
    return comparing() && !layers_[1].picture.isNull();
}

QRect StageView::sideOf(std::size_t layer) const {
    if (!bothSeen()) {
        return layer == 0 ? rect() : QRect();
    }
    return ui::sideOf(mode_, layer, rect(), places(), dividerX());
}

void StageView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    if (layers_[0].picture.isNull()) {
        painter.fillRect(rect(), tokens().base);
        paintHint(painter, rect().translated(0, -hint_lift_), title_, text_);
        return;
    }
    if (screen_ != nullptr) {
        painter.fillRect(rect(), tokens().base);
        screen_->setSurround(tokens().base);
        return;
    }
    paintSurround(painter);
    paintLayer(painter, 0);
    if (bothSeen()) {
        paintLayer(painter, 1);
    }
    painter.setRenderHint(QPainter::Antialiasing);
    paintOverlay(painter);
}

/// What the pictures leave free: filling the rest as well would double what a frame of 4K costs.
void StageView::paintSurround(QPainter& painter) const {
    QRegion free = rect();
    for (std::size_t i = 0; i < layers_.size(); ++i) {
        const bool drawn = layers_[i].scaler && !layers_[i].scaler->picture().isNull();
        if (drawn && (i == 0 || bothSeen())) {
            free -= QRegion(placeOf(i) & sideOf(i));
        }
    }
    for (const QRect& part : free) {
        painter.fillRect(part, tokens().base);
    }
}

/// A copy of pixels that are ready; stretched quickly for the moment in which the size has just changed.
void StageView::paintLayer(QPainter& painter, std::size_t layer) const {
    if (!layers_[layer].scaler) {
        return;
    }
    const QImage& ready = layers_[layer].scaler->picture();
    const QRect place = placeOf(layer);
    const QRect seen = pixelsOf(place) & pixelsOf(rect());
    painter.save();
    painter.setClipRect(sideOf(layer));
    const double pixel = 1 / devicePixelRatioF();
    painter.scale(pixel, pixel);
    const bool above = layer == 1 && !ready.isNull();
    if (above) {
        beginBlend(painter, mode_, divider_);
    }
    if (ready.size() == seen.size()) {
        const QPoint corner = painter.deviceTransform().map(QPointF(seen.topLeft())).toPoint();
        if (bothSeen() || !copyPixels(painter, corner, ready, *helpers_)) {
            painter.drawImage(seen.topLeft(), ready);
        }
    } else {
        painter.drawImage(seen, ready);
    }
    if (above) {
        endBlend(painter, mode_, seen);
    }
    painter.restore();
    painter.save();
    painter.setClipRect(sideOf(layer));
    painter.setRenderHint(QPainter::Antialiasing);
    cutCorners(painter, place);
    painter.restore();
}

/// What lies above the pictures, in both ways of drawing them.
void StageView::paintOverlay(QPainter& painter) const {
    if (guides_) {
        paintGuides(painter, placeOf(0));
    }
    if (bothSeen() && mode_ == CompareMode::wipe) {
        paintDivider(painter, placeOf(0).united(placeOf(1)), dividerX());
    }
}

} // namespace rushes::ui
