// How alike the two clips of a comparison are, in figures: SSIM and flicker of whole clips, measured from
// their files off the window's thread (core/media/compare_clips.h).
#pragma once

#include "work/task_thread.h"

#include <filesystem>
#include <stop_token>
#include <vector>

#include <QObject>
#include <QString>

namespace rushes {
struct ClipComparison;
}

namespace rushes::ui {

class Likeness : public QObject {
    Q_OBJECT

public:
    explicit Likeness(QObject* parent = nullptr) : QObject(parent) {}

    ~Likeness() override;

    /// The figures, how far the measuring is, or why there are none. The first question about a pair begins
    /// it; another pair ends it.
    QString words(const std::filesystem::path& left, const std::filesystem::path& right);

    /// SSIM of each frame; empty before the figures are there.
    const std::vector<double>& curve() const { return curve_; }

    /// What is to be known of the curve: at which size it was measured when the clips differ in that, or why
    /// there is none.
    const QString& note() const { return note_; }

    void forget();

signals:
    void changed(); ///< the words

private:
    void begin();
    void take(int measuring, const ClipComparison& result);
    void say(int measuring, const QString& words);

    std::filesystem::path left_;
    std::filesystem::path right_;
    QString words_;
    std::vector<double> curve_;
    QString note_;
    int measuring_ = 0; ///< counts them: what comes home from an earlier one is dropped
    std::stop_source stop_;
    TaskThread thread_; ///< last: ends first
};

} // namespace rushes::ui
