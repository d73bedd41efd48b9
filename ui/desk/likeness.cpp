#include "desk/likeness.h"

#include "convert.h"
#include "work/clip_work.h"
#include "work/home_call.h"

#include <utility>

namespace rushes::ui {

namespace {

constexpr int told_percent = 10;

QString figures(const ClipComparison& result) {
    return Likeness::tr("SSIM %1  ·  flicker %2 | %3")
        .arg(result.ssim, 0, 'f', 3)
        .arg(result.first.mean, 0, 'f', 2)
        .arg(result.second.mean, 0, 'f', 2);
}

} // namespace

Likeness::~Likeness() {
    stop_.request_stop();
}

QString Likeness::words(const std::filesystem::path& left, const std::filesystem::path& right) {
    if (left != left_ || right != right_) {
        forget();
        left_ = left;
        right_ = right;
        begin();
    }
    return words_;
}

void Likeness::forget() {
    stop_.request_stop();
    left_.clear();
    right_.clear();
    words_.clear();
    curve_.clear();
    note_.clear();
    ++measuring_;
}

void Likeness::begin() {
    stop_ = {};
    words_ = tr("comparing");
    thread_.post(
        [this, id = measuring_, left = left_, right = right_, stop = stop_.get_token()](const auto&) {
            int told = 0;
            const auto done = [&](double share) {
                const int percent = static_cast<int>(share * 100);
                if (percent >= told + told_percent) {
                    told = percent;
                    callHome(this, [this, id, percent] { say(id, tr("comparing, %1 %").arg(percent)); });
                }
            };
            try {
                const ClipComparison result = clipWork().compare_files(left, right, done, stop);
                callHome(this, [this, id, result] { take(id, result); });
            } catch (const Error& error) {
                callHome(this, [this, id, why = QString::fromUtf8(error.what())] {
                    note_ = id == measuring_ ? why : note_;
                    say(id, why);
                });
            }
        }
    );
}

void Likeness::take(int measuring, const ClipComparison& result) {
    if (measuring == measuring_) {
        curve_ = result.frame_ssim;
        if (result.scaled) {
            note_ =
                tr("Measured at %1x%2, the size of the smaller clip").arg(result.width).arg(result.height);
        }
        say(measuring, figures(result));
    }
}

void Likeness::say(int measuring, const QString& words) {
    if (measuring == measuring_) {
        words_ = words;
        emit changed();
    }
}

} // namespace rushes::ui
