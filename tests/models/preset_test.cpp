// What the lists of tensors say, against the checkpoints that diffusers and transformers wrote; and
// directories of random weights.
#include "base/atomic_file.h"
#include "base/error.h"
#include "models/preset.h"
#include "models/registry.h"
#include "models/stable_diffusion/presets.h"
#include "models/wan/presets.h"
#include "models/wan/tensor_list.h"
#include "nn/weights/random_weights.h"
#include "nn/weights/weight_index.h"
#include "text/t5_config.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <unistd.h>

namespace rushes {

namespace {

namespace fs = std::filesystem;

const fs::path fixtures = fs::path(RUSHES_TEST_DATA) / "parity" / "fixtures";

using Shapes = std::map<std::string, std::vector<std::int64_t>>;

Shapes shapes_of(const std::vector<TensorShape>& tensors) {
    Shapes shapes;
    for (const TensorShape& tensor : tensors) {
        EXPECT_TRUE(shapes.emplace(tensor.name, tensor.shape).second) << tensor.name;
    }
    return shapes;
}

Shapes shapes_in(const fs::path& directory) {
    Shapes shapes;
    const WeightIndex index = index_weights(directory);
    for (const auto& [name, place] : index.places) {
        shapes.emplace(name, index.entry(place).shape);
    }
    return shapes;
}

JsonConfig config_in(const fs::path& directory) {
    return JsonConfig::read(directory / "config.json", "config.json");
}

TEST(TensorList, OfATransformerIsWhatTheReferenceWrites) {
    for (const char* name : {"wan21", "wan22", "vace"}) {
        const fs::path directory = fixtures / "wan" / name / "transformer";
        const auto config = wan::read_transformer_config(config_in(directory));
        EXPECT_EQ(shapes_of(wan::transformer_tensors(config, TensorDtype::f32)), shapes_in(directory))
            << name;
    }
}

TEST(TensorList, OfAVaeIsWhatTheReferenceWrites) {
    for (const char* name : {"wan21", "wan21_deep", "wan22", "wan22_deep"}) {
        const fs::path directory = fixtures / "vae" / name;
        const auto config = wan::read_vae_config(config_in(directory));
        EXPECT_EQ(shapes_of(wan::vae_tensors(config, TensorDtype::f32)), shapes_in(directory)) << name;
    }
}

TEST(TensorList, OfATextEncoderIsWhatTheReferenceWrites) {
    for (const char* name : {"umt5", "t5"}) {
        const fs::path directory = fixtures / "text" / name;
        Shapes written = shapes_in(directory);
        written.erase("encoder.embed_tokens.weight"); // the table once more
        EXPECT_EQ(shapes_of(t5_tensors(read_t5_config(directory), TensorDtype::f32)), written) << name;
    }
}

/// Every field of a config of each kind is written so that it is read the same.
TEST(T5Config, WhatIsWrittenIsReadBack) {
    const fs::path folder = fs::temp_directory_path() / ("rushes-t5-" + std::to_string(::getpid()));
    using Activation = T5Config::Activation;
    for (const auto& [activation, gated] :
         {std::pair(Activation::gelu_new, true),
          std::pair(Activation::gelu_new, false),
          std::pair(Activation::relu, true),
          std::pair(Activation::gelu, false)}) {
        const T5Config config{
            .bias_in_every_block = !gated,
            .vocab_size = 9,
            .d_model = 10,
            .d_kv = 11,
            .d_ff = 12,
            .num_layers = 13,
            .num_heads = 14,
            .relative_attention_num_buckets = 16,
            .relative_attention_max_distance = 17,
            .layer_norm_epsilon = 0.125,
            .activation = activation,
            .gated = gated
        };
        write_file(folder / "config.json", t5_config_text(config));
        EXPECT_EQ(read_t5_config(folder), config);
    }
    fs::remove_all(folder);
}

const ModelPreset& preset(const std::string& name) {
    static const std::vector<ModelPreset> all = wan::presets();
    return *std::ranges::find(all, name, &ModelPreset::name);
}

std::uint64_t parameters(const ModelPreset& model, const std::string& component) {
    const auto found = std::ranges::find(model.components, component, &ModelPreset::Component::directory);
    std::uint64_t bytes = 0;
    for (const TensorShape& tensor : found->tensors) {
        bytes += tensor.bytes() / dtype_bytes(tensor.dtype);
    }
    return bytes;
}

/// Counted from diffusers' and transformers' own modules.
TEST(Presets, HaveAsManyParametersAsThePublishedCheckpoints) {
    EXPECT_EQ(parameters(preset("t2v-1.3b"), "transformer"), 1'418'996'800u);
    EXPECT_NEAR(static_cast<double>(parameters(preset("ti2v-5b"), "transformer")), 4999.8e6, 0.1e6);
    EXPECT_NEAR(static_cast<double>(parameters(preset("t2v-14b"), "transformer")), 14289e6, 1e6);
    EXPECT_EQ(parameters(preset("i2v-14b-480p"), "transformer"), 16'394'878'784u);
    EXPECT_EQ(parameters(preset("flf2v-14b-720p"), "transformer"), 16'395'536'704u);
    EXPECT_EQ(parameters(preset("i2v-a14b"), "transformer_2"), 14'288'901'184u);
    EXPECT_EQ(parameters(preset("vace-1.3b"), "transformer"), 2'153'972'032u);
    EXPECT_EQ(parameters(preset("vace-14b"), "transformer"), 17'337'592'896u);
    EXPECT_EQ(parameters(preset("i2v-14b-480p"), "image_encoder"), 630'766'080u);
    EXPECT_NEAR(static_cast<double>(parameters(preset("t2v-1.3b"), "vae")), 126.9e6, 0.1e6);
    EXPECT_NEAR(static_cast<double>(parameters(preset("ti2v-5b"), "vae")), 704.7e6, 0.1e6);
    EXPECT_NEAR(static_cast<double>(parameters(preset("t2v-1.3b"), "text_encoder")), 5680.9e6, 0.1e6);
}

TEST(Presets, OfStableDiffusionHaveAsManyParametersAsThePublishedCheckpoints) {
    const std::vector<ModelPreset> all = stable_diffusion::presets();
    const ModelPreset& turbo = *std::ranges::find(all, "turbo", &ModelPreset::name);
    EXPECT_EQ(parameters(turbo, "unet"), 865'910'724u);
    EXPECT_EQ(parameters(turbo, "vae"), 83'653'863u);
    EXPECT_EQ(parameters(turbo, "text_encoder"), 340'387'840u);
}

class RandomModel : public testing::Test {
protected:
    RandomModel() { fs::create_directories(folder_); }

    ~RandomModel() override { fs::remove_all(folder_); }

    const fs::path folder_ = fs::temp_directory_path() / ("rushes-random-" + std::to_string(::getpid()));
};

TEST_F(RandomModel, IsADirectoryThatCanBeDescribed) {
    std::vector<double> shares;
    write_random_model(preset("tiny"), folder_ / "tiny", [&](double share) { shares.push_back(share); }, {});
    EXPECT_EQ(describe_model(folder_ / "tiny").weight_bytes, preset("tiny").bytes());
    EXPECT_DOUBLE_EQ(shares.back(), 1);
    EXPECT_TRUE(std::ranges::is_sorted(shares));
    EXPECT_THROW(write_random_model(preset("tiny"), folder_ / "tiny", {}, {}), Error)
        << "nothing is overwritten";
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1)
        << "nothing is left over";
}

TEST_F(RandomModel, OfEachKindSaysWhatItStartsFrom) {
    const auto roles = [&](const std::string& name) {
        write_random_model(preset(name), folder_ / name, {}, {});
        std::string all;
        for (const AcceptedInput& input : describe_model(folder_ / name).inputs) {
            all += input.role + (input.required ? "! " : " ");
        }
        return all;
    };
    EXPECT_EQ(roles("tiny"), "");
    EXPECT_EQ(roles("tiny-ti2v"), "image clip ");
    EXPECT_EQ(roles("tiny-i2v"), "image! clip ");
    EXPECT_EQ(roles("tiny-flf2v"), "image! last_image! clip ");
    EXPECT_EQ(roles("tiny-i2v-two"), "image! last_image clip ");
}

TEST_F(RandomModel, OfStableDiffusionIsAStillInAStep) {
    write_random_model(stable_diffusion::presets().front(), folder_ / "turbo", {}, {});
    const ModelInfo info = describe_model(folder_ / "turbo");
    EXPECT_EQ(info.family, "stable_diffusion");
    EXPECT_EQ(info.default_steps, 1);
    EXPECT_EQ(info.lattice.max_frames, 1);
    EXPECT_EQ(info.lattice.sizes.front(), (PictureSize{512, 512}));
}

TEST_F(RandomModel, LeavesNothingBehindWhenItIsStopped) {
    std::stop_source stop;
    const auto at_first = [&](double) { stop.request_stop(); };
    EXPECT_THROW(write_random_model(preset("tiny"), folder_ / "tiny", at_first, stop.get_token()), Stopped);
    EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(RandomModel, RefusesWithoutRoom) {
    ModelPreset large = preset("tiny");
    large.components.front().tensors.push_back({"x", TensorDtype::f32, {std::int64_t{1} << 50}});
    try {
        write_random_model(large, folder_ / "large", {}, {});
        ADD_FAILURE() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::resource);
        EXPECT_THAT(error.what(), testing::HasSubstr("free"));
    }
    EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(RandomModel, HasNormalNumbersAndNoZero) {
    constexpr std::int64_t rows = 3000;
    constexpr std::int64_t columns = 400;
    const TensorShape tensor{"w.weight", TensorDtype::f32, {rows, columns}};
    std::vector<float> values;
    RandomWeights(1).make(
        tensor,
        [&](std::span<const std::byte> bytes) {
            const std::size_t before = values.size();
            values.resize(before + bytes.size() / sizeof(float));
            std::memcpy(values.data() + before, bytes.data(), bytes.size());
        },
        {}
    );
    ASSERT_EQ(values.size(), static_cast<std::size_t>(rows * columns));
    double sum = 0;
    double squares = 0;
    double fourths = 0;
    for (const float value : values) {
        ASSERT_NE(value, 0);
        sum += value;
        squares += double{value} * value;
        fourths += std::pow(double{value}, 4);
    }
    const auto count = static_cast<double>(values.size());
    EXPECT_NEAR(sum / count, 0, 2e-3 * 0.05);
    EXPECT_NEAR(squares / count * columns, 1, 0.01);
    EXPECT_NEAR(fourths / count / std::pow(squares / count, 2), 3, 0.1); // a normal distribution's
}

/// What half precision makes of the same numbers: at most its rounding away.
TEST_F(RandomModel, RoundsToHalfPrecision) {
    const auto made = [](TensorDtype dtype) {
        std::string bytes;
        RandomWeights(7).make(
            {"w.weight", dtype, {64, 128}},
            [&](std::span<const std::byte> part) {
                bytes.append(reinterpret_cast<const char*>(part.data()), part.size());
            },
            {}
        );
        return bytes;
    };
    const std::string wide = made(TensorDtype::f32);
    for (const auto& [dtype, digits, exponent_bits, bias] :
         {std::tuple{TensorDtype::bf16, 8, 8, 127}, std::tuple{TensorDtype::f16, 11, 5, 15}}) {
        const std::string half = made(dtype);
        ASSERT_EQ(half.size() * 2, wide.size());
        for (std::size_t i = 0; i < half.size() / 2; ++i) {
            float value = 0;
            std::uint16_t bits = 0;
            std::memcpy(&value, wide.data() + 4 * i, 4);
            std::memcpy(&bits, half.data() + 2 * i, 2);
            const int mantissa_bits = 15 - exponent_bits;
            const int exponent = ((bits >> mantissa_bits) & ((1 << exponent_bits) - 1)) - bias;
            const double mantissa = 1 + (bits & ((1 << mantissa_bits) - 1)) / std::pow(2.0, mantissa_bits);
            const double decoded = ((bits & 0x8000) != 0 ? -1 : 1) * std::ldexp(mantissa, exponent);
            ASSERT_LE(std::abs(decoded - value), std::abs(value) * std::pow(2.0, -digits) + 1e-9) << i;
        }
    }
}

} // namespace
} // namespace rushes
