#include "controls/recipe_panel.h"
#include "desk/comparison.h"
#include "desk/desk.h"
#include "desk/likeness.h"
#include "gui/studio_fixture.h"
#include "library/film_strip.h"
#include "media/compare_clips.h"
#include "media/encoder.h"
#include "stage/likeness_curve.h"
#include "stage/stage_panel.h"
#include "stage/stage_view.h"

#include <QAbstractButton>
#include <QLabel>

namespace rushes::testing {
namespace {

class CompareStory : public StudioFixture {
protected:
    void make(const QString& prompt) {
        StudioFixture::make(prompt);
        press(Qt::Key_Escape); // from the prompt to the stage
    }

    void makeTwo() {
        openStudio();
        make(QStringLiteral("a red ball"));
        make(QStringLiteral("a green star"));
    }

    ui::Player& player() { return window().stage().player(); }

    ui::StageView& view() { return *find<ui::StageView>("stage"); }

    bool otherIsThere() {
        return until([&] { return player().other() && !player().otherPicture().isNull(); });
    }

    QString words() { return find<QLabel>("phase-words")->text(); }

    QPoint clipAt(int row) {
        auto* strip = find<ui::FilmStrip>("film-strip");
        return strip->visualRect(strip->model()->index(row, 0)).center();
    }
};

TEST_F(CompareStory, CShowsTheClipOfBeforeBesideTheOneOnTheStage) {
    makeTwo();
    press(Qt::Key_C);
    ASSERT_TRUE(otherIsThere());
    EXPECT_TRUE(view().comparing());
    EXPECT_TRUE(find<QAbstractButton>("compare")->isChecked());
    EXPECT_TRUE(words().contains(QStringLiteral("“a red ball” | “a green star”"))) << words().toStdString();
    shot(QStringLiteral("compare"));
    press(Qt::Key_C);
    EXPECT_FALSE(view().comparing());
    EXPECT_EQ(player().other(), nullptr);
    EXPECT_FALSE(find<QAbstractButton>("compare")->isChecked());
    EXPECT_TRUE(words().endsWith(QStringLiteral("a green star"))) << words().toStdString();
}

TEST_F(CompareStory, SaysHowAlikeTheTwoAre) {
    makeTwoColours();
    press(Qt::Key_C);
    ASSERT_TRUE(until([&] { return words().contains(QStringLiteral("SSIM")); })) << words().toStdString();
    const auto file = [&](int row) { return window().session().shelf().model().item(row).record.file; };
    ClipReader left(file(1));
    ClipReader right(file(0));
    const ClipComparison expected = compare_clips(left, right);
    EXPECT_LT(expected.ssim, 0.999); // or the test sees nothing
    const QString figures = QStringLiteral("SSIM %1  ·  flicker %2 | %3")
                                .arg(expected.ssim, 0, 'f', 3)
                                .arg(expected.first.mean, 0, 'f', 2)
                                .arg(expected.second.mean, 0, 'f', 2);
    EXPECT_TRUE(words().contains(figures)) << words().toStdString() << "\n" << figures.toStdString();
    press(Qt::Key_C);
    EXPECT_FALSE(words().contains(QStringLiteral("SSIM")));
}

TEST_F(CompareStory, ClipsThatCannotBeMeasuredSayWhy) {
    makeTwo();
    std::filesystem::remove(window().session().shelf().model().item(1).record.file);
    press(Qt::Key_C);
    const auto whole = [&] { return find<QLabel>("phase-words")->toolTip(); }; // too long for the line
    EXPECT_TRUE(until([&] { return whole().contains(QStringLiteral("does not exist")); }))
        << whole().toStdString();
    const auto* curve = find<ui::LikenessCurve>("likeness-curve"); // says it in its place
    EXPECT_TRUE(curve->isVisible());
    EXPECT_TRUE(curve->toolTip().contains(QStringLiteral("does not exist")))
        << curve->toolTip().toStdString();
}

TEST_F(CompareStory, BothMoveTogether) {
    makeTwo();
    press(Qt::Key_C);
    ASSERT_TRUE(until([&] { return player().other() && !player().other()->growing(); }));
    press(Qt::Key_Home);
    press(Qt::Key_K);
    const QImage first = player().otherPicture();
    press(Qt::Key_End);
    EXPECT_EQ(player().clock().index(), 32);
    EXPECT_NE(player().otherPicture(), first);
}

TEST_F(CompareStory, LeftOfTheDividerIsTheOtherClip) {
    makeTwoColours();
    press(Qt::Key_C);
    ASSERT_TRUE(otherIsThere());
    player().pause();
    ASSERT_TRUE(until([&] { return view().settled(); }));
    const QRect place = view().pictureRect();
    const QPoint left(place.left() + place.width() / 4, place.top() + 20);
    const QPoint right(place.right() - place.width() / 4, place.top() + 20);
    const auto colours = [&] {
        const QImage seen = view().grab().toImage();
        return std::pair(seen.pixelColor(left), seen.pixelColor(right));
    };
    const auto both = colours();
    view().setDivider(0); // only the stage's own clip
    const auto own = colours();
    view().setDivider(1); // only the other one
    const auto other = colours();
    EXPECT_EQ(both.first, other.first);
    EXPECT_EQ(both.second, own.second);
    EXPECT_NE(own.first, other.first); // or the test sees nothing
    EXPECT_NE(own.second, other.second);
}

TEST_F(CompareStory, TheDividerMovesByMouseAndByKeys) {
    makeTwo();
    press(Qt::Key_C);
    ASSERT_TRUE(otherIsThere());
    ASSERT_TRUE(player().playing());
    const QRect place = view().pictureRect();
    const QPoint middle = place.center();
    const QPoint quarter(place.left() + place.width() / 4, middle.y());
    QTest::mousePress(&view(), Qt::LeftButton, {}, middle);
    QTest::mouseMove(&view(), quarter);
    QTest::mouseRelease(&view(), Qt::LeftButton, {}, quarter);
    EXPECT_NEAR(view().divider(), 0.25, 0.01);
    EXPECT_TRUE(player().playing()); // a drag is no click
    EXPECT_TRUE(view().accessibleDescription().contains(QStringLiteral("25")));
    press(Qt::Key_BracketRight);
    EXPECT_NEAR(view().divider(), 0.30, 0.01);
    press(Qt::Key_BracketLeft);
    EXPECT_NEAR(view().divider(), 0.25, 0.01);
}

TEST_F(CompareStory, ADoubleClickInTheStripComparesWithWhatWasOnTheStage) {
    makeTwo();
    auto* strip = find<ui::FilmStrip>("film-strip");
    QTest::mouseClick(strip->viewport(), Qt::LeftButton, {}, clipAt(1));
    QTest::mouseDClick(strip->viewport(), Qt::LeftButton, {}, clipAt(1));
    ASSERT_TRUE(otherIsThere());
    EXPECT_TRUE(words().contains(QStringLiteral("“a green star” | “a red ball”"))) << words().toStdString();
}

TEST_F(CompareStory, AnotherClipOfTheStripTakesTheRightSide) {
    makeTwo();
    make(QStringLiteral("a blue box"));
    press(Qt::Key_C); // green star | blue box
    ASSERT_TRUE(otherIsThere());
    auto* strip = find<ui::FilmStrip>("film-strip");
    QTest::mouseClick(strip->viewport(), Qt::LeftButton, {}, clipAt(2));
    ASSERT_TRUE(until([&] { return words().contains(QStringLiteral("“a green star” | “a red ball”")); }))
        << words().toStdString();
    // The clip of the left side: the two change places.
    QTest::mouseClick(strip->viewport(), Qt::LeftButton, {}, clipAt(1));
    ASSERT_TRUE(until([&] { return words().contains(QStringLiteral("“a red ball” | “a green star”")); }))
        << words().toStdString();
}

TEST_F(CompareStory, TheClipOfBeforeIsMeantNotTheNewestOne) {
    makeTwo();
    make(QStringLiteral("a blue box"));
    auto* strip = find<ui::FilmStrip>("film-strip");
    for (const int row : {2, 1}) {
        QTest::mouseClick(strip->viewport(), Qt::LeftButton, {}, clipAt(row));
        const auto& file = window().session().shelf().model().item(row).record.file;
        ASSERT_TRUE(until([&] { return window().desk().shown() && window().desk().shown()->file == file; }));
    }
    press(Qt::Key_C);
    ASSERT_TRUE(otherIsThere());
    EXPECT_TRUE(words().contains(QStringLiteral("“a red ball” | “a green star”"))) << words().toStdString();
}

TEST_F(CompareStory, WithOneClipItSaysWhatIsMissing) {
    openStudio();
    make(QStringLiteral("a red ball"));
    click("compare");
    EXPECT_FALSE(view().comparing());
    EXPECT_FALSE(find<QAbstractButton>("compare")->isChecked());
    EXPECT_TRUE(find<QLabel>("toast-text")->text().contains(QStringLiteral("two clips")));
    EXPECT_FALSE(window().actions()[ui::Command::divider_left].isEnabled());
}

TEST_F(CompareStory, TheClipThatIsBeingMadeIsComparedWhileItGrows) {
    openStudio();
    make(QStringLiteral("a red ball"));
    gate_.closeWhen([](const Progress& p) { return p.block == 5 && p.phase == Phase::denoising; });
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(until([&] { return player().clip()->growing() && player().clip()->finalFrames() == 13; }));
    press(Qt::Key_C);
    ASSERT_TRUE(otherIsThere());
    EXPECT_TRUE(player().clip()->growing());
    gate_.open();
    ASSERT_TRUE(generated(1));
    EXPECT_TRUE(view().comparing());
    press(Qt::Key_Escape);
    EXPECT_FALSE(view().comparing());
}

/// A board of 100 and 103; with `flickers` its fields change places from frame to frame.
void writeBoard(const std::filesystem::path& file, bool flickers) {
    const auto encoder = Encoder::open(file, 64, 64, {10, 1}, {}, {});
    for (int index = 0; index < 5; ++index) {
        Frame frame{64, 64, index, {}};
        for (int i = 0; i < 64 * 64; ++i) {
            const int field = i + i / 64 + (flickers ? index : 0);
            frame.rgb.insert(frame.rgb.end(), 3, static_cast<std::uint8_t>(field % 2 == 0 ? 100 : 103));
        }
        encoder->write(frame);
    }
    encoder->finish();
}

TEST_F(CompareStory, TheFlickerOfEachClipStandsOnItsSide) {
    std::filesystem::create_directories(folder_);
    writeBoard(folder_ / "still.mkv", false);
    writeBoard(folder_ / "flickers.mkv", true);
    ui::Likeness likeness;
    const auto words = [&] { return likeness.words(folder_ / "still.mkv", folder_ / "flickers.mkv"); };
    ASSERT_TRUE(until([&] { return words().contains(QStringLiteral("SSIM")); })) << words().toStdString();
    EXPECT_TRUE(words().endsWith(QStringLiteral("flicker 0.00 | 3.00"))) << words().toStdString();
}

TEST(StageView, ThePictureStaysWholeUntilTheOtherClipHasOne) {
    QImage red(20, 10, QImage::Format_RGB888);
    red.fill(Qt::red);
    QImage blue = red;
    blue.fill(Qt::blue);
    ui::StageView view;
    view.resize(400, 300);
    view.setShape(red.size());
    view.setPicture(red);
    const QPoint left(view.pictureRect().left() + 20, view.pictureRect().top() + 20);
    const auto settled = [&] { return QTest::qWaitFor([&] { return view.settled(); }); };
    ASSERT_TRUE(settled());
    view.setOther({}, blue.size());
    EXPECT_EQ(view.grab().toImage().pixelColor(left), QColor(Qt::red));
    view.setOther(blue, blue.size());
    ASSERT_TRUE(settled());
    EXPECT_EQ(view.grab().toImage().pixelColor(left), QColor(Qt::blue));
    view.setOther({}, {});
    EXPECT_EQ(view.grab().toImage().pixelColor(left), QColor(Qt::red));
}

TEST(DifferenceWords, NamesOnlyWhatDiffers) {
    Recipe left;
    left.prompt = "a red ball";
    left.seed = 7;
    left.steps = 4;
    Recipe right = left;
    EXPECT_EQ(ui::differenceWords(left, right).toStdString(), "same settings");
    right.seed = 9;
    right.steps = 8;
    EXPECT_EQ(ui::differenceWords(left, right).toStdString(), "seed 7 | 9  ·  steps 4 | 8");
    right = left;
    right.prompt = "a star";
    EXPECT_EQ(ui::differenceWords(left, right).toStdString(), "prompt “a red ball” | “a star”");
}

TEST(DifferenceWords, NamesWhatChangedOnTheWayAndWhatTheClipsWereMadeWith) {
    Recipe left;
    left.frame_rate = {12, 1};
    Recipe right = left;
    right.prompt_changes = {{18, "a star, 50%2 %1"}};
    EXPECT_EQ(ui::differenceWords(left, right).toStdString(), "then – | “a star, 50%2 %1” from 1.5 s");
    right.prompt_changes = {{18, "a star"}};
    EXPECT_EQ(ui::differenceWords(left, right).toStdString(), "then – | “a star” from 1.5 s");
    left.step_changes = {{10, "a ring", 5}, {12, "", 2.5}};
    EXPECT_EQ(
        ui::differenceWords(left, right).toStdString(),
        "then “a ring” guidance 5 from step 11, guidance 2.5 from step 13 | “a star” from 1.5 s"
    );
    right = left;
    right.inputs = {{"image", "00", "/home/anna/fox.png"}};
    right.loras = {{"11", "/loras/style.safetensors", 0.8}};
    EXPECT_EQ(
        ui::differenceWords(left, right).toStdString(),
        "pictures – | fox.png  ·  LoRAs – | style.safetensors 0.8"
    );
}

} // namespace
} // namespace rushes::testing
