// Clips made of clips: trimmed, going round, joined; and a last frame that begins the next one.
#include "convert.h"
#include "desk/clip_desk.h"
#include "desk/desk.h"
#include "gui/studio_fixture.h"
#include "jobs/edited_clip.h"
#include "library/film_strip.h"
#include "media/clip_reader.h"
#include "models/run_inputs.h"
#include "stage/stage_panel.h"
#include "stage/stage_view.h"

#include <QLabel>
#include <QMenu>

namespace rushes::testing {
namespace {

namespace fs = std::filesystem;

class EditStory : public StudioFixture {
protected:
    void SetUp() override {
        StudioFixture::SetUp();
        models_[0].inputs = {{role_image}};
    }

    void begin() {
        openStudio();
        make(QStringLiteral("a red ball"));
        ASSERT_TRUE(until([&] { return window().desk().shown().has_value(); }));
        source_ = *window().desk().shown();
        content_ = bytes(source_.file);
        window().stage().player().pause();
        window().stage().view().setFocus();
    }

    static QByteArray bytes(const fs::path& file) {
        QFile stream(ui::toQString(file));
        EXPECT_TRUE(stream.open(QIODevice::ReadOnly));
        return stream.readAll();
    }

    /// The clip that was made is on the stage.
    bool shows(const char* suffix) {
        return until([&] {
            const auto& shown = window().desk().shown();
            return shown && shown->file.stem().string().ends_with(suffix);
        });
    }

    QString toast() { return find<QLabel>("toast-text")->text(); }

    ClipRecord source_;
    QByteArray content_;
};

TEST_F(EditStory, TheMarkedPartBecomesAClipOfItsOwn) {
    begin();
    press(Qt::Key_T, Qt::ControlModifier);
    EXPECT_TRUE(toast().startsWith(QStringLiteral("Mark a part"))) << toast().toStdString();
    const std::string prompt = recipe().prompt;
    window().stage().player().seek(8);
    press(Qt::Key_I);
    window().stage().player().seek(24);
    press(Qt::Key_O);
    press(Qt::Key_T, Qt::ControlModifier);
    ASSERT_TRUE(shows("-cut"));
    const ClipRecord made = *window().desk().shown();
    EXPECT_EQ(made.frames, 17);
    EXPECT_EQ(ClipReader(made.file).facts().frames, 17);
    EXPECT_EQ(bytes(source_.file), content_); // untouched
    EXPECT_EQ(recipe().prompt, prompt);
    const auto edited = edited_in(made.report_json);
    ASSERT_TRUE(edited.has_value());
    ASSERT_EQ(edited->parts.size(), 1U);
    EXPECT_EQ(edited->parts[0].path, source_.file.string());
    EXPECT_EQ(edited->parts[0].first, 8);
    EXPECT_EQ(edited->parts[0].last, 24);
    // The same frames, but for one more encoding.
    ClipReader before(source_.file);
    ClipReader after(made.file);
    for (const int i : {0, 16}) {
        const FramePtr a = before.at(8 + i);
        const FramePtr b = after.at(i);
        double sum = 0;
        for (std::size_t at = 0; at < a->rgb.size(); ++at) {
            sum += std::abs(int(a->rgb[at]) - int(b->rgb[at]));
        }
        EXPECT_LT(sum / static_cast<double>(a->rgb.size()), 4) << i;
    }
    EXPECT_EQ(toast(), QStringLiteral("Made %1").arg(ui::toQString(made.file.filename())));
    shot(QStringLiteral("clip-trimmed"));
}

TEST_F(EditStory, AClipGoesRoundInTwoWays) {
    begin();
    press(Qt::Key_B, Qt::ControlModifier | Qt::AltModifier);
    ASSERT_TRUE(shows("-loop"));
    EXPECT_EQ(window().desk().shown()->frames, 2 * source_.frames - 2);
    ASSERT_TRUE(until([&] { return toast().startsWith(QStringLiteral("Made")); }));
    window().desk().chooseClip(source_.id);
    ASSERT_TRUE(until([&] { return window().desk().shown()->file == source_.file; }));
    press(Qt::Key_L, Qt::ControlModifier | Qt::AltModifier);
    ASSERT_TRUE(shows("-loop-1")); // nothing is overwritten
    EXPECT_EQ(window().desk().shown()->frames, source_.frames - 6);
    EXPECT_EQ(edited_in(window().desk().shown()->report_json)->fade, 6);
}

TEST_F(EditStory, ChosenClipsAreJoinedFromTheMenuTheOldestFirst) {
    begin();
    press(Qt::Key_J, Qt::ControlModifier);
    EXPECT_TRUE(toast().startsWith(QStringLiteral("Choose two"))) << toast().toStdString();
    find<QAbstractButton>("aspect-9x16")->click();
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(generated(1));
    auto* strip = find<ui::FilmStrip>("film-strip");
    strip->selectAll();
    inMenu(*strip->viewport(), strip->visualRect(strip->model()->index(0, 0)).center(), [](QMenu& menu) {
        auto* join = menu.findChild<QAction*>(QStringLiteral("deed-join"));
        ASSERT_NE(join, nullptr);
        EXPECT_EQ(join->text().toStdString(), "Join 2 clips, the oldest first");
        join->trigger();
    });
    ASSERT_TRUE(shows("-joined"));
    const ClipRecord made = *window().desk().shown();
    EXPECT_EQ(made.frames, 66);
    EXPECT_EQ(made.width, source_.width);
    EXPECT_EQ(made.height, source_.height);
    EXPECT_EQ(edited_in(made.report_json)->parts.at(0).path, source_.file.string());
    EXPECT_TRUE(toast().contains(QStringLiteral("1 clips of another size"))) << toast().toStdString();
}

TEST_F(EditStory, TheLastFrameBeginsTheNextClip) {
    begin();
    press(Qt::Key_F, Qt::ControlModifier | Qt::AltModifier);
    ASSERT_TRUE(until([&] { return recipe().inputs.size() == 1; }));
    EXPECT_EQ(recipe().inputs[0].role, role_image);
    const QImage taken(ui::toQString(fs::path(recipe().inputs[0].path)));
    ClipReader reader(source_.file);
    EXPECT_EQ(taken.convertToFormat(QImage::Format_RGB888), ui::toQImage(reader.at(source_.frames - 1)));
}

TEST_F(EditStory, AModelThatTakesNoPictureIsSaidToTakeNone) {
    models_[0].inputs = {};
    begin();
    press(Qt::Key_F, Qt::ControlModifier | Qt::AltModifier);
    EXPECT_TRUE(toast().startsWith(QStringLiteral("This model starts from no picture")));
    EXPECT_TRUE(recipe().inputs.empty());
}

TEST_F(EditStory, AClipWhoseFileIsGoneIsNamed) {
    begin();
    fs::remove(source_.file);
    press(Qt::Key_B, Qt::ControlModifier | Qt::AltModifier);
    auto* message = find<QLabel>("error-message");
    EXPECT_TRUE(until([&] { return message->text().contains(ui::toQString(source_.file.filename())); }));
    EXPECT_TRUE(fs::is_empty(folder_ / "videos")); // nothing half made
}

} // namespace
} // namespace rushes::testing
