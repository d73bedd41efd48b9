// Nine drafts of the built-in model by the real engine: how long they take, and that the chosen one goes on.
#include "controls/recipe_panel.h"
#include "desk/desk.h"
#include "desk/seed_desk.h"
#include "desk/seed_page.h"
#include "gui/real_studio.h"

#include <cstdio>
#include <cstdlib>

#include <QElapsedTimer>
#include <QListView>

namespace rushes::testing {
namespace {

class NineDrafts : public RealStudio {
protected:
    ui::Sketches& sketches() { return window().desk().seeds().sketches(); }

    /// Milliseconds until all takes have gone through so many rounds.
    qint64 untilRound(const QElapsedTimer& clock, int round) {
        for (int row = 0; row < sketches().rowCount(); ++row) { // each has the time of a whole story
            EXPECT_TRUE(until([&] { return sketches().take(row).round >= round; })) << row;
        }
        return clock.elapsed();
    }
};

TEST_F(NineDrafts, TheChosenOneGoesOnFromWhatIsComputed) {
    openStudio();
    make(QStringLiteral("a blue box rises in the sky")); // the model is there
    type(QStringLiteral("a red ball bounces over the sea"));
    QElapsedTimer clock;
    clock.start();
    press(Qt::Key_N, Qt::ControlModifier | Qt::ShiftModifier);
    const qint64 looks = untilRound(clock, 1);
    RecordProperty("nine_drafts_ms", static_cast<int>(looks));
    std::printf("nine drafts of %zu frames: %lld ms\n", sketches().take(0).frames.size(), looks);
    for (int row = 0; row < 9; ++row) {
        EXPECT_TRUE(sketches().take(row).decoded);
        EXPECT_GE(sketches().take(row).frames.size(), 5U);
        EXPECT_NE(sketches().take(row).frames.front(), sketches().take(row).frames.back())
            << "it stands still";
    }
    if (const char* const folder = std::getenv("RUSHES_SHOTS")) {
        window().findChild<ui::SeedPage*>()->grab().save(
            QString::fromUtf8(folder) + QStringLiteral("/nine-drafts.png")
        );
    }
    RunReport report;
    QObject::connect(&window().session(), &ui::StudioSession::runEnded, [&](const ui::RunEnd& end) {
        report = report_of(end.result.outcome);
    });
    const std::uint64_t seed = sketches().take(4).seed;
    auto* takes = window().findChild<ui::SeedPage*>()->findChild<QListView*>(QStringLiteral("takes"));
    QTest::keyClick(takes, Qt::Key_5);
    QTest::keyClick(takes, Qt::Key_Return);
    ASSERT_TRUE(generated(1));
    EXPECT_EQ(window().session().shelf().model().item(0).record.recipe.seed, seed);
    EXPECT_GT(report.restored, 0.2); // three of nine blocks at least
    EXPECT_EQ(report.frames, recipe().frames);
}

} // namespace
} // namespace rushes::testing
