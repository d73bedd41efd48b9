// The window bears its other languages: nothing is cut where words are longer.
#include "gui/studio_fixture.h"
#include "shell/preferences.h"
#include "shell/translations.h"

#include <QAbstractButton>
#include <QDialog>
#include <QLabel>
#include <QToolButton>

namespace rushes::testing {
namespace {

class LanguageStory : public StudioFixture, public ::testing::WithParamInterface<const char*> {
protected:
    void SetUp() override {
        StudioFixture::SetUp();
        const auto folder = std::filesystem::path(RUSHES_SOURCE_DIR) / "resources" / "translations";
        ASSERT_TRUE(translator_.read(folder / ("rushes_" + std::string(GetParam()) + ".ts")));
        QCoreApplication::installTranslator(&translator_);
    }

    void TearDown() override {
        StudioFixture::TearDown();
        QCoreApplication::removeTranslator(&translator_);
    }

    static void expectWhole(const QWidget& root) {
        for (const QAbstractButton* button : root.findChildren<QAbstractButton*>()) {
            const auto* tool = qobject_cast<const QToolButton*>(button);
            const bool words = tool == nullptr || tool->toolButtonStyle() != Qt::ToolButtonIconOnly;
            if (button->isVisible() && !button->text().isEmpty() && words) {
                const int text =
                    button->fontMetrics().horizontalAdvance(button->text().remove(QLatin1Char('&')));
                EXPECT_LE(text, button->width())
                    << button->objectName().toStdString() << ": " << button->text().toStdString();
            }
        }
        for (const QLabel* label : root.findChildren<QLabel*>()) {
            if (label->isVisible() && !label->wordWrap() && !label->text().isEmpty() &&
                label->textFormat() != Qt::RichText) {
                EXPECT_LE(label->fontMetrics().horizontalAdvance(label->text()), label->width() + 1)
                    << label->text().toStdString();
            }
        }
    }

    ui::TsTranslator translator_;
};

TEST_P(LanguageStory, NothingIsCut) {
    models_ = {fake_full_model(), models_[0]};
    openStudio();
    EXPECT_NE(find<QAbstractButton>("generate")->text().toStdString(), "Generate");
    type(QStringLiteral("a red ball"));
    gate_.closeWhen([](const Progress& p) { return p.phase == Phase::denoising && p.step == 2; });
    press(Qt::Key_Return, Qt::ControlModifier);
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(until([&] { return window().session().running(); }));
    find<QAbstractButton>("advanced")->click();
    for (const QSize size : {QSize(1280, 720), QSize(1600, 1000)}) {
        window().resize(size);
        QTest::qWait(50);
        EXPECT_LE(window().minimumSizeHint().width(), size.width());
        expectWhole(window());
    }
    shot(QStringLiteral("language-") + QLatin1String(GetParam()));
    for (const ui::Command command : {ui::Command::preferences, ui::Command::shortcuts}) {
        window().actions()[command].trigger();
    }
    for (QDialog* dialog : window().findChildren<QDialog*>()) {
        expectWhole(*dialog);
    }
}

INSTANTIATE_TEST_SUITE_P(Languages, LanguageStory, ::testing::Values("de", "zh_CN"));

} // namespace
} // namespace rushes::testing
