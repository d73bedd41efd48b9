#include "shell/bench_parts.h"

#include <unistd.h>

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QTimer>

namespace rushes::ui {

namespace {

constexpr int most_ms = 300'000;

} // namespace

BenchFolder::BenchFolder()
    : path_(std::filesystem::temp_directory_path() / ("rushes-bench-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(path_);
}

BenchFolder::~BenchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

StudioParts BenchFolder::parts() const {
    StudioParts parts = StudioParts::real();
    parts.database = path_ / "library.db";
    parts.queue = path_ / "queue.db";
    parts.thumbnails = path_ / "thumbnails";
    parts.videos = path_ / "videos";
    parts.settings = path_ / "studio.ini";
    parts.speeds = path_ / "speeds.json";
    parts.logs = path_ / "logs";
    parts.unfinished = path_ / "unfinished";
    parts.checkpoints = path_ / "checkpoints";
    parts.kept_runs = path_ / "kept";
    return parts;
}

bool runUntil(const std::function<bool()>& condition) {
    QElapsedTimer clock;
    clock.start();
    while (!condition() && clock.elapsed() < most_ms) {
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 20);
    }
    return condition();
}

void runFor(int milliseconds) {
    QEventLoop loop;
    QTimer::singleShot(milliseconds, Qt::PreciseTimer, &loop, &QEventLoop::quit);
    loop.exec();
}

} // namespace rushes::ui
