#include "stage/picture_scaler.h"

#include "stage/resample.h"
#include "work/home_call.h"

#include <algorithm>
#include <utility>

#include <QThread>

namespace rushes::ui {

namespace {

constexpr double usual_screen_rate = 60;
constexpr int most_helpers = 3;

} // namespace

PictureScaler::PictureScaler(QObject* parent)
    : QObject(parent), done_([this] { callHome(this, [this] { take(); }); }) {
    helpers_.setMaxThreadCount(std::clamp(QThread::idealThreadCount() - 1, 1, most_helpers));
    pause_.setSingleShot(true);
    pause_.setTimerType(Qt::PreciseTimer);
    setFastest(usual_screen_rate);
    connect(&pause_, &QTimer::timeout, this, &PictureScaler::begin);
}

void PictureScaler::setFastest(double rate) {
    period_ms_ = static_cast<int>(1000 / std::max(1.0, rate));
}

void PictureScaler::want(const Wish& wish) {
    if (wish == wish_) {
        return;
    }
    wish_ = wish;
    if (wish.picture.isNull()) {
        picture_ = {};
        made_ = wish;
        return;
    }
    begin();
}

void PictureScaler::begin() {
    if (busy_ || pause_.isActive() || made_ == wish_) {
        return;
    }
    busy_ = true;
    made_ = wish_;
    since_begin_.start();
    thread_.post([this, wish = wish_, spare = std::exchange(spare_, {})](std::stop_token) mutable {
        done_.put(resample(wish.picture, wish.source, wish.target, std::move(spare), &helpers_));
    });
}

void PictureScaler::take() {
    busy_ = false;
    const auto early = period_ms_ - since_begin_.elapsed();
    if (early > 0) {
        pause_.start(static_cast<int>(early)); // before anybody can want the next one
    }
    auto done = done_.take();
    if (done && !wish_.picture.isNull()) {
        spare_ = std::exchange(picture_, std::move(*done));
        emit ready();
    }
    begin();
}

} // namespace rushes::ui
