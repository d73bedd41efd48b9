// Weights in fewer bits: what comes out is what the format's definition says, alone and in a layer.
#include "base/atomic_file.h"
#include "base/error.h"
#include "nn/layers.h"
#include "nn/weights/safetensors.h"
#include "nn/weights/weight_store.h"
#include "support/message_of.h"
#include "support/parity.h"
#include "support/tensor_file.h"

#include <array>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>
#include <string>
#include <unistd.h>

#include <ATen/ATen.h>

namespace rushes {
namespace {

using test::message_of;
using testing::HasSubstr;

class WeightFormats : public testing::Test {
protected:
    WeightFormats()
        : directory_(
              std::filesystem::temp_directory_path() / ("rushes-formats-" + std::to_string(::getpid()))
          ) {
        std::filesystem::create_directories(directory_);
    }

    ~WeightFormats() override { std::filesystem::remove_all(directory_); }

    WeightStore store(const test::NamedTensors& tensors, at::ScalarType dtype = at::kFloat) const {
        test::write_safetensors(directory_ / "model.safetensors", tensors);
        return WeightStore(directory_, {.dtype = dtype});
    }

    std::filesystem::path directory_;
};

at::Tensor fp8_of(const at::Tensor& values, const at::Tensor& scale) {
    return (values / scale).to(at::kFloat8_e4m3fn);
}

class Gguf : public testing::TestWithParam<std::string> {
protected:
    const WeightStore store_{test::fixture_path("weights/blocks.gguf")};
    const at::Tensor expected_ =
        SafetensorsFile(test::fixture_path("weights/blocks.safetensors")).tensor(GetParam() + ".weight");
};

TEST_P(Gguf, GivesTheNumbersOfTheReference) {
    EXPECT_TRUE(at::equal(store_.root()[GetParam()].tensor("weight", expected_.sizes()), expected_));
}

TEST_P(Gguf, ALinearLayerMultipliesWithTheSameNumbers) {
    const std::int64_t in = expected_.size(1);
    const at::Tensor x = at::randn({5, in});
    const Linear linear(store_.root()[GetParam()], in, expected_.size(0), Bias::no);
    EXPECT_PARITY(linear.forward(x), at::linear(x, expected_), 1e-5);
}

TEST_P(Gguf, RowsAreLookedUpAlone) {
    const StoredWeight table = store_.root()[GetParam()].table("weight", expected_.sizes());
    const std::array<std::int64_t, 3> ids{4, 0, 4};
    EXPECT_TRUE(at::equal(table.rows(ids), expected_.index_select(0, at::tensor({4, 0, 4}))));
}

INSTANTIATE_TEST_SUITE_P(
    Types,
    Gguf,
    testing::Values("Q8_0", "Q6_K", "Q5_K", "Q4_K", "Q4_0", "F16", "BF16", "F32"),
    [](const auto& test_info) { return test_info.param; }
);

TEST_F(WeightFormats, AGgufTensorOfFoldedDimensionsHasItsOwnShape) {
    const at::Tensor expected =
        SafetensorsFile(test::fixture_path("weights/blocks.safetensors")).tensor("folded.weight");
    const WeightStore gguf(test::fixture_path("weights/blocks.gguf"));
    EXPECT_TRUE(at::equal(gguf.root()["folded"].tensor("weight", {2, 3, 1, 4, 64}), expected));
}

TEST_F(WeightFormats, QuantisedLayersStayCompactAndStack) {
    const Weights gguf = WeightStore(test::fixture_path("weights/blocks.gguf")).root();
    EXPECT_EQ(gguf["Q4_K"].weight("weight", {6, 512}).data.nbytes(), 6u * 512 / 256 * 144);
    const std::array layers{gguf["Q4_K"], gguf["Q8_0"]};
    const SafetensorsFile expected(test::fixture_path("weights/blocks.safetensors"));
    const at::Tensor both = at::cat({expected.tensor("Q4_K.weight"), expected.tensor("Q8_0.weight")});
    const at::Tensor x = at::randn({3, 512});
    EXPECT_PARITY(Linear::stacked(layers, 512, 6, Bias::no).forward(x), at::linear(x, both), 1e-5);
}

/// ComfyUI's two generations of keys; one scale, or one for each row as others write.
TEST_F(WeightFormats, ScaledFp8IsScaled) {
    const at::Tensor values = at::randn({6, 8});
    const at::Tensor x = at::randn({4, 8});
    const at::Tensor bias = at::randn({6});
    const at::Tensor one = at::tensor(0.05F);
    const at::Tensor rows = at::rand({6, 1}) + 0.5;
    for (const char* key : {"scale_weight", "weight_scale"}) {
        for (const at::Tensor& scale : {one, rows}) {
            const at::Tensor stored = fp8_of(values, scale);
            const WeightStore weights = store(
                {{"a.weight", stored},
                 {std::string("a.") + key, scale},
                 {"a.scale_input", one},
                 {"a.bias", bias},
                 {"scaled_fp8", at::zeros({2}).to(at::kFloat8_e4m3fn)}}
            );
            const Linear linear(weights.root()["a"], 8, 6);
            const at::Tensor dense = stored.to(at::kFloat) * scale;
            EXPECT_PARITY(linear.forward(x), at::linear(x, dense, bias), 1e-5) << key;
            EXPECT_TRUE(at::equal(weights.root()["a"].tensor("weight", {6, 8}), dense)) << key;
            EXPECT_NO_THROW(weights.expect_all_used());
            EXPECT_EQ(weights.root()["a"].weight("weight", {6, 8}).data.scalar_type(), at::kFloat8_e4m3fn);
        }
    }
}

/// Three bits of mantissa: half a step is a sixteenth of the number, and at the bottom of the range, which
/// the row's scale lays out from its largest number down, 2^-10 of a scale.
TEST_F(WeightFormats, LayersOfBlocksAreRoundedToFp8RowByRow) {
    at::Tensor values = at::randn({6, 8}) * at::tensor({1.F, 100.F, 1e-4F, 0.F, 1.F, 7.F}).view({6, 1});
    test::write_safetensors(
        directory_ / "model.safetensors", {{"blocks.0.a.weight", values}, {"proj.weight", values}}
    );
    const WeightStore weights(directory_, {.dtype = at::kFloat, .fp8_layers = true});
    const StoredWeight kept = weights.root()["blocks"][0]["a"].weight("weight", {6, 8});
    EXPECT_EQ(kept.data.scalar_type(), at::kFloat8_e4m3fn);
    const at::Tensor off = (kept.dense() - values).abs();
    const at::Tensor smallest = values.abs().amax(1, true) / 448 / 1024;
    EXPECT_TRUE((off <= at::maximum(values.abs() / 16, smallest) * 1.0001).all().item<bool>()) << off;
    EXPECT_GT(off.max().item<float>(), 0);
    EXPECT_TRUE(at::equal(weights.root()["blocks"][0]["a"].tensor("weight", {6, 8}), values))
        << "what is no layer's matrix stays";
    EXPECT_TRUE(at::equal(weights.root()["proj"].weight("weight", {6, 8}).data, values))
        << "and so does what is outside of the blocks";
    EXPECT_PARITY(
        Linear(weights.root()["blocks"][0]["a"], 8, 6, Bias::no).forward(values),
        at::linear(values, kept.dense()),
        1e-5
    );
}

TEST_F(WeightFormats, Fp8WithoutAScaleIsTakenAsItIs) {
    const at::Tensor stored = at::randn({6, 8}).to(at::kFloat8_e5m2);
    const WeightStore weights = store({{"a.weight", stored}}, at::kBFloat16);
    const at::Tensor x = at::randn({4, 8}, at::kBFloat16);
    EXPECT_TRUE(at::equal(
        Linear(weights.root()["a"], 8, 6, Bias::no).forward(x), at::linear(x, stored.to(at::kBFloat16))
    ));
}

TEST_F(WeightFormats, AScaleOfAnotherShapeIsRefused) {
    const WeightStore weights =
        store({{"a.weight", at::ones({6, 8}).to(at::kFloat8_e4m3fn)}, {"a.scale_weight", at::ones({3})}});
    EXPECT_THAT(
        message_of([&] { Linear(weights.root()["a"], 8, 6, Bias::no); }),
        testing::AllOf(HasSubstr("a.scale_weight"), HasSubstr("one for each of 6 rows"))
    );
}

/// The last number of a tensor, in each type that can hold it.
TEST_F(WeightFormats, NumbersThatAreNotFiniteAreNamed) {
    for (const auto dtype :
         {at::kDouble, at::kFloat, at::kHalf, at::kBFloat16, at::kFloat8_e4m3fn, at::kFloat8_e5m2}) {
        for (const double bad :
             {std::numeric_limits<double>::quiet_NaN(), -std::numeric_limits<double>::infinity()}) {
            at::Tensor values = at::randn({3, 5}).clamp(-3, 3);
            const WeightStore sound = store({{"blocks.0.weight", values.to(dtype)}});
            EXPECT_NO_THROW(sound.root()["blocks"][0].tensor("weight", {3, 5}));
            values[2][4] = bad;
            const WeightStore broken = store({{"blocks.0.weight", values.to(dtype)}});
            EXPECT_THAT(
                message_of([&] { broken.root()["blocks"][0].tensor("weight", {3, 5}); }),
                testing::AllOf(HasSubstr("'blocks.0.weight'"), HasSubstr("not finite"))
            ) << at::toString(dtype)
              << bad;
            EXPECT_THAT(
                message_of([&] {
                    broken.root()["blocks"][0].table("weight", {3, 5}).rows(std::array<std::int64_t, 1>{2});
                }),
                HasSubstr("not finite")
            );
        }
    }
}

/// As query, key and value do in the files of others, of blocks and of fp8 with its scale.
TEST_F(WeightFormats, PartsOfWhatLiesTogetherAreItsRows) {
    const auto parts_of = [](const std::string& whole) {
        return WeightNames{
            .prefixes = {}, .maps = {{.marker = whole, .rules = {}, .splits = {{whole, {{"a"}, {"b", 2}}}}}}
        };
    };
    const auto expect_rows = [](const WeightStore& weights, const at::Tensor& whole) {
        const std::int64_t width = whole.size(1);
        EXPECT_TRUE(at::equal(weights.root()["a"].tensor("weight", {2, width}), whole.narrow(0, 0, 2)));
        EXPECT_TRUE(at::equal(weights.root()["b"].tensor("weight", {4, width}), whole.narrow(0, 2, 4)));
    };
    for (const std::string format : {"Q5_K", "Q8_0"}) {
        expect_rows(
            WeightStore(test::fixture_path("weights/blocks.gguf"), {.names = parts_of(format)}),
            SafetensorsFile(test::fixture_path("weights/blocks.safetensors")).tensor(format + ".weight")
        );
    }
    const at::Tensor scale = at::tensor(0.25F);
    const at::Tensor stored = fp8_of(at::randn({6, 8}), scale);
    test::write_safetensors(
        directory_ / "model.safetensors", {{"qkv.weight", stored}, {"qkv.scale_weight", scale}}
    );
    expect_rows(WeightStore(directory_, {.names = parts_of("qkv")}), stored.to(at::kFloat) * scale);
}

TEST_F(WeightFormats, ALoraIsAddedToWhatTheBlocksMean) {
    const WeightStore gguf(test::fixture_path("weights/blocks.gguf"));
    const at::Tensor up = at::randn({6, 2});
    const at::Tensor down = at::randn({2, 512});
    test::write_safetensors(
        directory_ / "lora.safetensors", {{"Q5_K.lora_B.weight", up}, {"Q5_K.lora_A.weight", down}}
    );
    gguf.use_loras(std::array{LoraUse{directory_ / "lora.safetensors", -2}});
    const at::Tensor dense =
        SafetensorsFile(test::fixture_path("weights/blocks.safetensors")).tensor("Q5_K.weight") -
        2 * at::matmul(up, down);
    const at::Tensor x = at::randn({3, 512});
    EXPECT_PARITY(Linear(gguf.root()["Q5_K"], 512, 6, Bias::no).forward(x), at::linear(x, dense), 1e-5);
    const std::array<std::int64_t, 2> ids{5, 1};
    EXPECT_PARITY(
        gguf.root()["Q5_K"].table("weight", {6, 512}).rows(ids),
        dense.index_select(0, at::tensor({5, 1})),
        1e-5
    );
}

TEST_F(WeightFormats, BrokenScalesOfBlocksAreNamed) {
    const std::filesystem::path fixture = test::fixture_path("weights/blocks.gguf");
    const WeightIndex index = index_weights(fixture);
    for (const auto& [name, at] : std::map<std::string, std::uint64_t>{
             {"Q8_0", 0}, {"Q4_0", 0}, {"Q4_K", 2}, {"Q5_K", 0}, {"Q6_K", 208}
         }) {
        std::string bytes = read_file(fixture);
        const TensorEntry& entry = index.entry(index.places.at(name + ".weight"));
        const std::uint64_t last = entry.offset + entry.bytes - dtype_bytes(entry.dtype) + at;
        bytes[last] = 0;
        bytes[last + 1] = 0x7C; // infinity
        write_file(directory_ / "broken.gguf", bytes);
        const WeightStore broken(directory_ / "broken.gguf");
        EXPECT_THAT(
            message_of([&] { broken.root()[name].weight("weight", {6, 512}); }),
            testing::AllOf(HasSubstr("'" + name + ".weight'"), HasSubstr("not finite"))
        );
    }
}

} // namespace
} // namespace rushes
