#include "torch_engine_fixture.h"

#include <atomic>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <latch>

#include <ATen/ATen.h>
#include <c10/util/Exception.h>

namespace rushes {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST_F(TorchEngineTest, GivesItsModelBackAndLoadsItForTheNextRun) {
    ASSERT_TRUE(std::holds_alternative<Finished>(run(causal_plan())));
    const auto before = pixels(final_);
    final_.clear();
    engine_.release();
    ASSERT_TRUE(std::holds_alternative<Finished>(run(causal_plan())));
    EXPECT_EQ(std::ranges::count(calls_.log, "load"), 2);
    EXPECT_EQ(std::ranges::count(calls_.log, "encode"), 2) << "what the prompt became is gone, too";
    EXPECT_EQ(pixels(final_), before);
}

TEST_F(TorchEngineTest, CausalModelsDecodeEachBlockBeforeTheNextOneBegins) {
    ASSERT_TRUE(std::holds_alternative<Finished>(run(causal_plan(5))));
    EXPECT_THAT(
        calls_.log,
        ElementsAre(
            "load",
            "encode",
            "begin 0",
            "step 0 0",
            "step 0 1",
            "step 0 2",
            "step 0 3",
            "finish 0",
            "decode",
            "begin 1",
            "step 1 0",
            "step 1 1",
            "step 1 2",
            "step 1 3",
            "finish 1",
            "decode"
        )
    );
    ASSERT_EQ(final_.size(), 5U);
    for (std::size_t i = 0; i < final_.size(); ++i) {
        EXPECT_EQ(final_[i]->index, static_cast<std::int64_t>(i));
        EXPECT_EQ(final_[i]->width, 160);
        EXPECT_EQ(final_[i]->height, 96);
        EXPECT_EQ(final_[i]->rgb.size(), 160U * 96 * 3);
    }
}

TEST_F(TorchEngineTest, ReadingPicturesIsAPhaseOfItsOwnAndCanBeStopped) {
    ModelInfo model = testing::fake_causal_model();
    model.inputs = {{.role = role_image}};
    model.cost = [](const Pass& pass, const LoadOptions&) {
        return RunCost{
            .encode = {.flop = pass.start == PassStart::inputs ? 1e9 : 0},
            .denoise = {.flop = 3e9},
            .decode = {.flop = 1e9}
        };
    };
    Recipe recipe;
    recipe.frames = 9;
    recipe.inputs = {{.role = role_image, .hash = "00", .path = "a.png"}};
    const Plan plan = make_plan(recipe, model);
    const auto reads = [&] { return std::ranges::count(progress_, Phase::encoding, &Progress::phase); };
    ASSERT_TRUE(std::holds_alternative<Finished>(run(plan)));
    EXPECT_EQ(reads(), 1);
    stop_at("pictures");
    EXPECT_TRUE(std::holds_alternative<StoppedEarly>(run(plan)));
    EXPECT_EQ(calls_.log.back(), "pictures");
    progress_.clear();
    stop_ = std::stop_source();
    calls_.at_call = {};
    ASSERT_TRUE(std::holds_alternative<Finished>(run(causal_plan(9))));
    EXPECT_EQ(reads(), 0);
}

/// Of a prompt the fake pipeline knows the length.
TEST_F(TorchEngineTest, ReportsTheTimeOfRealLoadsOnly) {
    const auto load_seconds = [&] { return std::get<Finished>(run(causal_plan(5))).report.load_seconds; };
    EXPECT_GT(load_seconds(), 0);
    EXPECT_EQ(load_seconds(), 0);
}

/// A card that disappears in the middle: what was made is kept, and the sentence says what to do.
TEST_F(TorchEngineTest, KeepsTheFramesOfADeviceThatFails) {
    int decoded = 0;
    calls_.at_call = [&](const std::string& call) {
        if (call == "decode" && ++decoded == 2) {
            throw c10::Error(
                "CUDA error: unspecified launch failure\nlong explanations", c10::Backtrace(), nullptr
            );
        }
    };
    const Outcome outcome = run(causal_plan(9));
    const auto* const failed = std::get_if<Failed>(&outcome);
    ASSERT_NE(failed, nullptr);
    EXPECT_EQ(failed->error.kind(), ErrorKind::transient);
    EXPECT_STREQ(
        failed->error.what(), "The graphics card reported an error: CUDA error: unspecified launch failure"
    );
    EXPECT_EQ(final_.size(), 1U) << "of the first latent frame";
    EXPECT_EQ(failed->report.frames, 1);
}

/// At whatever moment it does, the next run loads the model anew and makes the clip that it would have been.
TEST_F(TorchEngineTest, ADeviceThatDisappearsCostsNoLaterRunAnything) {
    ASSERT_TRUE(std::holds_alternative<Finished>(run(causal_plan(9))));
    const std::vector<FramePtr> wanted = final_;
    const std::size_t calls = calls_.log.size();
    for (std::size_t moment = 2; moment <= calls; ++moment) { // the first call loads what is loaded now
        calls_.log.clear();
        calls_.at_call = [&](const std::string&) {
            if (calls_.log.size() == moment) {
                throw c10::Error("CUDA error: device is lost\nmore of it", c10::Backtrace(), nullptr);
            }
        };
        const Outcome outcome = run(causal_plan(9));
        calls_.at_call = {};
        const auto* const failed = std::get_if<Failed>(&outcome);
        ASSERT_TRUE(failed != nullptr || std::holds_alternative<Finished>(outcome));
        if (failed == nullptr) {
            continue; // a run that needs fewer calls, the model being there
        }
        SCOPED_TRACE(calls_.log.back());
        EXPECT_EQ(failed->error.kind(), ErrorKind::transient) << "it may be tried again";
        EXPECT_EQ(std::string(failed->error.what()).find('\n'), std::string::npos);
        calls_.log.clear();
        final_.clear();
        ASSERT_TRUE(std::holds_alternative<Finished>(run(causal_plan(9))));
        EXPECT_EQ(calls_.log.front(), "load") << "what lay on the device may be gone";
        ASSERT_EQ(final_.size(), wanted.size());
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            EXPECT_EQ(final_[i]->rgb, wanted[i]->rgb);
        }
    }
}

/// Whoever says it: decoding begins again with a decoder that takes less, and no frame comes twice.
TEST_F(TorchEngineTest, DecodesAgainWhenMemoryRunsOut) {
    int decoded = 0;
    calls_.at_call = [&](const std::string& call) {
        if (call == "decode" && ++decoded == 2) {
            throw c10::Error(
                "GET was unable to find an engine to execute this computation", c10::Backtrace(), nullptr
            );
        }
    };
    ASSERT_TRUE(std::holds_alternative<Finished>(run(causal_plan(9))));
    EXPECT_EQ(decoded, 3 + 2) << "the first latent frame again, and the second";
    ASSERT_EQ(final_.size(), 9U);
    for (std::size_t i = 0; i < final_.size(); ++i) {
        EXPECT_EQ(final_[i]->index, static_cast<std::int64_t>(i));
    }
}

/// There are two ways to take less, and the second one is tried, too.
TEST_F(TorchEngineTest, DecodesAgainUntilNoWayTakesLess) {
    int decoded = 0;
    int failing = 2;
    calls_.at_call = [&](const std::string& call) {
        if (call == "decode" && ++decoded % 2 == 0 && failing-- > 0) {
            throw std::bad_alloc();
        }
    };
    ASSERT_TRUE(std::holds_alternative<Finished>(run(causal_plan(9))));
    EXPECT_EQ(decoded, 2 + 2 + 2 + 1) << "each way begins with the first latent frame";
    ASSERT_EQ(final_.size(), 9U);
    for (std::size_t i = 0; i < final_.size(); ++i) {
        EXPECT_EQ(final_[i]->index, static_cast<std::int64_t>(i));
    }
    decoded = 0;
    failing = 3;
    EXPECT_TRUE(std::holds_alternative<Failed>(run(causal_plan(9))));
}

TEST_F(TorchEngineTest, FullSequenceModelsShowADraftFirst) {
    const Plan plan = full_plan();
    ASSERT_EQ(plan.passes.size(), 2U);
    const Outcome outcome = run(plan);
    ASSERT_TRUE(std::holds_alternative<Finished>(outcome));
    EXPECT_EQ(draft_.size(), 17U);
    EXPECT_EQ(draft_.front()->width, 256);
    EXPECT_EQ(draft_.front()->height, 128);
    EXPECT_EQ(final_.size(), 33U);
    EXPECT_EQ(final_.front()->index, 0);
    EXPECT_EQ(std::get<Finished>(outcome).report.frames, 33);
}

TEST_F(TorchEngineTest, LongCallsTellHowFarTheyAre) {
    // One step of eight and one decoder call, of frames 2 to 5, go on until their half has been passed on.
    int calls = 0;
    const auto between = [](double value, double before, double after) {
        return before + 1e-9 < value && value < after - 1e-9;
    };
    calls_.within = [&](const ShareDone& done) {
        if (calls_.log.back() == "step 0 1") {
            for (++calls; !between(progress_.back().denoised, 1.0 / 8, 2.0 / 8); done(0.5)) {
            }
        } else if (calls_.log.back() == "decode" && !final_.empty()) {
            for (++calls; !between(progress_.back().decoded, 1.0 / 5, 1); done(0.5)) {
            }
        }
    };
    ASSERT_TRUE(std::holds_alternative<Finished>(run(causal_plan(5))));
    EXPECT_EQ(calls, 2);
    EXPECT_EQ(progress_.back().decoded, 1);
}

TEST_F(TorchEngineTest, PreviewsDoNotTouchTheTrajectory) {
    ASSERT_TRUE(std::holds_alternative<Finished>(run(causal_plan(17), true)));
    const auto with = pixels(final_);
    final_.clear();
    ASSERT_TRUE(std::holds_alternative<Finished>(run(causal_plan(17), false)));
    EXPECT_EQ(pixels(final_), with);
}

TEST_F(TorchEngineTest, AnotherSeedIsAnotherClip) {
    ASSERT_TRUE(std::holds_alternative<Finished>(run(causal_plan(5, 1))));
    const auto first = pixels(final_);
    final_.clear();
    ASSERT_TRUE(std::holds_alternative<Finished>(run(causal_plan(5, 2))));
    EXPECT_NE(pixels(final_), first);
}

TEST_F(TorchEngineTest, ASlowPreviewNeverHoldsUpTheRun) {
    // The preview thread stands still until the last frame is out: all frames must come out meanwhile.
    std::latch entered(1);
    std::latch over(1);
    calls_.at_preview = [&] {
        if (!entered.try_wait()) {
            entered.count_down();
        }
        over.wait();
    };
    calls_.at_call = [&](const std::string& call) {
        if (call == "step 0 1") {
            entered.wait();
        }
    };
    RunSinks counting = sinks();
    counting.frame = [&](FramePtr frame, bool) {
        final_.push_back(std::move(frame));
        if (final_.size() == 9) {
            over.count_down();
        }
    };
    ASSERT_TRUE(std::holds_alternative<Finished>(engine_.run(causal_plan(9), {}, counting, {})));
    EXPECT_EQ(final_.size(), 9U);
    // The one that stood still, and at most the latest that was offered meanwhile.
    EXPECT_GE(previews_.size(), 1U);
    EXPECT_LE(previews_.size(), 2U);
}

TEST_F(TorchEngineTest, PreviewsSayWhereTheyBelong) {
    // Each step waits for its preview, so that none is dropped.
    std::atomic<int> made = 0;
    int asked = 0;
    calls_.at_preview = [&] {
        ++made;
        made.notify_one();
    };
    calls_.at_call = [&](const std::string& call) {
        if (call.starts_with("step")) {
            while (made.load() < asked) {
                made.wait(made.load());
            }
            ++asked;
        }
    };
    ASSERT_TRUE(std::holds_alternative<Finished>(run(causal_plan(9))));
    ASSERT_GE(previews_.size(), 11U);
    EXPECT_EQ(previews_.front().first_frame, 0);
    EXPECT_EQ(previews_.front().step, 1);
    EXPECT_EQ(previews_[4].first_frame, 1);
    EXPECT_EQ(previews_[8].first_frame, 5);
    EXPECT_EQ(previews_.front().end_frame, 1); // the first latent frame stands for one
    EXPECT_EQ(previews_[4].end_frame, 5);
    EXPECT_EQ(previews_[4].pictures.front()->index, 1);
    EXPECT_EQ(previews_.front().pictures.size(), 1U);
    EXPECT_EQ(previews_.front().pictures.front()->width, 20);
}

TEST_F(TorchEngineTest, KeepsTheModelAndThePromptForTheNextRun) {
    run(causal_plan(5));
    run(causal_plan(5, 8));
    EXPECT_EQ(std::ranges::count(calls_.log, "load"), 1);
    EXPECT_EQ(std::ranges::count(calls_.log, "encode"), 1);
    Plan other = causal_plan(5);
    other.recipe.prompt = "a blue star";
    run(other);
    EXPECT_EQ(std::ranges::count(calls_.log, "load"), 1);
    EXPECT_EQ(std::ranges::count(calls_.log, "encode"), 2);
    other.recipe.dtype = "bf16";
    run(other);
    EXPECT_EQ(std::ranges::count(calls_.log, "load"), 2);
    EXPECT_THAT(calls_.loaded, ElementsAre("fp32", "bf16"));
}

TEST_F(TorchEngineTest, PreloadLoadsOnce) {
    engine_.preload(testing::fake_causal_model(), "fp32", {});
    run(causal_plan(5));
    EXPECT_EQ(std::ranges::count(calls_.log, "load"), 1);
}

TEST_F(TorchEngineTest, WhatTheMemoryCannotHoldIsNotPreloaded) {
    ModelInfo model = testing::fake_causal_model();
    model.cost = [](const Pass&, const LoadOptions&) { return RunCost{.resident = {{"transformer", 1e18}}}; };
    try {
        engine_.preload(model, "fp32", {});
        ADD_FAILURE() << "it was loaded";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::resource);
        EXPECT_EQ(error.lever(), Lever::smaller_clip);
    }
    EXPECT_EQ(std::ranges::count(calls_.log, "load"), 0);
}

TEST_F(TorchEngineTest, ReadingThePromptTellsHowFarItIs) {
    ASSERT_TRUE(std::holds_alternative<Finished>(run(causal_plan(5))));
    std::vector<double> read;
    for (const Progress& progress : progress_) {
        if (progress.phase == Phase::text) {
            read.push_back(progress.text_read);
        }
    }
    EXPECT_THAT(read, ElementsAre(0, 0.5)) << "half of it is what the pipeline told";
}

struct StopCase {
    const char* call;
    std::size_t frames; ///< that exist by then
};

class TorchEngineStop : public TorchEngineTest, public ::testing::WithParamInterface<StopCase> {};

TEST_P(TorchEngineStop, EndsEarlyWithTheFramesThatExisted) {
    stop_at(GetParam().call);
    const Outcome outcome = run(causal_plan(9));
    ASSERT_TRUE(std::holds_alternative<StoppedEarly>(outcome));
    EXPECT_EQ(calls_.log.back(), GetParam().call) << "nothing may be computed after the stop";
    EXPECT_EQ(final_.size(), GetParam().frames);
    EXPECT_EQ(std::get<StoppedEarly>(outcome).report.frames, static_cast<int>(GetParam().frames));
}

INSTANTIATE_TEST_SUITE_P(
    EveryPhase,
    TorchEngineStop,
    ::testing::Values(
        StopCase{"load", 0},
        StopCase{"encode", 0},
        StopCase{"begin 0", 0},
        StopCase{"step 0 2", 0},
        StopCase{"finish 0", 0},
        StopCase{"step 1 0", 1},
        StopCase{"finish 2", 5}
    ),
    [](const auto& tested) {
        std::string name = tested.param.call;
        std::ranges::replace(name, ' ', '_');
        return name;
    }
);

TEST_F(TorchEngineTest, StopWhileDecodingKeepsWhatIsOut) {
    int decoded = 0;
    calls_.at_call = [&](const std::string& call) {
        if (call == "decode" && ++decoded == 3) {
            stop_.request_stop();
        }
    };
    ASSERT_TRUE(std::holds_alternative<StoppedEarly>(run(causal_plan(33))));
    EXPECT_EQ(final_.size(), 5U);
    stop_ = std::stop_source();
    calls_.at_call = {};
    final_.clear();
    EXPECT_TRUE(std::holds_alternative<Finished>(run(causal_plan(33)))) << "a stopped engine runs again";
    EXPECT_EQ(final_.size(), 33U);
}

TEST_F(TorchEngineTest, StopInTheSinkEndsBeforeTheNextFrame) {
    RunSinks stopping = sinks();
    stopping.frame = [&](FramePtr frame, bool) {
        final_.push_back(std::move(frame));
        if (final_.size() == 2) {
            stop_.request_stop();
        }
    };
    ASSERT_TRUE(
        std::holds_alternative<StoppedEarly>(engine_.run(causal_plan(9), {}, stopping, stop_.get_token()))
    );
    EXPECT_EQ(final_.size(), 2U);
}

class TorchEngineFailure : public TorchEngineTest {
protected:
    template <typename Throw>
    Failed run_failing_at(const std::string& call, Throw thrown) {
        calls_.at_call = [call, thrown](const std::string& made) {
            if (made == call) {
                thrown();
            }
        };
        const Outcome outcome = run(causal_plan(9));
        EXPECT_TRUE(std::holds_alternative<Failed>(outcome));
        return std::get<Failed>(outcome);
    }
};

TEST_F(TorchEngineFailure, OwnErrorsPassUnchanged) {
    const Failed failed =
        run_failing_at("load", [] { throw Error(ErrorKind::user, "No weights here.", "Get some."); });
    EXPECT_STREQ(failed.error.what(), "No weights here.");
    EXPECT_EQ(failed.error.kind(), ErrorKind::user);
    EXPECT_EQ(failed.error.hint(), "Get some.");
}

TEST_F(TorchEngineFailure, LackOfMemoryIsAResourceWithALever) {
    const Failed gpu = run_failing_at("step 1 1", [] {
        TORCH_CHECK_WITH(OutOfMemoryError, false, "CUDA out of memory. Tried to allocate 20.00 GiB");
    });
    EXPECT_EQ(gpu.error.kind(), ErrorKind::resource);
    EXPECT_THAT(gpu.error.what(), HasSubstr("memory"));
    EXPECT_FALSE(gpu.error.hint().empty());
    EXPECT_EQ(gpu.report.frames, 1) << "what existed is kept";

    const Failed host = run_failing_at("step 1 1", [] { throw std::bad_alloc(); });
    EXPECT_EQ(host.error.kind(), ErrorKind::resource);
}

TEST_F(TorchEngineFailure, WhatTheMachineCannotHoldIsNotEvenLoaded) {
    Plan plan = causal_plan(9);
    plan.peak_memory_bytes = std::uint64_t{1} << 60;
    const Outcome outcome = run(plan);
    ASSERT_TRUE(std::holds_alternative<Failed>(outcome));
    const Error& error = std::get<Failed>(outcome).error;
    EXPECT_EQ(error.kind(), ErrorKind::resource);
    EXPECT_EQ(error.lever(), Lever::smaller_clip);
    EXPECT_TRUE(calls_.log.empty());
}

TEST_F(TorchEngineFailure, AHugeTensorOnTheHostIsAResourceToo) {
    const Failed failed = run_failing_at("encode", [] { at::empty({std::int64_t{1} << 60}); });
    EXPECT_EQ(failed.error.kind(), ErrorKind::resource) << failed.error.what();
}

TEST_F(TorchEngineFailure, TheRestIsABugInOneLine) {
    const Failed failed = run_failing_at("step 0 0", [] { at::zeros({2, 3}).matmul(at::zeros({2, 3})); });
    EXPECT_EQ(failed.error.kind(), ErrorKind::bug);
    EXPECT_EQ(std::string(failed.error.what()).find('\n'), std::string::npos);
    calls_.at_call = {};
    EXPECT_TRUE(std::holds_alternative<Finished>(run(causal_plan(9)))) << "the engine lives on";
}

TEST_F(TorchEngineTest, ProgressOnlyGrowsAndReachesOne) {
    ASSERT_TRUE(std::holds_alternative<Finished>(run(full_plan())));
    double last = 0;
    for (const Progress& progress : progress_) {
        EXPECT_GE(progress.fraction, last - 1e-12);
        last = progress.fraction;
    }
    EXPECT_DOUBLE_EQ(last, 1);
    EXPECT_EQ(progress_.front().phase, Phase::loading);
    EXPECT_EQ(progress_.back().phase, Phase::finishing);
    EXPECT_EQ(progress_.back().frames_done, 33);
}

TEST_F(TorchEngineTest, TheReportHoldsThePhases) {
    const Outcome outcome = run(causal_plan(9));
    const RunReport report = std::get<Finished>(outcome).report;
    EXPECT_GT(report.denoise_seconds, 0);
    EXPECT_GT(report.decode_seconds, 0);
    EXPECT_GT(report.first_frame_seconds, 0);
    EXPECT_LE(report.denoise_seconds + report.decode_seconds, report.total_seconds);
    EXPECT_GT(report.peak_memory_bytes, 1'000'000U);
}

} // namespace
} // namespace rushes
