// Every text of the window has its German and its Chinese one.
#include "base/atomic_file.h"
#include "convert.h"
#include "generation/recipe_fields.h"
#include "generation/saved_presets.h"
#include "media/presets.h"
#include "shell/translations.h"

#include <gtest/gtest.h>
#include <set>

#include <QRegularExpression>

namespace rushes::ui {
namespace {

namespace fs = std::filesystem;

const fs::path source_dir(RUSHES_SOURCE_DIR);

/// The string literals after the bracket of tr(...), as C++ joins them.
QString joined(const QString& literals) {
    static const QRegularExpression one(QStringLiteral(R"re("((?:[^"\\]|\\.)*)")re"));
    QString text;
    auto found = one.globalMatch(literals);
    while (found.hasNext()) {
        text += found.next().captured(1);
    }
    return text.replace(QLatin1String("\\t"), QLatin1String("\t"))
        .replace(QLatin1String("\\\""), QLatin1String("\""));
}

std::set<QString> textsOfTheWindow() {
    static const QRegularExpression call(QStringLiteral(
        R"re((?:\btr2?\(|\b(?:translate|QT_TRANSLATE_NOOP)\(\s*"\w+",)\s*((?:"(?:[^"\\]|\\.)*"\s*)+))re"
    ));
    std::set<QString> texts;
    for (const auto& entry : fs::recursive_directory_iterator(source_dir / "ui")) {
        if (entry.path().extension() != ".cpp" && entry.path().extension() != ".h") {
            continue;
        }
        auto found = call.globalMatch(QString::fromStdString(read_file(entry.path())));
        while (found.hasNext()) {
            texts.insert(joined(found.next().captured(1)));
        }
    }
    for (const RecipeField& field : recipe_fields()) {
        if (*field.label != '\0') {
            texts.insert(QString::fromUtf8(field.label));
        }
    }
    for (const SizePreset& preset : size_presets) {
        texts.insert(QString::fromStdString(std::string(preset.label)));
    }
    for (const PresetPart& part : preset_parts()) {
        texts.insert(QString::fromUtf8(part.label));
    }
    return texts;
}

QStringList marksIn(const QString& text) {
    static const QRegularExpression mark(QStringLiteral(R"(%\d|\{\w+\})"));
    QStringList marks;
    auto found = mark.globalMatch(text);
    while (found.hasNext()) {
        marks << found.next().captured();
    }
    marks.sort();
    return marks;
}

class Translations : public ::testing::TestWithParam<const char*> {
protected:
    Translations() {
        const auto file =
            source_dir / "resources" / "translations" / (std::string("rushes_") + GetParam() + ".ts");
        EXPECT_TRUE(translator_.read(file)) << file;
    }

    TsTranslator translator_;
};

TEST_P(Translations, AreCompleteAndKeepTheirMarks) {
    const auto texts = textsOfTheWindow();
    ASSERT_GT(texts.size(), 300u);
    for (const QString& text : texts) {
        const QString words = translator_.words().value(text);
        EXPECT_FALSE(words.isEmpty()) << "not translated: " << text.toStdString();
        EXPECT_TRUE(words.isEmpty() || marksIn(words) == marksIn(text)) << words.toStdString();
    }
    for (const auto& [text, words] : translator_.words().asKeyValueRange()) {
        EXPECT_TRUE(texts.contains(text.section(QChar(0x1F), 0, 0))) // without what is meant
            << "nobody says this any more: " << text.toStdString();
    }
}

TEST_P(Translations, OneWordOfEnglishMayBeTwo) {
    const QString list = translator_.translate("X", "Queue", "the list", -1);
    const QString press = translator_.translate("X", "Queue", nullptr, -1);
    EXPECT_FALSE(list.isEmpty());
    EXPECT_NE(list, press);
    EXPECT_EQ(translator_.translate("X", "Queue", "nothing that is known", -1), press);
}

INSTANTIATE_TEST_SUITE_P(Languages, Translations, ::testing::Values("de", "zh_CN"));

TEST(TsTranslator, WhatIsMissingStaysEnglish) {
    const TsTranslator empty;
    EXPECT_TRUE(empty.translate("X", "Play", nullptr, -1).isNull());
    TsTranslator none;
    EXPECT_FALSE(none.read("/nowhere.ts"));
}

} // namespace
} // namespace rushes::ui
