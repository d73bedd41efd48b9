#include "jobs/record.h"
#include "support/fake_engine.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace rushes {
namespace {

namespace fs = std::filesystem;

JobResult result_with(Outcome outcome) {
    ExportResult clip;
    clip.path = "clip.mp4";
    clip.frames = 25;
    clip.width = 1080; // enlarged: not what the model drew
    clip.height = 1920;
    return {std::move(outcome), clip, 3.5, 0.4};
}

Plan plan() {
    Recipe recipe;
    recipe.prompt = "a red ball";
    recipe.seed = 7;
    return make_plan(recipe, testing::fake_causal_model());
}

TEST(Record, SaysWhatIsInTheFile) {
    RunReport report;
    report.text_seconds = 0.25;
    const ClipRecord record = record_of(result_with(Finished{report}), plan());
    EXPECT_EQ(record.file, fs::current_path() / "clip.mp4"); // found again from any folder
    EXPECT_EQ(record.recipe, plan().recipe);
    EXPECT_EQ(record.width, 1080);
    EXPECT_EQ(record.height, 1920);
    EXPECT_EQ(record.frames, 25);
    EXPECT_EQ(record.seconds_to_make, 3.5);
    EXPECT_EQ(nlohmann::json::parse(record.report_json).at("text_seconds"), 0.25);
    EXPECT_TRUE(nlohmann::json::parse(record.report_json).at("first_frame_seconds").is_null());
}

TEST(Record, SaysHowTheRunEnded) {
    const auto state = [](Outcome outcome) {
        return record_of(result_with(std::move(outcome)), plan()).state;
    };
    EXPECT_EQ(state(Finished{}), ClipState::finished);
    EXPECT_EQ(state(StoppedEarly{}), ClipState::stopped);
    EXPECT_EQ(state(Failed{Error(ErrorKind::resource, "No memory."), {}}), ClipState::failed);
}

TEST(Record, OnlyAFinishedRunTeachesItsSpeed) {
    const fs::path file = fs::temp_directory_path() / "rushes-record-speeds.json";
    fs::remove(file);
    const DeviceInfo device{DeviceKind::cpu, "CPU", 0};
    RunReport report;
    report.denoise_seconds = 1;
    report.decode_seconds = 1;
    SpeedBook book(file);
    learn_from(result_with(StoppedEarly{report}), plan(), device, book);
    EXPECT_FALSE(book.estimate(plan(), device).learned);
    RunReport second_half = report;
    second_half.restored = 0.5;
    learn_from(result_with(Finished{second_half}), plan(), device, book);
    EXPECT_FALSE(book.estimate(plan(), device).learned);
    learn_from(result_with(Finished{report}), plan(), device, book);
    EXPECT_TRUE(book.estimate(plan(), device).learned);
    fs::remove(file);
}

} // namespace
} // namespace rushes
