// The window's words in another language, read from Qt Linguist's own files at the start: no tool is needed
// to build them, and English costs nothing.
#pragma once

#include <filesystem>

#include <QHash>
#include <QTranslator>

class QCoreApplication;

namespace rushes::ui {

/// A .ts file. Words are looked up by themselves: what is called the same in English is called the same.
class TsTranslator : public QTranslator {
    Q_OBJECT

public:
    using QTranslator::QTranslator;

    /// False when the file cannot be read.
    bool read(const std::filesystem::path& file);

    const QHash<QString, QString>& words() const { return words_; }

    bool isEmpty() const override { return words_.isEmpty(); }

    QString translate(const char* context, const char* source, const char* note, int number) const override;

private:
    QHash<QString, QString> words_;
};

/// `language`: "de", "zh_CN", "en"; empty: the system's. Qt's own words come along where they are installed.
void installLanguage(QCoreApplication& app, const QString& language);

} // namespace rushes::ui
