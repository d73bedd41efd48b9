// The application, which can say what held up its thread: the slowest event since watch(), by the widget that
// took it.
#pragma once

#include <QApplication>
#include <QString>

namespace rushes::ui {

class WatchedApplication : public QApplication {
    Q_OBJECT

public:
    using QApplication::QApplication;

    struct Slow {
        double ms = 0;     ///< from its start to its end
        double own_ms = 0; ///< of the processor's time: the rest went to other threads and programs
        QString what;      ///< "Paint of rushes::ui::StageView"
    };

    /// Begins anew.
    void watch() {
        slowest_ = {};
        watching_ = true;
    }

    const Slow& slowest() const { return slowest_; }

    bool notify(QObject* receiver, QEvent* event) override;

private:
    bool watching_ = false;
    Slow slowest_;
    Slow inner_; ///< the slowest event within the one that is being handled
};

/// Milliseconds that the calling thread has computed.
double threadMilliseconds();

} // namespace rushes::ui
