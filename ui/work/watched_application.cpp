#include "work/watched_application.h"

#include <chrono>
#include <ctime>
#include <utility>

#include <QMetaEnum>
#include <QThread>

namespace rushes::ui {

namespace {

constexpr double most_of_it = 0.6; ///< then the event within is the one to name

QString nameOf(const QByteArray& type, QEvent::Type event, const QString& object) {
    const char* key = QMetaEnum::fromType<QEvent::Type>().valueToKey(event);
    const QString of =
        QStringLiteral("%1 of %2").arg(QLatin1String(key != nullptr ? key : "?"), QLatin1String(type));
    return object.isEmpty() ? of : QStringLiteral("%1 '%2'").arg(of, object);
}

} // namespace

double threadMilliseconds() {
    timespec used{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) * 1e3 + static_cast<double>(used.tv_nsec) * 1e-6;
}

bool WatchedApplication::notify(QObject* receiver, QEvent* event) {
    if (!watching_ || QThread::currentThread() != thread()) {
        return QApplication::notify(receiver, event);
    }
    using Clock = std::chrono::steady_clock;
    // Both may be gone afterwards.
    const QByteArray type = receiver->metaObject()->className();
    const QString object = receiver->objectName();
    const QEvent::Type kind = event->type();
    const Slow before = std::exchange(inner_, {});
    const auto start = Clock::now();
    const double own = threadMilliseconds();
    const bool taken = QApplication::notify(receiver, event);
    Slow slow{
        std::chrono::duration<double, std::milli>(Clock::now() - start).count(),
        threadMilliseconds() - own,
        {}
    };
    if (slow.ms > slowest_.ms || slow.ms > before.ms) {
        slow.what = inner_.ms > most_of_it * slow.ms ? inner_.what : nameOf(type, kind, object);
    }
    if (slow.ms > slowest_.ms) {
        slowest_ = slow;
    }
    inner_ = slow.ms > before.ms ? slow : before;
    return taken;
}

} // namespace rushes::ui
