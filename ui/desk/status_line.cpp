#include "desk/status_line.h"

#include "controls/basic.h"
#include "controls/choices.h"
#include "theme/theme.h"
#include "work/home_call.h"

#include <fstream>
#include <system_error>
#include <unistd.h>

#include <QHBoxLayout>
#include <QPainter>

namespace rushes::ui {

namespace {

constexpr int period_ms = 2000;

/// Resident memory of this process (proc(5), statm: second field, in pages).
std::uint64_t residentBytes() {
    std::ifstream statm("/proc/self/statm");
    std::uint64_t total = 0;
    std::uint64_t resident = 0;
    statm >> total >> resident;
    return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

} // namespace

/// Green when the engine is ready; the words beside it say the same.
class Dot : public QWidget {
public:
    Dot() { setFixedSize(size::space2 + 2, size::space2 + 2); }

    void setReady(bool ready) {
        ready_ = ready;
        update();
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(ready_ ? tokens().good : tokens().text3);
        painter.drawEllipse(QRectF(rect()).adjusted(1.5, 1.5, -1.5, -1.5));
    }

private:
    bool ready_ = false;
};

StatusLine::StatusLine(std::filesystem::path videos, RunOnDisk run_on_disk, QWidget* parent)
    : QStatusBar(parent),
      videos_(std::move(videos)),
      run_on_disk_(std::move(run_on_disk)),
      dot_(new Dot),
      device_(new FigureLabel(FigureLabel::Tone::hint)),
      memory_(new FigureLabel(FigureLabel::Tone::hint)),
      right_(new FigureLabel(FigureLabel::Tone::hint)) {
    setObjectName(QStringLiteral("status"));
    setSizeGripEnabled(false);
    setFixedHeight(size::status_bar);
    setContentsMargins(size::space3, 0, size::space3, 0);
    device_->setObjectName(QStringLiteral("status-device"));
    memory_->setObjectName(QStringLiteral("status-memory"));
    right_->setObjectName(QStringLiteral("status-right"));
    auto* left = new QWidget;
    auto* row = new QHBoxLayout(left);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(size::space1 + 2);
    row->addWidget(dot_);
    row->addWidget(device_);
    row->addSpacing(size::space4);
    row->addWidget(memory_);
    auto* offline = new FigureLabel(FigureLabel::Tone::hint);
    offline->setText(tr("Offline: nothing leaves this machine"));
    row->addSpacing(size::space4);
    row->addWidget(offline);
    addWidget(left);
    addPermanentWidget(right_);
    setDevice(tr("Starting the engine"), false);
    connect(&timer_, &QTimer::timeout, this, &StatusLine::read);
    timer_.start(period_ms);
}

void StatusLine::setDevice(const QString& device, bool ready) {
    dot_->setReady(ready);
    device_->setText(device);
    read();
}

void StatusLine::setClips(int clips) {
    clips_ = clips;
    showRight();
}

void StatusLine::setFolder(const std::filesystem::path& videos) {
    videos_ = videos;
    read();
}

void StatusLine::read() {
    run_on_disk_([this, folder = videos_] {
        std::error_code error;
        std::filesystem::path place = folder;
        while (!std::filesystem::exists(place, error) && place.has_relative_path()) {
            place = place.parent_path();
        }
        const std::filesystem::space_info space = std::filesystem::space(place, error);
        const QString free = error ? QString() : tr("%1 disk free").arg(bytesText(space.available));
        const QString memory = tr("%1 memory used").arg(bytesText(residentBytes()));
        const auto bytes = error ? qlonglong{-1} : static_cast<qlonglong>(space.available);
        callHome(this, [this, free, memory, bytes] {
            if (bytes >= 0) {
                emit diskRead(bytes);
            }
            free_ = free;
            memory_->setText(memory);
            showRight();
        });
    });
}

void StatusLine::showRight() {
    const QString clips = clips_ == 1 ? tr("1 clip") : tr("%1 clips").arg(clips_);
    right_->setText(free_.isEmpty() ? clips : QStringLiteral("%1 · %2").arg(clips, free_));
}

} // namespace rushes::ui
