#include "shell/translations.h"

#include "base/paths.h"
#include "convert.h"

#include <QCoreApplication>
#include <QFile>
#include <QLibraryInfo>
#include <QLocale>
#include <QXmlStreamReader>

namespace rushes::ui {

namespace {

/// One word of English may be two of another language: the comment says which is meant.
QString keyOf(const QString& source, const QString& comment) {
    return comment.isEmpty() ? source : source + QChar(0x1F) + comment;
}

} // namespace

bool TsTranslator::read(const std::filesystem::path& path) {
    QFile file(toQString(path));
    if (!file.open(QIODevice::ReadOnly)) {
        return false;
    }
    QXmlStreamReader xml(&file);
    QString source;
    QString comment;
    while (!xml.atEnd()) {
        if (xml.readNext() != QXmlStreamReader::StartElement) {
            continue;
        }
        if (xml.name() == QLatin1String("source")) {
            source = xml.readElementText();
            comment.clear();
        } else if (xml.name() == QLatin1String("comment")) {
            comment = xml.readElementText();
        } else if (xml.name() == QLatin1String("translation")) {
            const bool unfinished =
                xml.attributes().value(QLatin1String("type")) == QLatin1String("unfinished");
            if (const QString words = xml.readElementText(); !unfinished && !words.isEmpty()) {
                words_.insert(keyOf(source, comment), words);
            }
        }
    }
    return !xml.hasError();
}

QString TsTranslator::translate(const char*, const char* source, const char* disambiguation, int) const {
    const QString text = QString::fromUtf8(source);
    const QString meant =
        disambiguation == nullptr ? QString() : words_.value(keyOf(text, QString::fromUtf8(disambiguation)));
    return meant.isEmpty() ? words_.value(text) : meant;
}

void installLanguage(QCoreApplication& app, const QString& language) {
    const QLocale locale = language.isEmpty() ? QLocale::system() : QLocale(language);
    if (locale.language() == QLocale::English) {
        return;
    }
    const auto folder = resources_dir() / "translations";
    for (const QString& name : {locale.name(), locale.name().section(QLatin1Char('_'), 0, 0)}) {
        auto* ours = new TsTranslator(&app); // the application owns it
        if (ours->read(folder / toPath(QStringLiteral("rushes_%1.ts").arg(name)))) {
            QCoreApplication::installTranslator(ours);
            break;
        }
        delete ours;
    }
    auto* qt = new QTranslator(&app);
    if (qt->load(
            locale,
            QStringLiteral("qtbase"),
            QStringLiteral("_"),
            QLibraryInfo::path(QLibraryInfo::TranslationsPath)
        )) {
        QCoreApplication::installTranslator(qt);
    }
}

} // namespace rushes::ui
