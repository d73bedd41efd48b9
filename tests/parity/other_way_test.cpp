// Another way from a step or a block of a clip, with real solvers, caches and text: the very frames of a run
// that computes everything itself.
#include "generation/torch_engine.h"
#include "parity/wan_fixture.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <thread>

namespace rushes {
namespace {

namespace fs = std::filesystem;

struct Way {
    const char* name;
    std::string model; ///< of the fixtures; empty: the built-in one
    int steps;
    double guidance;
    int frames;
};

void PrintTo(const Way& way, std::ostream* out) {
    *out << way.name;
}

class OtherWay : public testing::TestWithParam<Way> {
protected:
    /// What both have in common.
    Recipe recipe() const {
        Recipe recipe;
        recipe.prompt = "a red ball bounces over the sea";
        recipe.negative_prompt = "dark";
        recipe.seed = 11;
        recipe.frames = GetParam().frames;
        recipe.steps = GetParam().steps;
        recipe.guidance_scale = GetParam().guidance;
        recipe.draft = false;
        if (!model_.causal) {
            recipe.width = 96;
            recipe.height = 64;
        }
        return recipe;
    }

    Outcome run(const Recipe& recipe, const fs::path& own, const fs::path& kept) {
        frames_.clear();
        RunSinks sinks;
        sinks.checkpoint = own;
        sinks.kept_runs = kept;
        sinks.keep_checkpoint = true;
        sinks.note = [](const std::string& sentence) { ADD_FAILURE() << sentence; };
        sinks.frame = [this](const FramePtr& frame, bool) { frames_.push_back(frame->rgb); };
        return engine_.run(make_plan(recipe, model_), {}, sinks, {});
    }

    /// Of a run that leaves its work in folder_/kept.
    void leave(const Recipe& recipe) {
        ASSERT_TRUE(std::holds_alternative<Finished>(run(recipe, folder_.path / "own", folder_.path / "kept"))
        );
        fs::create_directories(folder_.path / "kept");
        fs::rename(folder_.path / "own", folder_.path / "kept" / "a run");
    }

    const ModelInfo model_ = describe_model(
        GetParam().model.empty() ? fs::path(RUSHES_SOURCE_DIR) / "resources/models/rushes-demo"
                                 : test::fixture_path(GetParam().model)
    );
    TorchEngine engine_{
        {.device = "cpu", .threads = static_cast<int>(std::thread::hardware_concurrency())}, load_pipeline
    };
    std::vector<std::vector<std::uint8_t>> frames_;
    const test::ScratchFolder folder_{"rushes-other-way-"};
};

TEST_P(OtherWay, GivesTheVeryFramesOfARunOfItsOwn) {
    Recipe other = recipe();
    if (model_.causal) {
        other.prompt_changes = {{17, "a yellow star spins in the night"}};
    } else {
        const bool guided = GetParam().guidance > 1;
        other.step_changes = {{2, "a yellow star spins in the night", guided ? GetParam().guidance + 2 : -1}};
    }
    ASSERT_TRUE(std::holds_alternative<Finished>(run(recipe(), {}, {})));
    const auto first = frames_;
    ASSERT_TRUE(std::holds_alternative<Finished>(run(other, {}, {})));
    const auto wanted = frames_;
    EXPECT_FALSE(wanted == first) << "nothing changed";
    leave(recipe());
    EXPECT_TRUE(frames_ == first);
    const Outcome outcome = run(other, folder_.path / "own", folder_.path / "kept");
    ASSERT_TRUE(std::holds_alternative<Finished>(outcome));
    EXPECT_TRUE(frames_ == wanted);
    EXPECT_GT(report_of(outcome).restored, model_.causal ? 0.3 : 1.9 / GetParam().steps);
    EXPECT_LT(report_of(outcome).restored, 0.8);
}

INSTANTIATE_TEST_SUITE_P(
    Models,
    OtherWay,
    testing::Values(
        Way{"wan_unipc", "wan/wan21", 6, 5, 9},
        Way{"wan_two_transformers", "wan/wan22_two", 5, 4, 9},
        Way{"wan_unguided", "wan/wan22", 4, 1, 9},
        Way{"animatediff", "animatediff/whole", 4, 6, 8},
        Way{"animatediff_unguided", "animatediff/whole", 4, 1, 8},
        Way{"ltx", "ltx/ltx090", 4, 3, 9},
        Way{"built_in", "", 4, 1, 33}
    ),
    [](const auto& tested) { return tested.param.name; }
);

} // namespace
} // namespace rushes
