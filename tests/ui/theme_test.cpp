#include "theme/icons.h"
#include "theme/theme.h"

#include <gtest/gtest.h>

#include <QApplication>
#include <QDir>
#include <QPainter>
#include <QPalette>
#include <QRegularExpression>

namespace rushes::ui {
namespace {

class ThemeTokens : public ::testing::TestWithParam<const Tokens& (*)()> {
protected:
    const Tokens& t() const { return GetParam()(); }
};

TEST_P(ThemeTokens, ValuesAndLabelsCanBeReadOnEverySurface) {
    for (const QColor& back : {t().base, t().panel, t().field}) {
        EXPECT_GE(contrastRatio(t().text, back), 4.5) << back.name().toStdString();
        EXPECT_GE(contrastRatio(t().text2, back), 4.5) << back.name().toStdString();
    }
    EXPECT_GE(contrastRatio(t().text, t().raised), 4.5);
}

TEST_P(ThemeTokens, TextOnTheAccentCanBeRead) {
    EXPECT_GE(contrastRatio(t().on_accent, t().accent), 4.5);
    EXPECT_GE(contrastRatio(t().on_accent, t().accent_hover), 4.5);
    EXPECT_GE(contrastRatio(t().accent_text, t().accent_dim), 4.5);
}

TEST_P(ThemeTokens, AccentAndStatesStandOut) {
    for (const QColor& mark : {t().accent, t().good, t().warn, t().bad}) {
        EXPECT_GE(contrastRatio(mark, t().panel), 3.0) << mark.name().toStdString(); // WCAG 1.4.11
    }
}

TEST_P(ThemeTokens, TheSheetHasNoNameLeftOpen) {
    const QString sheet = styleSheet(t());
    EXPECT_FALSE(sheet.contains(QLatin1Char('@')))
        << sheet.mid(sheet.indexOf(QLatin1Char('@')), 20).toStdString();
}

INSTANTIATE_TEST_SUITE_P(
    Schemes,
    ThemeTokens,
    ::testing::Values(&darkTokens, &lightTokens, &darkContrastTokens, &lightContrastTokens)
);

class HighContrast : public ThemeTokens {};

TEST_P(HighContrast, EveryTextStandsOutTwiceAsMuch) {
    for (const QColor& words :
         {t().text, t().text2, t().text3, t().accent_text, t().good, t().warn, t().bad}) {
        for (const QColor& back : {t().base, t().panel, t().field}) {
            EXPECT_GE(contrastRatio(words, back), 7.0) << words.name().toStdString(); // WCAG 1.4.6
        }
    }
    EXPECT_GE(contrastRatio(t().line, t().panel), 3.0); // WCAG 1.4.11: what a control's border is
    EXPECT_GE(contrastRatio(t().on_accent, t().accent), 7.0);
}

INSTANTIATE_TEST_SUITE_P(Schemes, HighContrast, ::testing::Values(&darkContrastTokens, &lightContrastTokens));

TEST(Theme, ContrastIsThatOfTheStandard) {
    EXPECT_NEAR(contrastRatio(Qt::black, Qt::white), 21.0, 1e-6);
    EXPECT_NEAR(
        contrastRatio(QColor(0x77, 0x77, 0x77), Qt::white), 4.48, 0.01
    ); // the standard's well known example
    EXPECT_NEAR(contrastRatio(Qt::red, Qt::red), 1.0, 1e-9);
}

TEST(Theme, ChangesAtRunTime) {
    Theme::instance()->setScheme(Scheme::light);
    EXPECT_EQ(tokens().panel, lightTokens().panel);
    Theme::instance()->setScheme(Scheme::dark);
    EXPECT_EQ(qApp->palette().color(QPalette::Window), darkTokens().panel);
    Theme::instance()->setHighContrast(true);
    EXPECT_EQ(tokens().line, darkContrastTokens().line);
    Theme::instance()->setScheme(Scheme::light);
    EXPECT_EQ(tokens().panel, lightContrastTokens().panel);
    Theme::instance()->setHighContrast(false);
    Theme::instance()->setScheme(Scheme::dark);
}

TEST(Theme, EveryIconIsDrawnInTheColourAskedFor) {
    const QStringList files = QDir(QStringLiteral(":/rushes/icons")).entryList({QStringLiteral("*.svg")});
    ASSERT_GT(files.size(), 20);
    for (const QString& file : files) {
        if (file == QLatin1String("rushes.svg") ||
            file.contains(QRegularExpression(QStringLiteral("-(dark|light)\\.svg")))) {
            continue; // not tinted
        }
        QImage picture(60, 60, QImage::Format_ARGB32_Premultiplied);
        picture.fill(Qt::transparent);
        QPainter painter(&picture);
        drawIcon(painter, QString(file).remove(QStringLiteral(".svg")), QRectF(0, 0, 60, 60), Qt::green);
        painter.end();
        int drawn = 0;
        for (int y = 0; y < 60; ++y) {
            for (int x = 0; x < 60; ++x) {
                const QColor pixel = picture.pixelColor(x, y);
                drawn += pixel.alpha() == 255 ? 1 : 0;
                EXPECT_TRUE(pixel.alpha() < 255 || (pixel.green() > 200 && pixel.red() < 60))
                    << file.toStdString();
            }
        }
        EXPECT_GT(drawn, 20) << file.toStdString();
    }
}

TEST(Theme, FiguresAreTabular) {
    const QFont font = valueFont();
    EXPECT_DOUBLE_EQ(
        figuresWidth(font, QStringLiteral("111.1 s")), figuresWidth(font, QStringLiteral("888.8 s"))
    );
    EXPECT_GT(figuresWidth(font, QStringLiteral("88")), figuresWidth(font, QStringLiteral("8")));
}

} // namespace
} // namespace rushes::ui
