#include "shell/stage_bench.h"

#include "shell/window_bench.h"
#include "stage/stage_view.h"
#include "work/lateness_watch.h"
#include "work/watched_application.h"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include <QApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QOpenGLWidget>
#include <QPainter>
#include <QScreen>
#include <QTimer>

namespace rushes::ui {

namespace {

constexpr int frames = 120; ///< five seconds
constexpr int different_frames = 6;
constexpr double frame_rate = 24;

/// As the stage was painted before: scaled by the painter on the window's thread.
class PaintedView : public QWidget {
public:
    void setPicture(const QImage& picture) {
        picture_ = picture;
        update();
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::SmoothPixmapTransform);
        painter.drawImage(rect(), picture_);
    }

private:
    QImage picture_;
};

struct Row {
    QString way;
    bool busy = false; ///< all cores compute meanwhile
    QSize frame;
    QSize window;
    double thread_ms = 0; ///< of the window's thread, a frame that is shown
    double driver_ms = 0; ///< of that, putting the window together and swapping: Qt and the OpenGL driver
    double worst_late_ms = 0;
    int late_frames = 0; ///< handed on after the next one was due
    int shown = 0;       ///< painted: the latest wins where there is no time for all
};

/// How often the stage was painted.
class PaintCount : public QObject {
public:
    explicit PaintCount(QWidget& view) {
        view.installEventFilter(this);
        for (auto* screen : view.findChildren<QOpenGLWidget*>()) {
            screen->installEventFilter(this);
            view.removeEventFilter(this);
        }
    }

    int count() const { return count_; }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override {
        count_ += event->type() == QEvent::Paint ? 1 : 0;
        return QObject::eventFilter(watched, event);
    }

private:
    int count_ = 0;
};

/// All cores computing at the engine's low priority, as while a clip is made.
class BusyCores {
public:
    BusyCores() {
        for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
            threads_.emplace_back([](const std::stop_token& stop) {
                constexpr int engine_niceness = 10;
                setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), engine_niceness);
                std::vector<float> numbers(1 << 20, 1.5F); // larger than a cache: memory is shared, too
                while (!stop.stop_requested()) {
                    for (float& number : numbers) {
                        number = number * 0.999F + 0.001F;
                    }
                }
            });
        }
    }

private:
    std::vector<std::jthread> threads_;
};

void wait(int milliseconds) {
    QEventLoop loop;
    QTimer::singleShot(milliseconds, Qt::PreciseTimer, &loop, &QEventLoop::quit);
    loop.exec();
}

/// Pictures that differ everywhere, so that nothing can be left out.
std::vector<QImage> pictures(QSize size) {
    std::vector<QImage> made;
    for (int i = 0; i < different_frames; ++i) {
        QImage picture(size, QImage::Format_RGB888);
        for (int y = 0; y < size.height(); ++y) {
            uchar* line = picture.scanLine(y);
            for (int x = 0; x < 3 * size.width(); ++x) {
                line[x] = static_cast<uchar>(x + y + 40 * i);
            }
        }
        made.push_back(picture);
    }
    return made;
}

/// What of the thread's time goes by between the end of our drawing and the picture on the screen: with
/// OpenGL on the processor that is where the pixels are made.
class DriverTime {
public:
    explicit DriverTime(const QWidget& view) {
        if (const auto* screen = view.findChild<QOpenGLWidget*>()) {
            QObject::connect(screen, &QOpenGLWidget::aboutToCompose, &here_, [this] {
                since_ = threadMilliseconds();
            });
            QObject::connect(screen, &QOpenGLWidget::frameSwapped, &here_, [this] {
                total_ += since_ > 0 ? threadMilliseconds() - since_ : 0;
                since_ = 0;
            });
        }
    }

    double total() const { return total_; }

private:
    QObject here_;
    double since_ = 0;
    double total_ = 0;
};

template <typename View>
Row play(View& view, const QString& way, bool busy, QSize size) {
    const std::vector<QImage> clip = pictures(size);
    view.setPicture(clip.front());
    // Placed by hand as well: a bare X server has nobody to grant the full screen.
    view.setWindowFlags(Qt::FramelessWindowHint);
    view.setWindowState(Qt::WindowFullScreen);
    view.setGeometry(QGuiApplication::primaryScreen()->geometry());
    view.show();
    std::optional<BusyCores> load;
    if (busy) {
        load.emplace();
    }
    wait(700);
    Row row{way, busy, size, view.size() * view.devicePixelRatioF()};
    LatenessWatch watch;
    const DriverTime driver(view);
    const PaintCount painted(view);
    QElapsedTimer clock;
    clock.start();
    const double before = threadMilliseconds();
    for (int i = 0; i < frames; ++i) {
        const double due = i * 1000 / frame_rate;
        const auto now = static_cast<double>(clock.elapsed());
        row.late_frames += now > due + 1000 / frame_rate ? 1 : 0;
        view.setPicture(clip[static_cast<std::size_t>(i) % clip.size()]);
        const double rest = (i + 1) * 1000 / frame_rate - static_cast<double>(clock.elapsed());
        wait(std::max(0, static_cast<int>(rest)));
    }
    row.shown = painted.count();
    row.thread_ms = (threadMilliseconds() - before) / std::max(1, row.shown);
    row.driver_ms = driver.total() / std::max(1, row.shown);
    row.worst_late_ms = watch.worst();
    view.hide();
    return row;
}

std::vector<Row> measure() {
    std::vector<Row> rows;
    for (const QSize size : {QSize(1920, 1080), QSize(3840, 2160)}) {
        PaintedView painted;
        rows.push_back(play(painted, QStringLiteral("painter"), false, size));
        StageView stage;
        stage.setShape(size);
        stage.findGraphicsCard();
        wait(1000);
        const QString way =
            stage.onGraphicsCard() ? QStringLiteral("graphics card") : QStringLiteral("thread");
        rows.push_back(play(stage, way, false, size));
        rows.push_back(play(stage, way, true, size));
    }
    return rows;
}

} // namespace

int runStageBench(bool json) {
    const std::vector<Row> rows = measure();
    if (!json) {
        std::printf(
            "way            cores  frame      window     window's thread  ours      worst event   late  "
            "shown of %d\n",
            frames
        );
    }
    QJsonArray list;
    for (const Row& row : rows) {
        if (!json) {
            std::printf(
                "%-14s %-5s  %4dx%-4d  %4dx%-4d  %10.2f ms  %6.2f ms  %8.1f ms   %3d   %3d\n",
                qPrintable(row.way),
                row.busy ? "busy" : "idle",
                row.frame.width(),
                row.frame.height(),
                row.window.width(),
                row.window.height(),
                row.thread_ms,
                row.thread_ms - row.driver_ms,
                row.worst_late_ms,
                row.late_frames,
                row.shown
            );
        }
        list.append(QJsonObject{
            {QStringLiteral("way"), row.way},
            {QStringLiteral("cores_busy"), row.busy},
            {QStringLiteral("frame_width"), row.frame.width()},
            {QStringLiteral("frame_height"), row.frame.height()},
            {QStringLiteral("window_width"), row.window.width()},
            {QStringLiteral("window_height"), row.window.height()},
            {QStringLiteral("window_thread_ms"), row.thread_ms},
            {QStringLiteral("driver_ms"), row.driver_ms},
            {QStringLiteral("worst_event_ms"), row.worst_late_ms},
            {QStringLiteral("late_frames"), row.late_frames},
            {QStringLiteral("shown_frames"), row.shown},
        });
    }
    if (!json) {
        std::printf("\nthe window while       worst event   later than 16.7 ms   the slowest one\n");
    }
    for (const WindowLateness& row : measureWindow()) {
        if (!json) {
            std::printf(
                "%-20s %8.1f ms   %8.2f %%             %.1f ms, %.1f of them computing: %s\n",
                qPrintable(row.doing),
                row.worst_ms,
                row.late_percent,
                row.slowest.ms,
                row.slowest.own_ms,
                qPrintable(row.slowest.what)
            );
        }
        list.append(QJsonObject{
            {QStringLiteral("doing"), row.doing},
            {QStringLiteral("worst_event_ms"), row.worst_ms},
            {QStringLiteral("late_percent"), row.late_percent},
            {QStringLiteral("slowest_ms"), row.slowest.ms},
            {QStringLiteral("slowest_computing_ms"), row.slowest.own_ms},
            {QStringLiteral("slowest"), row.slowest.what},
        });
    }
    if (json) {
        std::printf("%s", QJsonDocument(list).toJson().constData());
    }
    return 0;
}

} // namespace rushes::ui
