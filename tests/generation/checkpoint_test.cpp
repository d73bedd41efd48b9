// Runs that are stopped anywhere and go on from what is on the disk.
#include "base/atomic_file.h"
#include "generation/checkpoint_files.h"
#include "generation/torch_engine.h"
#include "nn/tensor_bundle.h"
#include "support/fake_engine.h"
#include "support/fake_pipeline.h"
#include "support/full_disk.h"

#include <algorithm>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <utility>

namespace rushes {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using Pictures = std::vector<std::vector<std::uint8_t>>;

class Checkpoint : public ::testing::Test {
protected:
    ~Checkpoint() override { fs::remove_all(folder_); }

    static Plan causal_plan(std::uint64_t seed = 7) {
        Recipe recipe;
        recipe.prompt = "a red ball";
        recipe.frames = 13;
        recipe.seed = seed;
        return make_plan(recipe, testing::fake_causal_model());
    }

    static Plan full_plan() {
        Recipe recipe;
        recipe.prompt = "a red ball";
        recipe.frames = 17;
        recipe.width = 512;
        recipe.height = 256;
        recipe.steps = 6;
        return make_plan(recipe, testing::fake_full_model());
    }

    Outcome run(const Plan& plan, const fs::path& checkpoint) {
        frames_.clear();
        RunSinks sinks;
        sinks.checkpoint = checkpoint;
        sinks.keep_checkpoint = keeps_;
        sinks.kept_runs = kept_runs_;
        sinks.note = [this](const std::string& sentence) { notes_.push_back(sentence); };
        sinks.frame = [this](FramePtr frame, bool draft) {
            if (!draft) {
                frames_.push_back(frame->rgb);
            }
        };
        stop_ = std::stop_source();
        calls_.log.clear();
        return engine_.run(plan, {}, sinks, stop_.get_token());
    }

    Pictures uninterrupted(const Plan& plan) {
        calls_.at_call = {};
        EXPECT_TRUE(std::holds_alternative<Finished>(run(plan, {})));
        return frames_;
    }

    /// Until the `count`-th call of the pipeline.
    void run_some(const Plan& plan, std::size_t count) {
        calls_.at_call = [this, count](const std::string&) {
            if (calls_.log.size() == count) {
                stop_.request_stop();
            }
        };
        EXPECT_TRUE(std::holds_alternative<StoppedEarly>(run(plan, folder_)));
        calls_.at_call = {};
    }

    std::ptrdiff_t steps_made() const {
        return std::ranges::count_if(calls_.log, [](const std::string& call) {
            return call.starts_with("step");
        });
    }

    fs::path some_file() const { return fs::directory_iterator(folder_)->path(); }

    testing::FakeCalls calls_;
    std::stop_source stop_;
    TorchEngine engine_{
        EngineOptions{.device = "cpu", .threads = 1, .background = false},
        [this](const ModelInfo& info, const LoadOptions& options, std::stop_token stop) {
            return testing::make_fake_pipeline(info, options, calls_, std::move(stop));
        }
    };
    Pictures frames_;
    std::vector<std::string> notes_;
    bool keeps_ = false;
    fs::path kept_runs_; ///< empty: nobody keeps any
    const fs::path folder_ = fs::temp_directory_path() / ("rushes-checkpoint-" + std::to_string(::getpid()));
};

TEST_F(Checkpoint, GoesOnFromEveryMomentWithTheVerySameFrames) {
    for (const Plan& plan : {causal_plan(), full_plan()}) {
        uninterrupted(plan); // the model is loaded and the text read
        const Pictures wanted = uninterrupted(plan);
        const std::size_t calls = calls_.log.size();
        const std::ptrdiff_t steps = steps_made();
        std::ptrdiff_t fewest = steps;
        for (std::size_t moment = 1; moment <= calls; ++moment) {
            SCOPED_TRACE(plan.model.id + ", stopped at call " + std::to_string(moment));
            run_some(plan, moment);
            const std::ptrdiff_t made = steps_made();
            ASSERT_TRUE(std::holds_alternative<Finished>(run(plan, folder_)));
            EXPECT_TRUE(frames_ == wanted);
            EXPECT_FALSE(fs::exists(folder_)) << "nothing is left of a run that finished";
            // A model that works block by block begins its block again, the others lose the step at hand.
            EXPECT_LE(made + steps_made(), steps + (plan.model.causal ? plan.passes.back().steps : 1));
            fewest = std::min(fewest, steps_made());
        }
        EXPECT_EQ(fewest, 0) << "a clip that is denoised is only decoded";
    }
    EXPECT_TRUE(notes_.empty());
}

TEST_F(Checkpoint, MayBeStoppedAgainAndAgain) {
    const Plan plan = causal_plan();
    const Pictures wanted = uninterrupted(plan);
    for (const std::size_t moment : {9U, 14U, 18U}) {
        run_some(plan, moment);
    }
    ASSERT_TRUE(std::holds_alternative<Finished>(run(plan, folder_)));
    EXPECT_TRUE(frames_ == wanted);
}

TEST_F(Checkpoint, KeepsWhatSomebodyWishedFor) {
    const Plan plan = causal_plan();
    RunSinks steered;
    Pictures live;
    steered.frame = [&](const FramePtr& frame, bool) { live.push_back(frame->rgb); };
    steered.next_prompt = [](int first_frame) {
        return first_frame == 5 ? std::optional<std::string>("another prompt") : std::nullopt;
    };
    ASSERT_TRUE(std::holds_alternative<Finished>(engine_.run(plan, {}, steered, {})));
    const Pictures wanted = live;
    steered.checkpoint = folder_;
    calls_.at_call = [this](const std::string& call) {
        if (call == "step 3 0") {
            stop_.request_stop();
        }
    };
    ASSERT_TRUE(std::holds_alternative<StoppedEarly>(engine_.run(plan, {}, steered, stop_.get_token())));
    calls_.at_call = {};
    ASSERT_TRUE(std::holds_alternative<Finished>(run(plan, folder_))) << "nobody wishes for anything now";
    EXPECT_TRUE(frames_ == wanted);
}

TEST_F(Checkpoint, OfAnotherRunIsThrownAwayAndSaid) {
    run_some(causal_plan(7), 15);
    const Plan other = causal_plan(8);
    const Pictures wanted = uninterrupted(other);
    ASSERT_TRUE(std::holds_alternative<Finished>(run(other, folder_)));
    EXPECT_TRUE(frames_ == wanted);
    ASSERT_EQ(notes_.size(), 1U);
    EXPECT_THAT(notes_[0], HasSubstr("begins again"));
    EXPECT_THAT(notes_[0], HasSubstr("another run"));
}

TEST_F(Checkpoint, ThatIsDamagedIsThrownAwayAndSaid) {
    const Plan plan = full_plan();
    const Pictures wanted = uninterrupted(plan);
    const std::vector<std::function<std::string(std::string)>> damages{
        [](const std::string& bytes) { return bytes.substr(0, bytes.size() / 2); },
        [](std::string bytes) {
            bytes[bytes.size() - 100] ^= 1;
            return bytes;
        },
        [](const std::string&) { return std::string(); },
        [](const std::string&) { return std::string("0123456789abcdef{\n"); },
    };
    for (const auto& damage : damages) {
        notes_.clear();
        run_some(plan, 12);
        const fs::path file = some_file();
        write_file(file, damage(read_file(file)));
        ASSERT_TRUE(std::holds_alternative<Finished>(run(plan, folder_)));
        EXPECT_TRUE(frames_ == wanted);
        ASSERT_EQ(notes_.size(), 1U);
        EXPECT_THAT(notes_[0], HasSubstr("damaged"));
    }
}

/// Whole files of this run that hold something else than this program would write.
TEST_F(Checkpoint, OfAnotherFormIsThrownAwayAndSaid) {
    const std::vector<std::function<void(TensorBundle&)>> changes{
        [](TensorBundle& bundle) { bundle.texts.erase("identity"); },
        [](TensorBundle& bundle) { bundle.texts["lineage"] = "another"; },
        [](TensorBundle& bundle) { bundle.tensors.clear(); },
        [](TensorBundle& bundle) {
            for (auto& [name, tensor] : bundle.tensors) {
                tensor = tensor.flatten().narrow(0, 0, 8).contiguous();
            }
        },
    };
    for (const Plan& plan : {causal_plan(), full_plan()}) {
        const Pictures wanted = uninterrupted(plan);
        for (const auto& change : changes) {
            notes_.clear();
            run_some(plan, 12);
            for (const auto& entry : fs::directory_iterator(folder_)) {
                auto bundle = read_bundle(entry.path());
                ASSERT_TRUE(bundle);
                change(*bundle);
                write_bundle(entry.path(), *bundle);
            }
            ASSERT_TRUE(std::holds_alternative<Finished>(run(plan, folder_))) << plan.model.id;
            EXPECT_TRUE(frames_ == wanted) << plan.model.id;
            ASSERT_GE(notes_.size(), 1U) << plan.model.id;
            EXPECT_THAT(notes_[0], HasSubstr("begins again"));
            EXPECT_FALSE(fs::exists(folder_));
        }
    }
}

TEST_F(Checkpoint, ADiskWithoutRoomCostsTheCheckpointOnly) {
    const Plan plan = full_plan();
    const Pictures wanted = uninterrupted(plan);
    const testing::FullDisk full(1000);
    ASSERT_TRUE(std::holds_alternative<Finished>(run(plan, folder_)));
    EXPECT_TRUE(frames_ == wanted);
    ASSERT_EQ(notes_.size(), 1U) << "once";
    EXPECT_THAT(notes_[0], HasSubstr("without checkpoints"));
}

TEST_F(Checkpoint, WhatAKillLeftHalfWrittenIsPassedOver) {
    const Plan plan = causal_plan();
    const Pictures wanted = uninterrupted(plan);
    run_some(plan, 15);
    write_file(folder_ / "block-0-3.checkpoint.part123", "half");
    ASSERT_TRUE(std::holds_alternative<Finished>(run(plan, folder_)));
    EXPECT_TRUE(frames_ == wanted);
    EXPECT_TRUE(notes_.empty());
    EXPECT_FALSE(fs::exists(folder_));
}

/// Runs that begin as an earlier one did.
class KeptRun : public Checkpoint {
protected:
    KeptRun() { kept_runs_ = all_; }

    ~KeptRun() override { fs::remove_all(all_); }

    static Plan another_way(std::vector<PromptChange> changes) {
        Plan plan = causal_plan();
        plan.recipe.prompt_changes = std::move(changes);
        return plan;
    }

    static Plan other_steps(std::vector<StepChange> changes) {
        Plan plan = full_plan();
        plan.recipe.step_changes = std::move(changes);
        return plan;
    }

    /// As jobs/kept_runs.h does it.
    void keep(const Plan& plan) {
        keeps_ = true;
        ASSERT_TRUE(std::holds_alternative<Finished>(run(plan, folder_)));
        keeps_ = false;
        fs::create_directories(all_);
        const auto file = checkpoint_file(some_file());
        ASSERT_TRUE(file);
        fs::rename(folder_, all_ / file->run);
    }

    Pictures alone(const Plan& plan) {
        const fs::path kept = std::exchange(kept_runs_, {});
        const Pictures frames = uninterrupted(plan);
        kept_runs_ = kept;
        return frames;
    }

    const fs::path all_ = fs::temp_directory_path() / ("rushes-kept-" + std::to_string(::getpid()));
};

TEST_F(KeptRun, AnotherWayFromABlockOnComputesNoBlockBefore) {
    const Plan other = another_way({{5, "another prompt"}}); // blocks begin at the frames 0, 1, 5 and 9
    const Pictures wanted = alone(other);
    const std::ptrdiff_t all = steps_made();
    keep(causal_plan());
    const Outcome outcome = run(other, folder_);
    ASSERT_TRUE(std::holds_alternative<Finished>(outcome));
    EXPECT_TRUE(frames_ == wanted);
    EXPECT_EQ(steps_made(), all / 2) << "the last two blocks of four";
    EXPECT_EQ(report_of(outcome).restored, 0.5);
    ASSERT_TRUE(std::holds_alternative<Finished>(run(causal_plan(), folder_)));
    EXPECT_EQ(steps_made(), 0) << "the same clip again";
    EXPECT_TRUE(notes_.empty());
}

TEST_F(KeptRun, AWayFurtherBackTakesNothingOfWhatCameBehind) {
    const Plan early = another_way({{1, "another prompt"}});
    const Pictures wanted = alone(early);
    keep(another_way({{5, "a third one"}}));
    ASSERT_TRUE(std::holds_alternative<Finished>(run(early, folder_)));
    EXPECT_TRUE(frames_ == wanted);
}

TEST_F(KeptRun, AWishIsOfItsRunAlone) {
    const Plan plan = causal_plan();
    const Pictures wanted = alone(plan);
    RunSinks steered;
    steered.checkpoint = folder_;
    steered.keep_checkpoint = true;
    steered.next_prompt = [](int first_frame) {
        return first_frame == 5 ? std::optional<std::string>("another prompt") : std::nullopt;
    };
    Pictures live;
    steered.frame = [&](const FramePtr& frame, bool) { live.push_back(frame->rgb); };
    ASSERT_TRUE(std::holds_alternative<Finished>(engine_.run(plan, {}, steered, {})));
    fs::create_directories(all_);
    fs::rename(folder_, all_ / checkpoint_file(some_file())->run);
    for (const auto& entry : fs::directory_iterator(fs::directory_iterator(all_)->path())) {
        if (checkpoint_file(entry.path())->kind == "prompt") {
            fs::remove(entry.path()); // as keep_run() leaves it behind
        }
    }
    ASSERT_TRUE(std::holds_alternative<Finished>(run(plan, folder_)));
    EXPECT_TRUE(frames_ == wanted);
    // And the recipe that the steered clip got is that clip.
    ASSERT_TRUE(std::holds_alternative<Finished>(run(another_way({{5, "another prompt"}}), folder_)));
    EXPECT_TRUE(frames_ == live);
    EXPECT_EQ(steps_made(), 0);
}

TEST_F(KeptRun, AnotherWayFromAStepOnMakesNoStepBefore) {
    for (const StepChange& change :
         {StepChange{3, "another prompt", -1}, StepChange{3, "", 9}, StepChange{5, "a third one", 2}}) {
        SCOPED_TRACE(change.prompt + " " + std::to_string(change.guidance_scale));
        fs::remove_all(all_);
        const Plan other = other_steps({change});
        const Pictures plain = alone(full_plan());
        const Pictures wanted = alone(other);
        EXPECT_FALSE(plain == wanted);
        keep(full_plan());
        ASSERT_TRUE(std::holds_alternative<Finished>(run(other, folder_)));
        EXPECT_TRUE(frames_ == wanted);
        EXPECT_EQ(steps_made(), 6 - change.after_steps);
    }
    EXPECT_TRUE(notes_.empty());
}

TEST_F(KeptRun, ServesNobodyWhoseGuidanceIsAnotherByAHair) {
    const Plan other = other_steps({{3, "", 5.00002}});
    const Pictures wanted = alone(other);
    keep(other_steps({{3, "", 5.00001}}));
    ASSERT_TRUE(std::holds_alternative<Finished>(run(other, folder_)));
    EXPECT_EQ(steps_made(), 3) << "the first three alone are common";
    EXPECT_TRUE(frames_ == wanted);
}

TEST_F(KeptRun, IsFoundWhereAKillLeftIt) {
    keep(full_plan());
    fs::rename(fs::directory_iterator(all_)->path(), all_ / "of a run that was killed");
    ASSERT_TRUE(std::holds_alternative<Finished>(run(full_plan(), folder_)));
    EXPECT_EQ(steps_made(), 0);
}

TEST_F(KeptRun, TwoChangesGoOnBehindTheOneThatIsThere) {
    const StepChange first{2, "another prompt", -1};
    const Plan both = other_steps({first, {4, "", 3}});
    const Pictures wanted = alone(both);
    keep(other_steps({first}));
    ASSERT_TRUE(std::holds_alternative<Finished>(run(both, folder_)));
    EXPECT_TRUE(frames_ == wanted);
    EXPECT_EQ(steps_made(), 2);
    // A clip without them has the first two steps in common only.
    ASSERT_TRUE(std::holds_alternative<Finished>(run(full_plan(), folder_)));
    EXPECT_EQ(steps_made(), 4);
}

TEST_F(KeptRun, OfAnotherSeedServesNobody) {
    keep(causal_plan(7));
    const Pictures wanted = alone(causal_plan(8));
    ASSERT_TRUE(std::holds_alternative<Finished>(run(causal_plan(8), folder_)));
    EXPECT_TRUE(frames_ == wanted);
    EXPECT_GT(steps_made(), 0);
    EXPECT_TRUE(notes_.empty()) << "nothing was taken from this clip";
}

TEST_F(KeptRun, ThatIsDamagedIsComputedWithoutAWord) {
    for (const Plan& plan : {causal_plan(), full_plan()}) {
        fs::remove_all(all_);
        const Pictures wanted = alone(plan);
        keep(plan);
        for (const auto& entry : fs::directory_iterator(fs::directory_iterator(all_)->path())) {
            fs::resize_file(entry.path(), fs::file_size(entry.path()) - 1);
        }
        ASSERT_TRUE(std::holds_alternative<Finished>(run(plan, folder_)));
        EXPECT_TRUE(frames_ == wanted);
    }
    EXPECT_TRUE(notes_.empty());
}

TEST_F(KeptRun, KeepsAllStepsOnlyWhereOthersMayPartFromThem) {
    const auto steps_left = [&](const fs::path& kept) {
        kept_runs_ = kept;
        keeps_ = true;
        EXPECT_TRUE(std::holds_alternative<Finished>(run(full_plan(), folder_)));
        std::ptrdiff_t count = 0;
        for (const auto& entry : fs::directory_iterator(folder_)) {
            count +=
                checkpoint_file(entry.path())->pass == 1 && checkpoint_file(entry.path())->kind == "steps";
        }
        fs::remove_all(folder_);
        return count;
    };
    EXPECT_EQ(steps_left({}), 1);
    EXPECT_EQ(steps_left(all_), 6);
}

} // namespace
} // namespace rushes
