#include "library/hover_play.h"

#include "library/clip_delegate.h"

#include <QAbstractItemModel>
#include <QListView>

namespace rushes::ui {

namespace {

constexpr int period_ms = 83; ///< 12 frames a second

} // namespace

HoverPlay::HoverPlay(QListView& view, const ClipItems& items, ClipDelegate& delegate)
    : QObject(&view), view_(view), items_(items), delegate_(delegate), timer_(this) {
    timer_.setInterval(period_ms);
    connect(&timer_, &QTimer::timeout, this, &HoverPlay::play);
    const auto nothing = [this] { hover(-1); }; // rows have moved
    connect(view.model(), &QAbstractItemModel::rowsInserted, this, nothing);
    connect(view.model(), &QAbstractItemModel::rowsRemoved, this, nothing);
    connect(view.model(), &QAbstractItemModel::modelReset, this, nothing);
}

void HoverPlay::setCalm(bool calm) {
    calm_ = calm;
    hover(-1);
}

void HoverPlay::hover(int row) {
    if (row == row_) {
        return;
    }
    row_ = row;
    frame_ = 0;
    delegate_.setHover(row, 0);
    view_.viewport()->update();
    if (row < 0 || calm_ || items_.item(row).running || items_.item(row).missing) {
        timer_.stop();
        return;
    }
    if (items_.item(row).moving.empty()) {
        emit framesWanted(items_.item(row).record.id);
    }
    timer_.start();
}

void HoverPlay::play() {
    delegate_.setHover(row_, ++frame_);
    view_.update(view_.model()->index(row_, 0));
}

} // namespace rushes::ui
