// Real solvers and caches going on from a checkpoint, bit for bit; and texts that are read once.
#include "generation/torch_engine.h"
#include "models/embedding_cache.h"
#include "parity/checkpoint_copy.h"
#include "parity/wan_fixture.h"

#include <cstdlib>
#include <gtest/gtest.h>
#include <thread>

namespace rushes {
namespace {

/// The same in every run: bits may depend on it, and later tests on what is left behind.
int all_cores() {
    return static_cast<int>(std::thread::hardware_concurrency());
}

namespace fs = std::filesystem;

struct Resumed {
    const char* name;
    const char* model; ///< of the fixtures; empty: the built-in one
    const char* scheduler;
    int steps;
    int frames;
};

void PrintTo(const Resumed& tested, std::ostream* out) {
    *out << tested.name;
}

class WanCheckpoint : public testing::TestWithParam<Resumed> {
protected:
    Plan plan() const {
        const Resumed& tested = GetParam();
        const ModelInfo model = describe_model(
            *tested.model != '\0' ? test::wan_directory(tested.model)
                                  : fs::path(RUSHES_SOURCE_DIR) / "resources/models/rushes-demo"
        );
        Recipe recipe;
        recipe.prompt = "a red ball bounces over the sea";
        recipe.seed = 11;
        recipe.frames = tested.frames;
        recipe.steps = tested.steps;
        recipe.scheduler = tested.scheduler;
        if (model.causal) {
            recipe.prompt_changes = {{9, "a yellow star spins in the night"}};
        } else {
            recipe.width = 96;
            recipe.height = 64;
        }
        return make_plan(recipe, model);
    }

    /// Until step `stop_at` of all, where that is not 0.
    Outcome run(const Plan& plan, const fs::path& checkpoint, int stop_at = 0) {
        std::stop_source stop;
        frames_.clear();
        steps_ = 0;
        std::pair<int, int> last;
        RunSinks sinks;
        sinks.checkpoint = checkpoint;
        sinks.note = [](const std::string& sentence) { ADD_FAILURE() << sentence; };
        sinks.progress = [&](const Progress& progress) {
            const std::pair at(progress.block, progress.step);
            if (progress.phase == Phase::denoising && progress.step > 0 && at != last) {
                last = at;
                if (++steps_ == stop_at) {
                    stop.request_stop();
                }
            }
        };
        sinks.frame = [this](FramePtr frame, bool) { frames_.push_back(std::move(frame)); };
        return engine_.run(plan, {}, sinks, stop.get_token());
    }

    std::vector<std::vector<std::uint8_t>> pixels() const {
        std::vector<std::vector<std::uint8_t>> all;
        for (const FramePtr& frame : frames_) {
            all.push_back(frame->rgb);
        }
        return all;
    }

    TorchEngine engine_{{.device = "cpu", .threads = all_cores()}, load_pipeline};
    std::vector<FramePtr> frames_;
    int steps_ = 0; ///< begun
    const test::ScratchFolder folder_{"rushes-wan-checkpoint-"};
};

TEST_P(WanCheckpoint, GivesTheVerySameFrames) {
    const Plan plan = this->plan();
    ASSERT_TRUE(std::holds_alternative<Finished>(run(plan, {})));
    const auto wanted = pixels();
    const int steps = steps_;
    for (const int stop_at : {2, steps / 2 + 1, steps}) {
        ASSERT_TRUE(std::holds_alternative<StoppedEarly>(run(plan, folder_.path / "run", stop_at)));
        const Outcome outcome = run(plan, folder_.path / "run");
        ASSERT_TRUE(std::holds_alternative<Finished>(outcome));
        EXPECT_TRUE(pixels() == wanted) << "stopped at step " << stop_at << " of " << steps;
        if (stop_at == steps) {
            EXPECT_GT(report_of(outcome).restored, 0.5);
            EXPECT_LT(steps_, steps);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(
    Solvers,
    WanCheckpoint,
    testing::Values(
        Resumed{"unipc", "wan21", "", 6, 9},
        Resumed{"flow_euler", "wan22", "", 4, 9},
        Resumed{"two_transformers", "wan22_two", "", 5, 9},
        Resumed{"dmd", "wan21", "dmd", 3, 9},
        Resumed{"rcm", "wan21", "rcm", 4, 9},
        Resumed{"built_in", "", "", 4, 33}
    ),
    [](const auto& tested) { return tested.param.name; }
);

/// An encoder that is read for each new prompt is not read for one that it saw before, by any run.
TEST(TextCache, AnEncoderReadsAPromptOnce) {
    const test::ScratchFolder folder("rushes-text-cache-");
    ::setenv("XDG_CACHE_HOME", folder.path.c_str(), 1);
    const fs::path model = folder.path / "model";
    fs::copy(test::wan_directory("wan21"), model, fs::copy_options::recursive);
    const ModelInfo info = describe_model(model);

    struct Read {
        at::Tensor prompt;
        at::Tensor negative;
        int told = 0; ///< how often progress of reading the encoder was told
    };

    const auto embedded = [&](const ModelInfo& of, const std::string& prompt, const std::string& dtype) {
        const auto pipeline = load_pipeline(of, {.dtype = dtype, .residency = Residency::by_phase}, {});
        Read read;
        const Conditioning conditioning =
            pipeline->condition({prompt, "dark", true}, {}, [&](double) { ++read.told; });
        const auto& text = std::any_cast<const wan::Conditions&>(conditioning).text;
        read.prompt = text.prompt;
        read.negative = text.negative;
        return read;
    };
    const Read first = embedded(info, "a red ball", "fp32");
    EXPECT_GT(first.told, 0);
    const Read again = embedded(info, "a red ball", "fp32");
    EXPECT_EQ(again.told, 0);
    EXPECT_TRUE(at::equal(again.prompt, first.prompt));
    EXPECT_TRUE(at::equal(again.negative, first.negative));
    EXPECT_GT(embedded(info, "a red ring", "fp32").told, 0) << "another prompt";
    EXPECT_GT(embedded(info, "a red ball", "bf16").told, 0) << "other numbers";

    // Damaged ones are as good as none.
    for (const auto& entry : fs::directory_iterator(folder.path / "rushes" / "embeddings")) {
        fs::resize_file(entry.path(), fs::file_size(entry.path()) - 1);
    }
    EXPECT_GT(embedded(info, "a red ball", "fp32").told, 0);

    // Weights of the same shapes are another encoder.
    CheckpointCopy other(model / "text_encoder", "model.safetensors");
    other.weights.begin()->second.add_(0.25);
    other.write(model / "text_encoder");
    const Read changed = embedded(describe_model(model), "a red ball", "fp32");
    EXPECT_GT(changed.told, 0);
    EXPECT_EQ(embedded(describe_model(model), "a red ball", "fp32").told, 0);

    // So is a file in which one number changed that the hash of the model does not look at.
    const auto written = fs::last_write_time(model / "text_encoder" / "model.safetensors");
    fs::last_write_time(model / "text_encoder" / "model.safetensors", written + std::chrono::seconds(1));
    EXPECT_GT(embedded(describe_model(model), "a red ball", "fp32").told, 0);
}

TEST(TextCache, StaysWithinItsSize) {
    const test::ScratchFolder folder("rushes-text-cache-");
    const EmbeddingCache cache(folder.path, 12'000);
    const at::Tensor embedding = at::arange(1000, at::kFloat).view({1, 10, 100});
    const auto old = [&](const std::string& key, int hours) {
        fs::last_write_time(
            folder.path / (key + ".embedding"), fs::file_time_type::clock::now() - std::chrono::hours(hours)
        );
    };
    cache.keep("a", embedding);
    cache.keep("b", embedding);
    old("a", 3);
    old("b", 2);
    EXPECT_TRUE(at::equal(cache.find("a"), embedding)); // and now it was used later than b
    cache.keep("c", embedding);
    EXPECT_TRUE(cache.find("a").defined());
    EXPECT_FALSE(cache.find("b").defined()) << "the one that nobody asked for the longest";
    EXPECT_TRUE(cache.find("c").defined());
    EXPECT_FALSE(cache.find("d").defined());
    // What is no file of its own takes no room, and costs no other its place.
    fs::create_directories(folder.path / "a folder");
    fs::create_symlink(folder.path / "nowhere", folder.path / "a link");
    cache.keep("a", embedding);
    EXPECT_TRUE(cache.find("a").defined());
    EXPECT_TRUE(cache.find("c").defined());
}

} // namespace
} // namespace rushes
