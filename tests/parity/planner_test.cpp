// What a plan foretells beside what is counted on the stand-in device, phase by phase. The device holds
// tensors only, as a card does, so that nothing else is in the figures.
#include "base/paths.h"
#include "generation/plan.h"
#include "parity/wan_fixture.h"
#include "support/strict_device.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <iostream>

namespace rushes {
namespace {

struct PlannerCase {
    const char* model;
    const char* dtype;
    int width;
    int height;
    int frames;
    DenoiserPlace place = DenoiserPlace::resident;
    DecodeWay way = DecodeWay::whole;
};

class Planner : public testing::TestWithParam<PlannerCase> {
protected:
    static std::filesystem::path directory(const std::string& name) {
        return name == "rushes-demo" ? resources_dir() / "models" / name : test::wan_directory(name);
    }

    /// Bytes beyond `floor` at the worst moment of `work`.
    template <typename Work>
    static double peak_above(std::int64_t floor, const Work& work) {
        test::reset_device_peak();
        work();
        return static_cast<double>(test::device_memory().peak - floor);
    }
};

TEST_P(Planner, ForetellsTheDevicesMemory) {
    const auto [name, dtype, width, height, frames, place, way] = GetParam();
    const ModelInfo model = describe_model(directory(name));
    // The planner asks whether it is the CPU, and takes everything else for a card.
    const LoadOptions options = with_numbers({.device = test::strict_device(), .denoiser = place}, dtype);
    Recipe recipe;
    recipe.prompt = "a red ball bounces";
    recipe.width = width;
    recipe.height = height;
    recipe.frames = frames;
    recipe.steps = model.fixed_steps ? 0 : 2;
    recipe.dtype = dtype;
    recipe.draft = false;
    recipe.inputs = default_recipe(model).inputs;
    RunInputs pictures;
    for (const RecipeInput& input : recipe.inputs) {
        const std::size_t bytes = std::size_t{3} * 64 * 64;
        pictures.pictures[input.role] = {
            std::make_shared<const Frame>(Frame{64, 64, 0, std::vector<std::uint8_t>(bytes, 90)})
        };
    }
    const Plan plan = make_plan(recipe, model, options);
    Pass pass = plan.passes.back();
    pass.decode = way;
    const RunCost foretold = model.cost(pass, options);

    const std::int64_t before = test::device_memory().live;
    const auto pipeline = load_pipeline(model, options, {});
    const std::int64_t loaded = test::device_memory().live;
    Conditioning text;
    const double counted_text = peak_above(loaded, [&] {
        text = pipeline->condition({recipe.prompt, "", pass.guided(), pictures}, {});
    });
    std::unique_ptr<Denoising> denoising;
    const double counted_encode = peak_above(loaded, [&] { denoising = pipeline->denoise(pass, text); });
    auto decoder = pipeline->decoder(pass);
    double counted_denoise = 0;
    double counted_decode = 0;
    for (int block = 0; block < denoising->blocks(); ++block) {
        at::Tensor latents;
        counted_denoise = std::max(counted_denoise, peak_above(loaded, [&] {
                                       denoising->begin_block(block);
                                       for (int step = 0; step < denoising->steps(); ++step) {
                                           denoising->step(block, step, {});
                                       }
                                       latents = denoising->finish_block(block, {});
                                   }));
        if (block + 1 == denoising->blocks()) {
            denoising.reset();
        }
        counted_decode = std::max(counted_decode, peak_above(loaded, [&] {
                                      decoder->expect(latents);
                                      for (std::int64_t t = 0; t < latents.size(2); ++t) {
                                          decoder->decode_next(latents.narrow(2, t, 1), {});
                                      }
                                  }));
        if (!denoising) {
            break;
        }
    }
    const auto resident = static_cast<double>(loaded - before);
    const double counted =
        resident + std::max({counted_text, counted_encode, counted_denoise, counted_decode});
    const auto mega = [](double bytes) { return std::to_string(bytes / 1e6).substr(0, 6); };
    std::cout << "| " << name << (place == DenoiserPlace::streamed ? " streamed" : "")
              << (place == DenoiserPlace::swapped ? " swapped" : "")
              << (way == DecodeWay::frames  ? " decoded frame by frame"
                  : way == DecodeWay::tiles ? " in tiles"
                                            : "")
              << ", " << dtype << ", " << width << "x" << height << "x" << frames << " | "
              << mega(foretold.resident_bytes()) << " / " << mega(resident) << " | "
              << mega(foretold.denoise.bytes) << " / " << mega(counted_denoise) << " | "
              << mega(foretold.decode.bytes) << " / " << mega(counted_decode) << " | "
              << mega(foretold.peak_bytes()) << " / " << mega(counted) << " |\n";
    EXPECT_NEAR(foretold.resident_bytes(), resident, 0.1 * resident);
    EXPECT_NEAR(foretold.peak_bytes(), counted, 0.1 * counted);
}

INSTANTIATE_TEST_SUITE_P(
    Models,
    Planner,
    testing::Values(
        PlannerCase{"rushes-demo", "fp32", 224, 128, 17},
        PlannerCase{"rushes-demo", "bf16", 224, 128, 17},
        PlannerCase{"wan21", "fp32", 192, 128, 33},
        PlannerCase{"wan21", "bf16", 192, 128, 33},
        PlannerCase{"wan22", "bf16", 192, 128, 17},
        PlannerCase{"i2v_clip", "fp32", 192, 128, 33},
        PlannerCase{"flf2v", "bf16", 192, 128, 33},
        PlannerCase{"vace", "bf16", 192, 128, 33},
        PlannerCase{"wan22", "bf16", 96, 64, 13, DenoiserPlace::streamed, DecodeWay::frames},
        PlannerCase{"wan22_two", "fp32", 96, 64, 13, DenoiserPlace::streamed, DecodeWay::frames},
        PlannerCase{"wan22_two", "fp32", 96, 64, 13, DenoiserPlace::swapped, DecodeWay::frames},
        PlannerCase{"i2v_clip", "bf16", 96, 64, 13, DenoiserPlace::streamed, DecodeWay::frames},
        PlannerCase{"vace", "bf16", 96, 64, 13, DenoiserPlace::streamed, DecodeWay::frames},
        PlannerCase{"wan21", "bf16", 448, 320, 9, DenoiserPlace::resident, DecodeWay::tiles},
        PlannerCase{"wan22", "bf16", 448, 320, 9, DenoiserPlace::streamed, DecodeWay::tiles},
        PlannerCase{"wan22", "fp8", 96, 64, 13},
        PlannerCase{"wan22_two", "fp8", 96, 64, 13, DenoiserPlace::swapped},
        PlannerCase{"vace", "fp8", 96, 64, 13, DenoiserPlace::streamed}
    ),
    [](const auto& tested) {
        const PlannerCase& planned = tested.param;
        std::string name = std::string(planned.model) + "_" + planned.dtype +
                           (planned.place == DenoiserPlace::streamed  ? "_streamed"
                            : planned.place == DenoiserPlace::swapped ? "_swapped"
                                                                      : "") +
                           (planned.way == DecodeWay::tiles ? "_in_tiles" : "");
        std::ranges::replace(name, '-', '_');
        return name;
    }
);

} // namespace
} // namespace rushes
