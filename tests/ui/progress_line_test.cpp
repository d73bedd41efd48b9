// The bar above the picture.
#include "stage/progress_line.h"

#include <gtest/gtest.h>

namespace rushes::ui {
namespace {

TEST(ProgressLine, TheBarNeverGoesBackBetweenDraftAndFinal) {
    ProgressLine line;
    const auto* const bar = line.findChild<TwoPartBar*>(QStringLiteral("progress-bar"));
    double shown = 0;
    const auto show = [&](const Progress& progress) {
        line.showProgress(progress);
        EXPECT_GE(bar->dim(), shown);
        EXPECT_LE(bar->solid(), bar->dim());
        shown = bar->dim();
    };
    show({.phase = Phase::loading, .fraction = 0.02});
    show({.phase = Phase::denoising, .draft = true, .denoised = 0.5, .fraction = 0.06});
    show({.phase = Phase::decoding, .draft = true, .denoised = 1, .decoded = 0.9, .fraction = 0.12});
    EXPECT_EQ(bar->solid(), 0); // of the clip itself there is nothing yet
    show({.phase = Phase::denoising, .fraction = 0.13});
    show({.phase = Phase::denoising, .denoised = 0.5, .fraction = 0.4});
    show({.phase = Phase::decoding, .denoised = 1, .decoded = 0.25, .fraction = 0.8});
    EXPECT_EQ(bar->solid(), 0.25);
    EXPECT_EQ(bar->accessibleDescription().toStdString(), "80 percent");
    show({.phase = Phase::finishing, .fraction = 1});
    EXPECT_EQ(bar->solid(), 1);
}

} // namespace
} // namespace rushes::ui
