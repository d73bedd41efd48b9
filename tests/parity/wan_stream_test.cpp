// Blocks that come to the device one by one: the same numbers, in less of its memory; and what that makes of
// the published models, by calculation.
#include "base/atomic_file.h"
#include "generation/memory_check.h"
#include "generation/torch_engine.h"
#include "models/wan/presets.h"
#include "nn/block_stream.h"
#include "parity/wan_fixture.h"
#include "support/safetensors_bytes.h"
#include "support/stand_in_card.h"
#include "support/strict_device.h"

#include <algorithm>
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iostream>
#include <nlohmann/json.hpp>

namespace rushes {
namespace {

namespace fs = std::filesystem;
using test::WanTrace;

TEST(BlockStream, EachLayerComesWithItsOwnTensors) {
    using Room = BlockStream::Room;
    const at::Device device(test::strict_device());
    for (const auto& [count, room] : std::vector<std::pair<int, Room>>{
             {1, Room::two_layers},
             {2, Room::two_layers},
             {3, Room::two_layers},
             {4, Room::two_layers},
             {1, Room::all_layers},
             {4, Room::all_layers}
         }) {
        BlockStream stream(device, room);
        std::vector<std::array<at::Tensor, 2>> layers;
        std::vector<std::array<at::Tensor, 2>> wanted;
        for (int i = 0; i < count; ++i) {
            wanted.push_back({at::randn({3 + i, 5}), at::randn({7}).to(at::kBFloat16)});
            layers.push_back({wanted.back()[0].to(device), wanted.back()[1].to(device)});
        }
        at::Tensor none;
        for (auto& layer : layers) {
            stream.add({&layer[0], &none, &layer[1]});
            EXPECT_TRUE(layer[0].is_cpu()) << "its memory on the device is free";
        }
        const std::int64_t before = test::device_memory().live;
        for (const int layer : {0, 1, 2, 3, 0, 1, 2, 3, 0, 3, 3, -1, 1, 0}) { // in order, again, and anyhow
            if (layer < 0) {
                EXPECT_GT(test::device_memory().live, before);
                stream.let_go();
                EXPECT_EQ(test::device_memory().live, before);
            }
            if (layer < 0 || layer >= count) {
                continue;
            }
            const std::vector<at::Tensor> there = stream.on_device(static_cast<std::size_t>(layer));
            ASSERT_EQ(there.size(), 3U);
            EXPECT_EQ(there[0].device().type(), device.type());
            EXPECT_FALSE(there[1].defined());
            const auto& expected = wanted[static_cast<std::size_t>(layer)];
            EXPECT_TRUE(at::equal(there[0].cpu(), expected[0])) << layer << " of " << count;
            EXPECT_TRUE(at::equal(there[2].cpu(), expected[1])) << layer << " of " << count;
        }
    }
}

using Frames = std::vector<std::vector<std::uint8_t>>;

/// In levels of 255.
int largest_difference(const Frames& a, const Frames& b) {
    int largest = a.size() == b.size() ? 0 : 256;
    for (std::size_t i = 0; largest < 256 && i < a.size(); ++i) {
        if (a[i].size() != b[i].size()) {
            return 256;
        }
        for (std::size_t j = 0; j < a[i].size(); ++j) {
            largest = std::max(largest, std::abs(int{a[i][j]} - int{b[i][j]}));
        }
    }
    return largest;
}

struct Saved {
    const char* model;
    DenoiserPlace place;
    bool text_on_cpu;
};

void PrintTo(const Saved& saved, std::ostream* out) {
    *out << saved.model << " " << static_cast<int>(saved.place);
}

class InLessMemory : public testing::TestWithParam<Saved> {
protected:
    struct Ran {
        Frames frames;
        std::int64_t stays = 0; ///< bytes on the device once the run is done
        std::int64_t peak = 0;
    };

    Plan plan() const {
        Recipe recipe;
        recipe.prompt = "a red ball";
        recipe.width = 96;
        recipe.height = 64;
        recipe.frames = 9;
        recipe.steps = 5;
        recipe.dtype = "fp32";
        recipe.draft = false;
        recipe.inputs = default_recipe(model_).inputs;
        return make_plan(recipe, model_, {.device = test::strict_device()});
    }

    Ran run(const Plan& plan) const {
        RunInputs pictures;
        for (const RecipeInput& input : plan.recipe.inputs) {
            const std::size_t bytes = std::size_t{3} * 64 * 64;
            pictures.pictures[input.role] = {
                std::make_shared<const Frame>(Frame{64, 64, 0, std::vector<std::uint8_t>(bytes, 90)})
            };
        }
        TorchEngine engine({.threads = 1}, test::stand_in_card(), load_pipeline);
        Ran ran;
        RunSinks sinks;
        sinks.frame = [&](const FramePtr& frame, bool) { ran.frames.push_back(frame->rgb); };
        const std::int64_t before = test::device_memory().live;
        test::reset_device_peak();
        const Outcome outcome = engine.run(plan, pictures, sinks, {});
        if (const auto* const failed = std::get_if<Failed>(&outcome)) {
            ADD_FAILURE() << failed->error.what();
        }
        ran.stays = test::device_memory().live - before;
        ran.peak = test::device_memory().peak - before;
        return ran;
    }

    const ModelInfo model_ = describe_model(test::wan_directory(GetParam().model));
};

TEST_P(InLessMemory, ItIsTheVerySameClip) {
    Plan saving = plan();
    const Ran wanted = run(saving);
    ASSERT_FALSE(wanted.frames.empty());
    saving.denoiser = GetParam().place;
    saving.text_on_cpu = GetParam().text_on_cpu;
    saving.passes.back().decode = DecodeWay::frames;
    const Ran less = run(saving);
    if (saving.text_on_cpu) { // whose embeddings are rounded otherwise than a card's
        EXPECT_LE(largest_difference(less.frames, wanted.frames), 1);
    } else {
        EXPECT_TRUE(less.frames == wanted.frames);
    }
    EXPECT_LT(less.stays, wanted.stays);
    std::cout << "| " << GetParam().model << ", " << static_cast<int>(GetParam().place) << " | stays "
              << less.stays << " of " << wanted.stays << " | peak " << less.peak << " of " << wanted.peak
              << " bytes |\n";
}

INSTANTIATE_TEST_SUITE_P(
    Models,
    InLessMemory,
    testing::Values(
        Saved{"wan22", DenoiserPlace::streamed, false},
        Saved{"wan22", DenoiserPlace::streamed, true},
        Saved{"i2v_clip", DenoiserPlace::streamed, false},
        Saved{"wan22_two", DenoiserPlace::streamed, false},
        Saved{"wan22_two", DenoiserPlace::swapped, false},
        Saved{"i2v_two", DenoiserPlace::swapped, true},
        Saved{"vace", DenoiserPlace::streamed, false},
        Saved{"wan21", DenoiserPlace::resident, true}
    ),
    [](const auto& tested) {
        const Saved& saved = tested.param;
        return std::string(saved.model) +
               (saved.place == DenoiserPlace::streamed  ? "_streamed"
                : saved.place == DenoiserPlace::swapped ? "_swapped"
                                                        : "_resident") +
               (saved.text_on_cpu ? "_text_on_cpu" : "");
    }
);

/// A limit is kept, or the clip refused with what it needs and what would fit.
TEST(VideoMemory, IsFilledNoFurtherThanAllowed) {
    const ModelInfo model = describe_model(test::wan_directory("wan22"));
    Recipe recipe;
    recipe.prompt = "a red ball";
    recipe.width = 96;
    recipe.height = 64;
    recipe.frames = 9;
    recipe.steps = 2;
    const auto plan_within = [&](std::uint64_t memory) {
        return make_plan(recipe, model, {.device = "cuda:0", .memory = memory});
    };
    const Plan whole = plan_within(0);
    const Plan least = plan_within(1);
    EXPECT_NE(least.denoiser, DenoiserPlace::resident);
    EXPECT_LT(least.peak_memory_bytes, whole.peak_memory_bytes);
    EXPECT_EQ(plan_within(whole.peak_memory_bytes).denoiser, DenoiserPlace::resident);
    EXPECT_LE(plan_within(least.peak_memory_bytes).peak_memory_bytes, least.peak_memory_bytes);
    const auto engine = [&](std::uint64_t memory) {
        return TorchEngine({.threads = 1, .memory = memory}, test::stand_in_card(), load_pipeline);
    };
    EXPECT_EQ(engine(1'000'000'000).device().memory, 1'000'000'000U);
    const Outcome outcome = engine(500'000'000).run(least, {}, {}, {});
    const auto* const failed = std::get_if<Failed>(&outcome);
    ASSERT_NE(failed, nullptr);
    EXPECT_EQ(failed->error.kind(), ErrorKind::resource);
    EXPECT_THAT(failed->error.what(), testing::HasSubstr("of this graphics card 500 MB may be filled"));
    EXPECT_THAT(failed->error.hint(), testing::HasSubstr("Even the smallest clip"));
}

/// Tiles change the pictures a little, so they come last; and then they keep the limit.
TEST(VideoMemory, IsWhatPicturesAreDecodedInTilesForWhereNothingElseFits) {
    const ModelInfo model = describe_model(test::wan_directory("wan21"));
    Recipe recipe;
    recipe.prompt = "a red ball";
    recipe.width = 448;
    recipe.height = 320;
    recipe.frames = 9;
    recipe.steps = 2;
    recipe.draft = false;
    const auto plan_within = [&](std::uint64_t memory) {
        return make_plan(recipe, model, {.device = "cuda:0", .memory = memory});
    };
    std::uint64_t enough = plan_within(0).peak_memory_bytes;
    std::uint64_t too_little = 1;
    while (enough - too_little > 1) {
        const std::uint64_t between = too_little + (enough - too_little) / 2;
        const bool in_tiles = plan_within(between).passes.back().decode == DecodeWay::tiles;
        (in_tiles ? too_little : enough) = between;
    }
    EXPECT_EQ(plan_within(enough).passes.back().decode, DecodeWay::frames);
    const Plan least = plan_within(too_little);
    EXPECT_EQ(least.passes.back().decode, DecodeWay::tiles);
    EXPECT_LE(least.peak_memory_bytes, too_little);
    EXPECT_GT(
        least.passes.back().decode == DecodeWay::tiles ? least.pass_work.back().decode : 0,
        plan_within(0).pass_work.back().decode
    ) << "what tiles share is decoded twice";
    const auto run = [&](const Plan& plan) {
        TorchEngine engine({.threads = 1}, test::stand_in_card(), load_pipeline);
        Frames frames;
        RunSinks sinks;
        sinks.frame = [&](const FramePtr& frame, bool) { frames.push_back(frame->rgb); };
        if (const Outcome outcome = engine.run(plan, {}, sinks, {});
            !std::holds_alternative<Finished>(outcome)) {
            ADD_FAILURE() << std::get<Failed>(outcome).error.what();
        }
        return frames;
    };
    const Frames whole = run(plan_within(0));
    const Frames tiled = run(least);
    ASSERT_EQ(tiled.size(), 9U);
    double off = 0;
    for (std::size_t i = 0; i < whole.size(); ++i) {
        ASSERT_EQ(tiled[i].size(), whole[i].size());
        for (std::size_t j = 0; j < whole[i].size(); ++j) {
            off += std::abs(int{tiled[i][j]} - int{whole[i][j]}) / double(whole.size() * whole[i].size());
        }
    }
    std::cout << "| wan21, 448x320, in tiles | " << off << " levels from the whole on average |\n";
    EXPECT_GT(off, 0);
    EXPECT_LT(off, 8) << "the middle of the network sees a tile in place of the picture";
}

/// Of two blocks all are there in any case; of more only two.
TEST(StreamedTransformer, TakesAsMuchAsForetoldAndCopiesFromPinnedMemoryOnly) {
    const fs::path directory = test::wan_directory("wan22");
    const WanTrace trace("wan22/transformer");
    const wan::TransformerConfig config = test::transformer_config(directory / "transformer");
    ASSERT_EQ(config.layers, 3);
    const auto on_device = [&](const char* name) { return trace[name].to(test::strict_device()); };
    const at::Tensor latents = on_device("latents");
    const at::Tensor timestep = on_device("timestep");
    const at::Tensor text = on_device("text");
    const auto out = [&](const wan::Transformer& transformer) {
        return test::forward_once(transformer, latents, timestep, transformer.text_context(text));
    };
    const WeightStore store(directory / "transformer", {.device = at::Device(test::strict_device())});
    const std::int64_t before = test::device_memory().live;
    std::optional<wan::Transformer> resident(std::in_place, config, store.root());
    const std::int64_t all = test::device_memory().live - before;
    const at::Tensor wanted = out(*resident).cpu();
    resident.reset();
    const std::int64_t floor = test::device_memory().live;
    wan::Transformer streamed(config, store.root(), wan::BlocksIn::main_memory);
    const std::int64_t less = test::device_memory().live - floor;
    test::reset_device_counts();
    const at::Tensor result = out(streamed);
    EXPECT_EQ(test::device_counts().pageable, 0);
    EXPECT_EQ(test::device_counts().waits, 0);
    EXPECT_TRUE(at::equal(result.cpu(), wanted));
    EXPECT_LT(less, all);
    streamed.reload();
    EXPECT_TRUE(at::equal(out(streamed).cpu(), wanted)) << "read again, as for other LoRAs";
}

/// A directory of a published model's shapes: files of the right length without any numbers in them.
fs::path hollow_model(const fs::path& folder, const ModelPreset& preset) {
    const fs::path directory = folder / preset.name;
    for (const auto& [path, text] : preset.files) {
        write_file(directory / path, text);
    }
    for (const ModelPreset::Component& component : preset.components) {
        nlohmann::json header;
        std::uint64_t end = 0;
        for (const TensorShape& tensor : component.tensors) {
            const bool wide = tensor.dtype == TensorDtype::f32;
            header[tensor.name] = {
                {"dtype", wide ? "F32" : "BF16"},
                {"shape", tensor.shape},
                {"data_offsets", {end, end + tensor.bytes()}}
            };
            end += tensor.bytes();
        }
        const std::string bytes = test::safetensors_bytes(header.dump(), "");
        const fs::path file = directory / component.directory / (component.stem + ".safetensors");
        write_file(file, bytes);
        fs::resize_file(file, bytes.size() + end);
    }
    return directory;
}

/// What cards of 6, 8 and 16 GB run.
TEST(StreamedPlan, PublishedModelsFitTheirCards) {
    const test::ScratchFolder folder("rushes-hollow-");

    struct Fits {
        const char* preset;
        int width;
        int height;
        std::uint64_t memory;
        const char* dtype = "auto";
    };

    for (const Fits& fits :
         {Fits{"t2v-1.3b", 832, 480, 6'000'000'000},
          Fits{"ti2v-5b", 1280, 704, 8'000'000'000},
          Fits{"t2v-a14b", 832, 480, 16'000'000'000},
          Fits{"i2v-a14b", 832, 480, 16'000'000'000},
          Fits{"i2v-14b-480p", 832, 480, 12'000'000'000},
          Fits{"t2v-a14b", 832, 480, 48'000'000'000},
          Fits{"vace-14b", 832, 480, 12'000'000'000},
          Fits{"t2v-1.3b", 832, 480, 3'800'000'000},
          Fits{"ti2v-5b", 1280, 704, 6'200'000'000},
          Fits{"t2v-a14b", 832, 480, 24'000'000'000, "fp8"},
          Fits{"i2v-14b-480p", 832, 480, 24'000'000'000, "fp8"}}) {
        const auto presets = wan::presets();
        const auto preset = std::ranges::find(presets, fits.preset, &ModelPreset::name);
        ASSERT_NE(preset, presets.end());
        const ModelInfo model = describe_model(hollow_model(folder.path, *preset));
        Recipe recipe = default_recipe(model);
        recipe.width = fits.width;
        recipe.height = fits.height;
        recipe.dtype = fits.dtype;
        LoadOptions options{.device = "cuda:0"};
        const std::uint64_t resident = make_plan(recipe, model, options).peak_memory_bytes;
        options.memory = fits.memory;
        const Plan plan = make_plan(recipe, model, options);
        const RunCost& cost = plan.costs.back();
        const auto giga = [](double bytes) { return std::to_string(bytes / 1e9).substr(0, 4); };
        std::cout << "| " << fits.preset << ", " << plan.recipe.width << "x" << plan.recipe.height << "x"
                  << plan.recipe.frames << ", " << plan.recipe.dtype << " | " << giga(double(resident))
                  << " | " << giga(double(fits.memory)) << " | "
                  << (plan.denoiser == DenoiserPlace::streamed  ? "streamed"
                      : plan.denoiser == DenoiserPlace::swapped ? "swapped"
                                                                : "resident")
                  << (plan.text_on_cpu ? ", text on the CPU" : "")
                  << (plan.passes.back().decode == DecodeWay::frames  ? ", decoded frame by frame"
                      : plan.passes.back().decode == DecodeWay::tiles ? ", decoded in tiles"
                                                                      : "")
                  << " | " << giga(cost.resident_bytes()) << " | " << giga(cost.text.bytes) << " | "
                  << giga(cost.denoise.bytes) << " | " << giga(cost.decode.bytes) << " | "
                  << giga(double(plan.peak_memory_bytes)) << " |\n";
        EXPECT_LE(plan.peak_memory_bytes, fits.memory) << fits.preset;
    }
}

} // namespace
} // namespace rushes
