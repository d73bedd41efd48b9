// How results come home: as a queued call on an object of the UI thread, dropped when that object is gone.
#pragma once

#include <utility>

#include <QMetaObject>
#include <QObject>

namespace rushes::ui {

/// Posts `call` to the thread of `home`. `home` must outlive the threads that call this (the studio joins its
/// threads before it goes); the call itself is dropped by Qt when `home` is destroyed before it ran.
template <typename Call>
void callHome(QObject* home, Call&& call) {
    QMetaObject::invokeMethod(home, std::forward<Call>(call), Qt::QueuedConnection);
}

} // namespace rushes::ui
