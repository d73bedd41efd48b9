// What a run is foretold to cost, from directories alone.
#include "base/atomic_file.h"
#include "models/registry.h"

#include <filesystem>
#include <functional>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace rushes {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const fs::path wan_fixtures = fs::path(RUSHES_SOURCE_DIR) / "tests" / "parity" / "fixtures" / "wan";

double resident_of(const RunCost& cost, const std::string& component) {
    for (const ResidentWeights& weights : cost.resident) {
        if (weights.component == component) {
            return weights.bytes;
        }
    }
    return 0;
}

TEST(RunCost, ThePeakIsTheLargestPhaseAndWhatStays) {
    RunCost cost;
    cost.resident = {{"denoiser", 10}, {"decoder", 5}};
    cost.text.bytes = 40;
    cost.denoise.bytes = 30;
    cost.decode.bytes = 20;
    cost.encode.bytes = 25;
    EXPECT_EQ(cost.resident_bytes(), 15);
    EXPECT_EQ(cost.peak_bytes(), 55) << "phases come one after the other";
}

class CostOfWan : public ::testing::Test {
protected:
    void SetUp() override {
        fs::remove_all(folder_);
        fs::create_directories(folder_);
        fs::copy(wan_fixtures / "wan21", folder_ / "model", fs::copy_options::recursive);
    }

    void TearDown() override { fs::remove_all(folder_); }

    /// The model made causal: four latent frames seen, one made at once.
    CostOfPass causal(const std::function<void(json&)>& change = [](json&) {}) const {
        json settings{
            {"num_frames_per_block", 1},
            {"local_attn_size", 4},
            {"sink_size", 1},
            {"rope", "absolute"},
            {"sigmas", {1.0, 0.5}},
            {"solver", "euler"},
            {"guidance_scale", 1.0},
            {"context_noise", 0.0}
        };
        change(settings);
        write_file(folder_ / "model" / "causal.json", settings.dump());
        return describe_model(folder_ / "model").cost;
    }

    double numbers_of(const std::string& component) const {
        double numbers = 0;
        for (const WeightFile& file : index_weights(folder_ / "model" / component).files) {
            for (const TensorEntry& tensor : file.header.tensors) {
                numbers += double(tensor.bytes) / double(dtype_bytes(tensor.dtype));
            }
        }
        return numbers;
    }

    CostOfPass full() const { return describe_model(folder_ / "model").cost; }

    static Pass pass(int frames = 17, double guidance = 1) {
        Pass pass;
        pass.width = 96;
        pass.height = 64;
        pass.frames = frames;
        pass.steps = 2;
        pass.guidance_scale = guidance;
        return pass;
    }

    const fs::path folder_ = fs::temp_directory_path() / ("rushes-cost-" + std::to_string(::getpid()));
};

TEST_F(CostOfWan, WeightsHaveTheTypesThatTheyAreComputedWith) {
    const CostOfPass cost = full();
    const RunCost wide = cost(pass(), {.device = "cuda:0", .dtype = "fp32"});
    const RunCost half = cost(pass(), {.device = "cuda:0", .dtype = "bf16"});
    EXPECT_LT(resident_of(half, "transformer"), 0.7 * resident_of(wide, "transformer"));
    EXPECT_GT(resident_of(half, "transformer"), 0.5 * resident_of(wide, "transformer"))
        << "the time embedder stays in fp32";
    EXPECT_EQ(2 * resident_of(half, "vae"), resident_of(wide, "vae"));
    EXPECT_EQ(resident_of(cost(pass(), {.dtype = "bf16"}), "vae"), resident_of(cost(pass(), {}), "vae"))
        << "fp32 on the CPU";
    EXPECT_NEAR(resident_of(half, "text_encoder"), 0.5 * resident_of(wide, "text_encoder"), 1);
    EXPECT_EQ(resident_of(wide, "transformer"), 4 * numbers_of("transformer")) << "whatever the file's type";
}

TEST_F(CostOfWan, TheTextEncoderIsHeldOrReadAgain) {
    const CostOfPass cost = full();
    const RunCost held = cost(pass(), {});
    const RunCost read = cost(pass(), {.residency = Residency::by_phase});
    EXPECT_GT(resident_of(held, "text_encoder"), 0) << "a small one stays";
    EXPECT_EQ(held.text.bytes, 0);
    EXPECT_EQ(resident_of(read, "text_encoder"), 0);
    EXPECT_EQ(read.text.bytes, resident_of(held, "text_encoder"));
}

TEST_F(CostOfWan, AComponentElsewhereTakesNothingHere) {
    const RunCost cost =
        full()(pass(), {.device = "cuda:0", .component_devices = {{"text_encoder", "cpu"}, {"vae", "cpu"}}});
    EXPECT_EQ(resident_of(cost, "text_encoder"), 0);
    EXPECT_EQ(resident_of(cost, "vae"), 0);
    EXPECT_GT(resident_of(cost, "transformer"), 0);
}

TEST_F(CostOfWan, AWholeClipGrowsWithItsLengthAndABlockDoesNot) {
    const CostOfPass whole = full();
    EXPECT_GT(whole(pass(33), {}).denoise.bytes, 1.5 * whole(pass(17), {}).denoise.bytes);
    EXPECT_GT(whole(pass(33), {}).denoise.flop, 1.8 * whole(pass(17), {}).denoise.flop);
    const CostOfPass blocks = causal();
    EXPECT_EQ(blocks(pass(161), {}).peak_bytes(), blocks(pass(17), {}).peak_bytes());
}

TEST_F(CostOfWan, TheCacheIsTakenWholeInItsTypeForEachSide) {
    const LoadOptions half{.device = "cuda:0", .dtype = "bf16"};
    const auto cache = [](const CostOfPass& cost, double guidance, const LoadOptions& options) {
        // Behind a short clip: what is beside the pictures' own part is the cache.
        return cost(pass(1, guidance), options).decode.bytes;
    };
    const double decode = full()(pass(1), {.device = "cuda:0"}).decode.bytes;
    const double decode_half = full()(pass(1), half).decode.bytes;
    const double wide = cache(causal(), 1, {.device = "cuda:0"}) - decode;
    EXPECT_NEAR(cache(causal(), 1, half) - decode_half, wide / 2, 0.01 * wide);
    EXPECT_NEAR(cache(causal(), 3, {.device = "cuda:0"}) - decode, 2 * wide, 0.01 * wide);
    const auto relative = causal([](json& settings) { settings["rope"] = "relative"; });
    EXPECT_GT(cache(relative, 1, {.device = "cuda:0"}) - decode, 1.01 * wide)
        << "rotated keys beside the keys";
    const auto longer = causal([](json& settings) { settings["local_attn_size"] = 8; });
    EXPECT_GT(cache(longer, 1, {.device = "cuda:0"}) - decode, 1.01 * wide) << "although one frame is made";
}

TEST_F(CostOfWan, ALargerBlockTakesMoreAtOnce) {
    const auto three = causal([](json& settings) { settings["num_frames_per_block"] = 3; });
    EXPECT_GT(three(pass(17), {}).denoise.bytes, causal()(pass(17), {}).denoise.bytes);
}

TEST_F(CostOfWan, WorkFollowsStepsAndGuidance) {
    const CostOfPass cost = full();
    Pass more = pass();
    more.steps = 4;
    EXPECT_DOUBLE_EQ(cost(more, {}).denoise.flop, 2 * cost(pass(), {}).denoise.flop);
    EXPECT_DOUBLE_EQ(cost(pass(17, 5), {}).denoise.flop, 2 * cost(pass(), {}).denoise.flop);
    EXPECT_DOUBLE_EQ(cost(more, {}).decode.flop, cost(pass(), {}).decode.flop);
}

} // namespace
} // namespace rushes
