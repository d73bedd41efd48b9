#include "work/show_in_folder.h"

#include <QCoreApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDesktopServices>
#include <QFileInfo>
#include <QUrl>

namespace rushes::ui {

namespace {

void openFolderOf(const QString& file) {
    QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(file).absolutePath()));
}

} // namespace

void showInFolder(const QString& file) {
    const QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected()) {
        openFolderOf(file);
        return;
    }
    QDBusMessage message = QDBusMessage::createMethodCall(
        QStringLiteral("org.freedesktop.FileManager1"),
        QStringLiteral("/org/freedesktop/FileManager1"),
        QStringLiteral("org.freedesktop.FileManager1"),
        QStringLiteral("ShowItems")
    );
    message << QStringList{QUrl::fromLocalFile(QFileInfo(file).absoluteFilePath()).toString()} << QString();
    auto* answer = new QDBusPendingCallWatcher(bus.asyncCall(message), qApp);
    QObject::connect(answer, &QDBusPendingCallWatcher::finished, qApp, [answer, file] {
        if (answer->isError()) {
            openFolderOf(file);
        }
        answer->deleteLater();
    });
}

} // namespace rushes::ui
