#include "serve/service_words.h"

#include "convert.h"

#include <utility>

#include <QCoreApplication>
#include <QStringList>

namespace rushes::ui {

namespace {

constexpr std::size_t most_lines = 6;

QString tr(const char* text) {
    return QCoreApplication::translate("ServiceWords", text);
}

QString percent(double share) {
    return QString::number(qRound(share * 100));
}

QString lineOf(const serve::Connected& one) {
    const QString name = browserName(toQString(one.program));
    const QString who = name.isEmpty() ? tr("A program") : name;
    const QString where = toQString(one.address);
    const QString what = one.clips == 0   ? tr("watches nothing")
                         : one.clips == 1 ? tr("watches 1 clip")
                                          : tr("watches %1 clips").arg(one.clips);
    return QStringLiteral("%1 · %2 · %3").arg(who, where, what);
}

} // namespace

QString alertWords(const Alert& alert) {
    if (alert.id == "slow") {
        return tr("The slowest clips take %1 s from the wish to the file, more than %2 s.")
            .arg(alert.value, 0, 'f', 1)
            .arg(alert.threshold);
    }
    if (alert.id == "device_idle") {
        return tr("The device is busy for %1 % of the time while clips are made, less than %2 %.")
            .arg(percent(alert.value), percent(alert.threshold));
    }
    if (alert.id == "device_full") {
        return tr("The device is busy for %1 % of the time, more than %2 %: it has no room for more.")
            .arg(percent(alert.value), percent(alert.threshold));
    }
    if (alert.id == "quality") {
        return tr("The files keep too little of the frames: SSIM %1, less than %2.")
            .arg(alert.value, 0, 'f', 2)
            .arg(alert.threshold, 0, 'f', 2);
    }
    if (alert.id == "queue") {
        return tr("%1 clips wait, more than %2.").arg(alert.value).arg(alert.threshold);
    }
    return toQString(alert.sentence);
}

QString connectedWords(const std::vector<serve::Connected>& connected) {
    if (connected.empty()) {
        return tr("Nobody is connected.");
    }
    QStringList lines;
    for (std::size_t i = 0; i < connected.size() && i < most_lines; ++i) {
        lines << lineOf(connected[i]);
    }
    if (connected.size() > most_lines) {
        lines << tr("and %1 more").arg(connected.size() - most_lines);
    }
    return lines.join(QLatin1Char('\n'));
}

QString browserName(const QString& user_agent) {
    // In this order: most of them claim to be Chrome and Safari too.
    static constexpr std::pair<const char*, const char*> known[] = {
        {"Firefox/", "Firefox"},
        {"Edg/", "Edge"},
        {"OPR/", "Opera"},
        {"HeadlessChrome/", "Chromium"},
        {"Chrome/", "Chromium"},
        {"Safari/", "Safari"},
    };
    for (const auto& [mark, name] : known) {
        if (user_agent.contains(QLatin1String(mark))) {
            return QLatin1String(name);
        }
    }
    return user_agent.section(QLatin1Char('/'), 0, 0).left(40).simplified();
}

} // namespace rushes::ui
