#include "desk/done_signals.h"

#include "convert.h"
#include "generation/engine.h"
#include "session/settings.h"
#include "session/studio_session.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCall>
#include <QGuiApplication>
#include <QSoundEffect>
#include <QUrl>
#include <QVariantMap>
#include <QWidget>

namespace rushes::ui {

DoneSignals::DoneSignals(StudioSession& session, const Settings& settings, QWidget& window, QObject* parent)
    : QObject(parent), settings_(settings), window_(window) {
    connect(&session, &StudioSession::progressed, this, [this](const Progress& progress) {
        showProgress(progress.fraction);
    });
    connect(&session, &StudioSession::runEnded, this, [this](const RunEnd& end) {
        showProgress(-1);
        const QString prompt = toQString(end.plan.recipe.prompt).simplified();
        if (std::holds_alternative<Finished>(end.result.outcome)) {
            tell(tr("The clip is ready"), prompt);
        } else if (const auto* failed = std::get_if<Failed>(&end.result.outcome);
                   failed != nullptr && !end.tries_again) {
            tell(tr("The clip could not be made"), QString::fromUtf8(failed->error.what()));
        }
    });
}

void DoneSignals::tell(const QString& title, const QString& text) {
    if (settings_.get(Setting::done_sound).toBool()) {
        if (sound_ == nullptr) {
            sound_ = new QSoundEffect(this);
            sound_->setSource(QUrl(QStringLiteral("qrc:/rushes/icons/done.wav")));
        }
        sound_->play();
    }
    if (!settings_.get(Setting::notify).toBool() || window_.isActiveWindow()) {
        return;
    }
    // Desktop Notifications Specification 1.2.
    QDBusMessage message = QDBusMessage::createMethodCall(
        QStringLiteral("org.freedesktop.Notifications"),
        QStringLiteral("/org/freedesktop/Notifications"),
        QStringLiteral("org.freedesktop.Notifications"),
        QStringLiteral("Notify")
    );
    message << QStringLiteral("Rushes") << 0u << QGuiApplication::desktopFileName() << title << text
            << QStringList() << QVariantMap() << -1;
    QDBusConnection::sessionBus().asyncCall(message);
}

/// In the task bar, as Unity's launcher entry, which KDE and GNOME's docks read too.
void DoneSignals::showProgress(double fraction) {
    const int percent = fraction < 0 ? -1 : static_cast<int>(fraction * 100);
    // Without an address Qt would start a bus of its own, which takes its time.
    if (percent == shown_percent_ || !qEnvironmentVariableIsSet("DBUS_SESSION_BUS_ADDRESS")) {
        return;
    }
    shown_percent_ = percent;
    QDBusMessage message = QDBusMessage::createSignal(
        QStringLiteral("/io/github/rushes/Rushes"),
        QStringLiteral("com.canonical.Unity.LauncherEntry"),
        QStringLiteral("Update")
    );
    message << QStringLiteral("application://io.github.rushes.Rushes.desktop")
            << QVariantMap{
                   {QStringLiteral("progress"), fraction < 0 ? 0.0 : fraction},
                   {QStringLiteral("progress-visible"), fraction >= 0},
               };
    QDBusConnection::sessionBus().send(message);
}

} // namespace rushes::ui
