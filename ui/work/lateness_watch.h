// How late the events of a thread come: a timer that notes when it was kept waiting.
#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

#include <QTimer>

namespace rushes::ui {

class LatenessWatch {
public:
    /// Begins at once, on the thread that makes it.
    LatenessWatch() {
        timer_.setTimerType(Qt::PreciseTimer);
        QObject::connect(&timer_, &QTimer::timeout, &timer_, [this] { note(); });
        last_ = Clock::now();
        timer_.start(period);
    }

    /// Milliseconds; 0 when nothing was late.
    double worst() const { return late_.empty() ? 0 : std::ranges::max(late_); }

    /// The share of events that came later than `milliseconds`, 0..1.
    double share(double milliseconds) const {
        const auto count = std::ranges::count_if(late_, [&](double late) { return late > milliseconds; });
        return late_.empty() ? 0 : static_cast<double>(count) / static_cast<double>(late_.size());
    }

    void restart() {
        late_.clear();
        last_ = Clock::now();
    }

private:
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::milliseconds period{5};

    void note() {
        const auto now = Clock::now();
        late_.push_back(std::max(0.0, std::chrono::duration<double, std::milli>(now - last_ - period).count())
        );
        last_ = now;
    }

    QTimer timer_;
    Clock::time_point last_;
    std::vector<double> late_;
};

} // namespace rushes::ui
