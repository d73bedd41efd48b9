// A job with a synthetic engine and the real encoder.
#include "jobs/job.h"
#include "media/clip_reader.h"
#include "support/fake_engine.h"
#include "support/full_disk.h"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

namespace rushes {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class JobTest : public ::testing::Test {
protected:
    JobTest()
        : folder_(
              fs::temp_directory_path() /
              (std::string("rushes-job-") + ::testing::UnitTest::GetInstance()->current_test_info()->name())
          ) {
        fs::remove_all(folder_);
        fs::create_directories(folder_);
    }

    ~JobTest() override { fs::remove_all(folder_); }

    JobRequest request(const std::string& name, const ModelInfo& model = testing::fake_causal_model()) const {
        Recipe recipe;
        recipe.prompt = "a red ball";
        recipe.seed = 5;
        if (!model.causal) {
            recipe.width = 512;
            recipe.height = 256;
            recipe.frames = 9;
        }
        JobRequest request;
        request.plan = make_plan(recipe, model);
        request.output = folder_ / name;
        return request;
    }

    JobResult run(const JobRequest& job) {
        return run_job(engine_, job, store_, observer_, stop_.get_token());
    }

    std::set<std::string> files() const {
        std::set<std::string> names;
        for (const auto& entry : fs::directory_iterator(folder_)) {
            names.insert(entry.path().filename().string());
        }
        return names;
    }

    std::vector<FramePtr> frames_of(const fs::path& file) const {
        ClipReader reader(file);
        std::vector<FramePtr> frames;
        while (FramePtr frame = reader.next()) {
            frames.push_back(std::move(frame));
        }
        return frames;
    }

    const fs::path folder_;
    testing::FakeEngine engine_;
    FrameStore store_{std::size_t{1} << 30};
    JobObserver observer_;
    std::stop_source stop_;
};

TEST_F(JobTest, EveryFrameIsInTheFileAndInTheStore) {
    const JobRequest job = request("clip.mkv");
    const JobResult result = run(job);
    ASSERT_TRUE(std::holds_alternative<Finished>(result.outcome));
    ASSERT_TRUE(result.clip);
    EXPECT_EQ(result.clip->frames, 33);
    EXPECT_EQ(result.clip->path, job.output);
    EXPECT_EQ(store_.size(), 33);
    const auto frames = frames_of(job.output);
    ASSERT_EQ(frames.size(), 33U);
    for (std::int64_t i = 0; i < 33; ++i) {
        const Frame expected = testing::fake_picture(job.plan.passes.back(), i);
        EXPECT_EQ(frames[static_cast<std::size_t>(i)]->rgb, expected.rgb) << "lossless file, frame " << i;
        EXPECT_EQ(store_.try_get(i)->rgb, expected.rgb);
    }
    EXPECT_EQ(files(), std::set<std::string>{"clip.mkv"});
}

TEST_F(JobTest, WhatSteeredTheClipIsInTheFileOfEachFormat) {
    const int second_block = testing::fake_causal_model().lattice.frames_of(1).first;
    for (const char* const name : {"clip.mp4", "clip.mkv", "clip.gif", "clip.webp"}) {
        SCOPED_TRACE(name);
        JobRequest job = request(name);
        job.steering = std::make_shared<Steering>(fs::path(), 4);
        job.steering->wish("a green star");
        FrameStore store(std::size_t{1} << 30);
        const JobResult result = run_job(engine_, job, store, observer_, {});
        ASSERT_TRUE(result.clip);
        EXPECT_EQ(result.clip->note, "");
        const auto json = read_recipe(job.output);
        ASSERT_TRUE(json.has_value());
        const Recipe recipe = recipe_from_json(*json);
        EXPECT_EQ(recipe.prompt, "a red ball");
        EXPECT_EQ(recipe.prompt_changes, (std::vector<PromptChange>{{second_block, "a green star"}}));
        EXPECT_EQ(frames_of(job.output).size(), 33U);
    }
    const auto lossless = frames_of(folder_ / "clip.mkv"); // its second copy too
    for (std::int64_t i = 0; i < 33; ++i) {
        EXPECT_EQ(
            lossless[static_cast<std::size_t>(i)]->rgb,
            testing::fake_picture(request("clip.mkv").plan.passes.back(), i).rgb
        ) << i;
    }
    EXPECT_EQ(files(), (std::set<std::string>{"clip.mp4", "clip.mkv", "clip.gif", "clip.webp"}));
}

TEST_F(JobTest, TheFileCarriesTheWholeRecipe) {
    const JobRequest job = request("clip.mp4");
    ASSERT_TRUE(run(job).clip);
    const auto json = read_recipe(job.output);
    ASSERT_TRUE(json);
    EXPECT_EQ(recipe_from_json(*json), job.plan.recipe);
}

TEST_F(JobTest, DraftsGoToTheStageOnly) {
    int drafts = 0;
    std::vector<std::int64_t> ready;
    observer_.draft_frame = [&](FramePtr) { ++drafts; };
    observer_.frames_ready = [&](std::int64_t frames) { ready.push_back(frames); };
    const JobRequest job = request("clip.mkv", testing::fake_full_model());
    ASSERT_EQ(job.plan.passes.size(), 2U);
    const JobResult result = run(job);
    ASSERT_TRUE(result.clip);
    EXPECT_EQ(drafts, job.plan.passes.front().frames);
    EXPECT_EQ(result.clip->frames, 9);
    EXPECT_THAT(ready, ::testing::ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9));
}

TEST_F(JobTest, StopKeepsAPlayableClipOfWhatExisted) {
    observer_.frames_ready = [&](std::int64_t frames) {
        if (frames == 7) {
            stop_.request_stop();
        }
    };
    const JobRequest job = request("clip.mp4");
    const JobResult result = run(job);
    ASSERT_TRUE(std::holds_alternative<StoppedEarly>(result.outcome));
    ASSERT_TRUE(result.clip);
    EXPECT_EQ(result.clip->frames, 7);
    EXPECT_EQ(frames_of(result.clip->path).size(), 7U);
    EXPECT_EQ(files(), std::set<std::string>{"clip.mp4"});
}

TEST_F(JobTest, StopBeforeTheFirstFrameLeavesNothing) {
    stop_.request_stop();
    const JobResult result = run(request("clip.mp4"));
    EXPECT_TRUE(std::holds_alternative<StoppedEarly>(result.outcome));
    EXPECT_FALSE(result.clip);
    EXPECT_EQ(files(), std::set<std::string>{});
}

TEST_F(JobTest, AFailureKeepsTheFramesThatExisted) {
    testing::FakeScript script;
    script.error = Error(ErrorKind::resource, "No memory.", "Less of it.");
    script.error_phase = Phase::decoding;
    script.error_after_frames = 5;
    testing::FakeEngine failing(script);
    const JobRequest job = request("clip.mp4");
    const JobResult result = run_job(failing, job, store_, observer_, {});
    ASSERT_TRUE(std::holds_alternative<Failed>(result.outcome));
    EXPECT_STREQ(std::get<Failed>(result.outcome).error.what(), "No memory.");
    ASSERT_TRUE(result.clip);
    EXPECT_EQ(frames_of(result.clip->path).size(), 5U);
}

TEST_F(JobTest, AnUnwritableOutputFailsBeforeAnythingIsComputed) {
    JobRequest job = request("clip.mp4");
    job.output = "/proc/nowhere/clip.mp4";
    const JobResult result = run(job);
    ASSERT_TRUE(std::holds_alternative<Failed>(result.outcome));
    EXPECT_FALSE(result.clip);
    EXPECT_EQ(engine_.runs(), 0);
}

TEST_F(JobTest, AnUnknownFormatIsTheUsersMistake) {
    const JobResult result = run(request("clip.avi"));
    ASSERT_TRUE(std::holds_alternative<Failed>(result.outcome));
    EXPECT_EQ(std::get<Failed>(result.outcome).error.kind(), ErrorKind::user);
    EXPECT_EQ(engine_.runs(), 0);
}

TEST_F(JobTest, AClipThatCannotFitTheDiskIsRefused) {
    JobRequest job = request("clip.mkv");
    job.plan.passes.back().width = 2'000'000;
    job.plan.passes.back().height = 2'000'000;
    const JobResult result = run(job);
    ASSERT_TRUE(std::holds_alternative<Failed>(result.outcome));
    const Error& error = std::get<Failed>(result.outcome).error;
    EXPECT_EQ(error.kind(), ErrorKind::resource);
    EXPECT_THAT(error.what(), HasSubstr("are free in"));
    EXPECT_EQ(engine_.runs(), 0);
}

TEST_F(JobTest, TheRoomForAGifCountsTheLosslessFramesThatItIsMadeFrom) {
    JobRequest job = request("clip.gif");
    Pass& pass = job.plan.passes.back();
    // Pixels, at a byte each, that would fit; three more bytes of each do not.
    const double pixels = 0.5 * static_cast<double>(fs::space(folder_).available) / pass.frames;
    pass.width = pass.height = static_cast<int>(std::sqrt(pixels));
    const JobResult result = run(job);
    ASSERT_TRUE(std::holds_alternative<Failed>(result.outcome));
    EXPECT_THAT(std::get<Failed>(result.outcome).error.what(), HasSubstr("are free in"));
    EXPECT_EQ(engine_.runs(), 0);
}

TEST_F(JobTest, ADiskThatFillsKeepsTheFramesThatAreOnIt) {
    for (const char* name : {"clip.mp4", "clip.mkv", "clip.gif"}) {
        const JobResult whole = run(request(name));
        ASSERT_TRUE(whole.clip) << name;
        // Of what grows: a GIF is made from lossless frames, which are larger.
        const bool gif = fs::path(name).extension() == ".gif";
        const auto half = fs::file_size(gif ? folder_ / "clip.mkv" : whole.clip->path) / 2;
        JobResult result;
        FrameStore store(std::size_t{1} << 30);
        {
            const testing::FullDisk full(half);
            result = run_job(engine_, request(name), store, observer_, {});
        }
        ASSERT_TRUE(std::holds_alternative<Failed>(result.outcome)) << name;
        EXPECT_EQ(std::get<Failed>(result.outcome).error.kind(), ErrorKind::resource) << name;
        ASSERT_TRUE(result.clip) << name;
        const auto frames = frames_of(result.clip->path);
        EXPECT_EQ(frames.size(), static_cast<std::size_t>(result.clip->frames)) << name;
        EXPECT_GT(frames.size(), 3U) << name;
        EXPECT_LT(frames.size(), 33U) << name;
        EXPECT_THAT(result.clip->note, HasSubstr("disk was full")) << name;
        EXPECT_TRUE(read_recipe(result.clip->path)) << name;
    }
    for (const std::string& name : files()) {
        EXPECT_FALSE(name.starts_with('.')) << name;
    }
}

TEST_F(JobTest, ANameThatIsTooLongIsSaidInOneSentence) {
    std::string name(300, 'x');
    name += ".mp4";
    const JobRequest job = request(name);
    const JobResult result = run(job);
    ASSERT_TRUE(std::holds_alternative<Failed>(result.outcome));
    const Error& error = std::get<Failed>(result.outcome).error;
    EXPECT_EQ(error.kind(), ErrorKind::user);
    EXPECT_THAT(error.what(), HasSubstr("File name too long"));
    EXPECT_THAT(error.hint(), HasSubstr("shorter name"));
}

TEST_F(JobTest, CapitalsNameAFormatToo) {
    const JobResult result = run(request("clip.MKV"));
    ASSERT_TRUE(result.clip);
    EXPECT_EQ(result.clip->path.filename(), "clip.MKV");
    EXPECT_EQ(frames_of(result.clip->path).size(), 33U);
}

TEST_F(JobTest, AnOddSizeThatBecomesEvenIsSaid) {
    JobRequest job = request("clip.mp4");
    job.settings.width = 161;
    job.settings.height = 241;
    const JobResult result = run(job);
    ASSERT_TRUE(result.clip);
    EXPECT_EQ(result.clip->width, 162);
    EXPECT_THAT(result.clip->note, HasSubstr("161x241 became 162x242"));
    job = request("even.mp4");
    job.settings.width = 162;
    job.settings.height = 242;
    EXPECT_EQ(run(job).clip->note, "");
}

TEST_F(JobTest, AnEncoderThatFailsStopsTheEngine) {
    // The frames have another size than was announced: the encoder refuses the first one.
    class WrongSizes : public testing::FakeEngine {
    public:
        Outcome
        run(const Plan& plan, const RunInputs& inputs, const RunSinks& sinks, std::stop_token stop) override {
            Plan wrong = plan;
            wrong.passes.back().width /= 2;
            wrong.passes.back().frames = 100'001; // would take forever
            wrong.passes.back().steps = 1;
            return testing::FakeEngine::run(wrong, inputs, sinks, stop);
        }
    };

    WrongSizes engine;
    const JobResult result = run_job(engine, request("clip.mp4"), store_, observer_, {});
    ASSERT_TRUE(std::holds_alternative<Failed>(result.outcome));
    EXPECT_FALSE(result.clip);
    EXPECT_LT(std::get<Failed>(result.outcome).report.frames, 1000);
    EXPECT_EQ(files(), std::set<std::string>{});
}

TEST_F(JobTest, ASecondClipOfTheSameNameOverwritesNothing) {
    const JobResult first = run(request("clip.mp4"));
    FrameStore other(std::size_t{1} << 30);
    const JobResult second = run_job(engine_, request("clip.mp4"), other, observer_, {});
    ASSERT_TRUE(first.clip && second.clip);
    EXPECT_NE(first.clip->path, second.clip->path);
    EXPECT_EQ(files().size(), 2U);
}

TEST_F(JobTest, DroppedFramesAreReadBackFromTheFile) {
    FrameStore small(3 * 160 * 96 * 3);
    const JobRequest job = request("clip.mkv");
    ASSERT_TRUE(run_job(engine_, job, small, observer_, {}).clip);
    EXPECT_EQ(small.try_get(2), nullptr);
    const FramePtr frame = small.get(2);
    ASSERT_NE(frame, nullptr);
    EXPECT_EQ(frame->rgb, testing::fake_picture(job.plan.passes.back(), 2).rgb);
}

} // namespace
} // namespace rushes
