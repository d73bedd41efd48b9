#include "commands/progress_printer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace rushes {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Progress halfway() {
    Progress progress;
    progress.phase = Phase::denoising;
    progress.block = 5;
    progress.blocks = 9;
    progress.step = 2;
    progress.steps = 4;
    progress.frames_done = 17;
    progress.frames_total = 33;
    progress.fraction = 0.5;
    progress.frame_rate = 12.34;
    progress.seconds_left = 41.6;
    return progress;
}

int count(const std::string& text, const std::string& part) {
    int found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) {
        ++found;
    }
    return found;
}

TEST(ProgressLine, SaysPhaseBarFramesAndTimeLeft) {
    const std::string line = progress_line(halfway(), 120);
    EXPECT_THAT(line, HasSubstr("Block 5 of 9"));
    EXPECT_THAT(line, HasSubstr("\u2588\u2591"));
    EXPECT_EQ(count(line, "\u2588"), count(line, "\u2591")) << "the bar is half full";
    EXPECT_THAT(line, HasSubstr("50 %"));
    EXPECT_THAT(line, HasSubstr("17 of 33 frames"));
    EXPECT_THAT(line, HasSubstr("12.3 frames/s"));
    EXPECT_THAT(line, HasSubstr("about 42 s left"));
}

TEST(ProgressLine, NeverWrapsOnANarrowTerminal) {
    for (const int columns : {1, 20, 40, 60}) {
        EXPECT_LT(progress_line(halfway(), columns).size(), static_cast<std::size_t>(columns) + 1);
    }
}

TEST(ProgressLine, PromisesNothingThatIsNotKnown) {
    Progress progress = halfway();
    progress.frame_rate = 0;
    progress.seconds_left = -1;
    EXPECT_THAT(progress_line(progress, 120), Not(HasSubstr("frames/s")));
    EXPECT_THAT(progress_line(progress, 120), Not(HasSubstr("left")));
}

TEST(ProgressLine, NamesEveryPhase) {
    Progress progress;
    EXPECT_EQ(phase_in_words(progress), "Loading model");
    progress.phase = Phase::text;
    EXPECT_EQ(phase_in_words(progress), "Reading prompt");
    progress.text_read = 0.42;
    EXPECT_EQ(phase_in_words(progress), "Reading prompt 42 %");
    progress.phase = Phase::finishing;
    EXPECT_EQ(phase_in_words(progress), "Writing file");
    progress.phase = Phase::denoising;
    progress.blocks = 1;
    progress.step = 3;
    progress.steps = 20;
    EXPECT_EQ(phase_in_words(progress), "Step 3 of 20");
    progress.draft = true;
    EXPECT_EQ(phase_in_words(progress), "Draft, step 3 of 20");
}

TEST(ProgressJson, IsOneLineWithNullForTheUnknown) {
    Progress progress = halfway();
    progress.seconds_left = -1;
    const std::string text = progress_event(progress);
    EXPECT_EQ(text.find('\n'), std::string::npos);
    const auto json = nlohmann::json::parse(text);
    EXPECT_EQ(json.at("phase"), "denoising");
    EXPECT_EQ(json.at("frames_done"), 17);
    EXPECT_TRUE(json.at("seconds_left").is_null());
}

} // namespace
} // namespace rushes
