// The table of memory by phase and budget: every way in which the planner makes a clip fit, foretold, and
// counted on the stand-in device while the engine makes it.
#include "generation/torch_engine.h"
#include "parity/wan_fixture.h"
#include "support/stand_in_card.h"
#include "support/strict_device.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <iostream>

namespace rushes {
namespace {

struct Scaled {
    const char* model; ///< a checkpoint of a published architecture, scaled down
    const char* stands_for;
    int width;
    int height;
    const char* dtype;
};

void PrintTo(const Scaled& scaled, std::ostream* out) {
    *out << scaled.model << " " << scaled.dtype;
}

class VramTable : public testing::TestWithParam<Scaled> {
protected:
    Plan plan_within(std::uint64_t memory) const {
        Recipe recipe;
        recipe.prompt = "a red ball";
        recipe.width = GetParam().width;
        recipe.height = GetParam().height;
        recipe.frames = 13;
        recipe.steps = 2;
        recipe.dtype = GetParam().dtype;
        recipe.draft = false;
        return make_plan(recipe, model_, {.device = test::strict_device(), .memory = memory});
    }

    static RunReport run(const Plan& plan) {
        TorchEngine engine({.threads = 1}, test::stand_in_card(), load_pipeline);
        RunSinks sinks;
        sinks.measure = true;
        const Outcome outcome = engine.run(plan, {}, sinks, {});
        if (const auto* const failed = std::get_if<Failed>(&outcome)) {
            ADD_FAILURE() << failed->error.what();
        }
        return report_of(outcome);
    }

    const ModelInfo model_ = describe_model(test::wan_directory(GetParam().model));
};

std::string way_of(const Plan& plan) {
    std::string way = plan.denoiser == DenoiserPlace::streamed  ? "layers streamed"
                      : plan.denoiser == DenoiserPlace::swapped ? "swapped"
                                                                : "resident";
    way += plan.text_on_cpu ? ", text on the CPU" : "";
    switch (plan.passes.back().decode) {
    case DecodeWay::frames:
        return way + ", by frames";
    case DecodeWay::tiles:
        return way + ", in tiles";
    case DecodeWay::whole:
        break;
    }
    return way;
}

/// From all the memory that it wants down to what the least of the ways takes.
TEST_P(VramTable, EachWayTakesWhatIsForetold) {
    const std::int64_t before = test::device_memory().live;
    const Plan ample = plan_within(0);
    const double libraries =
        static_cast<double>(ample.peak_memory_bytes) - ample.costs.back().peak_bytes(); // a card's own
    const std::uint64_t least = plan_within(1).peak_memory_bytes;
    std::uint64_t budget = ample.peak_memory_bytes;
    for (int rows = 0;; ++rows) {
        ASSERT_LT(rows, 20);
        const Plan plan = plan_within(budget);
        EXPECT_LE(plan.peak_memory_bytes, budget);
        const RunCost& cost = plan.costs.back();
        const RunReport report = run(plan);
        const double stays = cost.resident_bytes();
        const auto counted = [&](std::uint64_t peak) {
            return static_cast<double>(peak) - static_cast<double>(before);
        };
        const auto cell = [](double foretold, double count) {
            const auto mega = [](double bytes) { return std::to_string(bytes / 1e6).substr(0, 5); };
            return mega(foretold) + " / " + mega(count) + " | ";
        };
        const auto [name, stands_for, width, height, dtype] = GetParam();
        std::cout << "| " << stands_for << ", " << plan.recipe.dtype << " | "
                  << (static_cast<double>(budget) - libraries) / 1e6 << " | " << way_of(plan) << " | "
                  << cell(stays + cost.text.bytes, counted(report.text.peak_memory_bytes))
                  << cell(stays + cost.denoise.bytes, counted(report.denoise.peak_memory_bytes))
                  << cell(stays + cost.decode.bytes, counted(report.decode.peak_memory_bytes))
                  << cell(cost.peak_bytes(), counted(report.peak_memory_bytes)) << "\n";
        EXPECT_NEAR(
            cost.peak_bytes(), counted(report.peak_memory_bytes), 0.1 * counted(report.peak_memory_bytes)
        );
        if (plan.peak_memory_bytes == least) {
            break;
        }
        budget = plan.peak_memory_bytes - 1;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Scaled,
    VramTable,
    testing::Values(
        Scaled{"wan21", "Wan 1.3B", 448, 320, "bf16"},
        Scaled{"wan22", "TI2V-5B", 448, 320, "bf16"},
        Scaled{"wan22_two", "A14B", 448, 320, "bf16"},
        Scaled{"wan22_two", "A14B", 448, 320, "fp8"}
    ),
    [](const auto& tested) { return std::string(tested.param.model) + "_" + tested.param.dtype; }
);

} // namespace
} // namespace rushes
