#include "base/atomic_file.h"
#include "base/error.h"
#include "nn/layers.h"
#include "nn/weights/safetensors.h"
#include "nn/weights/weight_store.h"
#include "nn/work_unit.h"
#include "support/message_of.h"
#include "support/parity.h"
#include "support/safetensors_bytes.h"
#include "support/work_counter.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stop_token>
#include <string>
#include <unistd.h>
#include <vector>

#include <ATen/ATen.h>

namespace rushes {
namespace {

using test::message_of;
using test::safetensors_bytes;
using testing::HasSubstr;

class WeightsTest : public testing::Test {
protected:
    WeightsTest()
        : directory(
              std::filesystem::temp_directory_path() / ("rushes-weights-" + std::to_string(::getpid()))
          ) {
        std::filesystem::create_directories(directory);
    }

    ~WeightsTest() override { std::filesystem::remove_all(directory); }

    void write(const std::string& name, const std::string& bytes) { write_file(directory / name, bytes); }

    const std::filesystem::path directory;
};

std::string floats(const std::vector<float>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
}

/// Two tensors: block.0.weight [2, 3] = 1..6 and block.0.bias [2] = 7, 8.
std::string two_tensors() {
    return safetensors_bytes(
        R"({"block.0.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"block.0.bias":{"dtype":"F32","shape":[2],"data_offsets":[24,32]}})",
        floats({1, 2, 3, 4, 5, 6, 7, 8})
    );
}

/// Kilobytes of files that the process has in memory.
std::int64_t resident_file_kilobytes() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("RssFile:")) {
            return std::stoll(line.substr(std::string("RssFile:").size()));
        }
    }
    return 0;
}

TEST_F(WeightsTest, OfWhatWasConvertedTheFileDoesNotStayInMemoryToo) {
    constexpr std::int64_t numbers = std::int64_t{16} << 20;
    at::manual_seed(3);
    const at::Tensor half = at::randn({numbers}).to(at::kHalf);
    std::string bytes(static_cast<const char*>(half.const_data_ptr()), half.nbytes());
    write(
        "model.safetensors",
        safetensors_bytes(
            R"({"w":{"dtype":"F16","shape":[16777216],"data_offsets":[0,33554432]}})", std::move(bytes)
        )
    );
    const std::int64_t before = resident_file_kilobytes();
    const WeightStore store(directory / "model.safetensors", {});
    const at::Tensor weight = store.root().tensor("w", {numbers});
    EXPECT_LT(resident_file_kilobytes() - before, 8 << 10) << "of 32 MB";
    EXPECT_TRUE(at::equal(weight, half.to(at::kFloat)));
    EXPECT_TRUE(at::equal(store.root().tensor("w", {numbers}), weight)) << "read once more";
}

TEST_F(WeightsTest, OfAViewThatNobodyHoldsAnyMoreTheFileDoesNotStayInMemory) {
    constexpr std::int64_t numbers = std::int64_t{8} << 20;
    const at::Tensor ones = at::ones({numbers});
    std::string bytes(static_cast<const char*>(ones.const_data_ptr()), ones.nbytes());
    write(
        "model.safetensors",
        safetensors_bytes(
            R"({"w":{"dtype":"F32","shape":[8388608],"data_offsets":[0,33554432]}}     )", std::move(bytes)
        )
    );
    const std::int64_t before = resident_file_kilobytes();
    const WeightStore store(directory / "model.safetensors", {});
    at::Tensor view = store.root().tensor("w", {numbers});
    EXPECT_EQ(view.sum().item<float>(), static_cast<float>(numbers));
    EXPECT_GT(resident_file_kilobytes() - before, 28 << 10) << "it is the file";
    view.reset();
    EXPECT_LT(resident_file_kilobytes() - before, 8 << 10) << "of 32 MB";
    EXPECT_TRUE(at::equal(store.root().tensor("w", {numbers}), ones)) << "read once more";
}

TEST_F(WeightsTest, ViewsShowTheFileWithoutACopy) {
    write("model.safetensors", two_tensors());
    at::Tensor weight;
    {
        const WeightStore store(directory);
        const Weights block = store.root()["block"][0];
        EXPECT_TRUE(block.has("weight"));
        EXPECT_FALSE(block.has("scale"));
        weight = block.tensor("weight", {2, 3});
        const at::Tensor again = block.tensor("weight", {2, 3});
        EXPECT_EQ(weight.const_data_ptr(), again.const_data_ptr());
    }
    // The mapping lives as long as a tensor of it.
    EXPECT_TRUE(at::equal(weight, at::arange(1, 7, at::kFloat).view({2, 3})));
}

TEST_F(WeightsTest, EveryTypeIsRead) {
    const std::array types{
        at::kDouble,
        at::kFloat,
        at::kHalf,
        at::kBFloat16,
        at::kFloat8_e4m3fn,
        at::kFloat8_e5m2,
        at::kLong,
        at::kInt,
        at::kShort,
        at::kChar,
        at::kByte,
        at::kBool
    };
    const std::array names{
        "F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2", "I64", "I32", "I16", "I8", "U8", "BOOL"
    };
    for (std::size_t i = 0; i < types.size(); ++i) {
        const at::Tensor value = at::tensor({1.0, 0.0, 1.0}).to(types[i]);
        const std::string data(static_cast<const char*>(value.const_data_ptr()), value.nbytes());
        write(
            "one.safetensors",
            safetensors_bytes(
                std::string(R"({"x":{"dtype":")") + names[i] + R"(","shape":[3],"data_offsets":[0,)" +
                    std::to_string(data.size()) + "]}}",
                data
            )
        );
        const at::Tensor read = SafetensorsFile(directory / "one.safetensors").tensor("x");
        EXPECT_EQ(read.scalar_type(), types[i]);
        EXPECT_TRUE(at::equal(read.to(at::kDouble), value.to(at::kDouble))) << names[i];
    }
}

TEST_F(WeightsTest, MisalignedAndEmptyTensorsAreRead) {
    write(
        "odd.safetensors",
        safetensors_bytes(
            R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"F32","shape":[2],"data_offsets":[1,9]},"none":{"dtype":"F32","shape":[0,4],"data_offsets":[1,1]},"one":{"dtype":"F32","shape":[],"data_offsets":[9,13]}})",
            "x" + floats({2.5F, -1, 42})
        )
    );
    const SafetensorsFile file(directory / "odd.safetensors");
    EXPECT_TRUE(at::equal(file.tensor("b"), at::tensor({2.5F, -1.0F})));
    EXPECT_EQ(file.tensor("none").sizes(), at::IntArrayRef({0, 4}));
    EXPECT_EQ(file.tensor("one").item<float>(), 42);
    EXPECT_THAT(message_of([&] { file.tensor("c"); }), HasSubstr("holds no tensor 'c'"));
}

TEST_F(WeightsTest, ConvertsToTheTypeAskedFor) {
    write("model.safetensors", two_tensors());
    const WeightStore store(directory, {.dtype = at::kBFloat16});
    EXPECT_EQ(store.root()["block"][0].tensor("bias", {2}).scalar_type(), at::kBFloat16);
    const Weights wide = store.root().as(at::kDouble)["block"][0];
    EXPECT_EQ(wide.tensor("bias", {2}).scalar_type(), at::kDouble);
}

TEST_F(WeightsTest, WrongShapeAndMissingKeySayWhatWasWanted) {
    write("model.safetensors", two_tensors());
    const WeightStore store(directory);
    const Weights block = store.root()["block"][0];
    const std::string shape = message_of([&] { block.tensor("weight", {3, 2}); });
    EXPECT_THAT(shape, testing::AllOf(HasSubstr("block.0.weight"), HasSubstr("[2, 3]"), HasSubstr("[3, 2]")));
    EXPECT_THAT(message_of([&] { block.tensor("gain", {3}); }), HasSubstr("lacks the tensor 'block.0.gain'"));
    // And what to do.
    const auto hint_of = [](const auto& act) -> std::string {
        try {
            act();
            return "accepted";
        } catch (const Error& error) {
            return error.hint();
        }
    };
    EXPECT_THAT(hint_of([&] { block.tensor("weight", {3, 2}); }), HasSubstr("from the same page"));
    EXPECT_THAT(hint_of([&] { block.tensor("gain", {3}); }), HasSubstr("download it again"));
}

TEST_F(WeightsTest, KeysThatNobodyReadAreUnexpected) {
    write("model.safetensors", two_tensors());
    const WeightStore store(directory);
    store.root()["block"][0].tensor("weight", {2, 3});
    EXPECT_EQ(store.unused(), std::vector<std::string>{"block.0.bias"});
    EXPECT_THAT(message_of([&] { store.expect_all_used(); }), HasSubstr("block.0.bias"));
    constexpr std::array<std::string_view, 1> allowed{"bias"};
    constexpr std::array<std::string_view, 1> part_of_a_name{"bia"};
    EXPECT_NO_THROW(store.expect_all_used(allowed));
    EXPECT_THROW(store.expect_all_used(part_of_a_name), Error);
}

TEST_F(WeightsTest, ReportsProgressAndStops) {
    write("model.safetensors", two_tensors());
    std::vector<double> fractions;
    std::stop_source stop;
    const WeightStore store(
        directory, {.progress = [&](double f) { fractions.push_back(f); }, .stop = stop.get_token()}
    );
    const Weights block = store.root()["block"][0];
    block.tensor("weight", {2, 3});
    block.tensor("weight", {2, 3});
    block.tensor("bias", {2});
    EXPECT_EQ(fractions, (std::vector<double>{0.75, 0.75, 1.0}));
    stop.request_stop();
    EXPECT_THROW(block.tensor("bias", {2}), Stopped);
}

TEST_F(WeightsTest, ReadingAgainHasProgressAndAStopOfItsOwn) {
    write("model.safetensors", two_tensors());
    int before = 0;
    std::stop_source stop;
    const WeightStore store(directory, {.progress = [&](double) { ++before; }, .stop = stop.get_token()});
    const Weights block = store.root()["block"][0];
    block.tensor("weight", {2, 3});
    block.tensor("bias", {2});
    store.expect_all_used();
    stop.request_stop(); // whoever loaded the model is gone
    block.tensor("bias", {2});
    EXPECT_EQ(before, 2);
    std::vector<double> fractions;
    std::stop_source again;
    store.read_again([&](double f) { fractions.push_back(f); }, again.get_token());
    block.tensor("weight", {2, 3});
    EXPECT_EQ(fractions, std::vector<double>{0.75});
    again.request_stop();
    EXPECT_THROW(block.tensor("bias", {2}), Stopped);
}

/// Stops while the second part of a tensor of three parts is converted.
TEST_F(WeightsTest, StopsWithinALargeTensor) {
    const std::int64_t rows = 3 * (unit_numbers / 4096);
    const std::uint64_t bytes = static_cast<std::uint64_t>(rows) * 4096 * 2;
    write(
        "model.safetensors",
        safetensors_bytes(
            R"({"x":{"dtype":"BF16","shape":[)" + std::to_string(rows) + R"(,4096],"data_offsets":[0,)" +
                std::to_string(bytes) + "]}}",
            std::string()
        )
    );
    const std::filesystem::path file = directory / "model.safetensors";
    std::filesystem::resize_file(file, std::filesystem::file_size(file) + bytes); // a hole: zeros
    std::stop_source stop;
    const WeightStore store(directory, {.stop = stop.get_token()});
    std::vector<std::int64_t> copies;
    const test::CallWatch watch([&](std::string_view name, test::CallWatch::Inputs inputs) {
        if (name == "aten::copy_") {
            copies.push_back(inputs[0].toTensor().numel());
            if (copies.size() == 2) {
                stop.request_stop();
            }
        }
    });
    EXPECT_THROW(store.root().tensor("x", {rows, 4096}), Stopped);
    EXPECT_EQ(copies, std::vector<std::int64_t>(2, unit_numbers));
}

TEST_F(WeightsTest, ATableStaysAsItIsStored) {
    write("model.safetensors", two_tensors());
    const WeightStore store(directory, {.dtype = at::kDouble});
    const Weights block = store.root()["block"][0];
    const StoredWeight table = block.table("weight", {2, 3});
    EXPECT_EQ(table.data.scalar_type(), at::kFloat);
    EXPECT_TRUE(at::equal(
        table.rows(std::array<std::int64_t, 3>{1, 0, 1}),
        at::tensor({4, 5, 6, 1, 2, 3, 4, 5, 6}, at::kDouble).view({3, 3})
    ));
    EXPECT_EQ(store.unused(), std::vector<std::string>{"block.0.bias"});
    EXPECT_THROW(block.table("weight", {3, 2}), Error);
}

TEST_F(WeightsTest, ReadsShardsThroughTheirIndex) {
    const auto shard = [](const std::string& key, float value) {
        return safetensors_bytes(
            R"({")" + key + R"(":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", floats({value})
        );
    };
    write("a-00001-of-00002.safetensors", shard("x", 1));
    write("a-00002-of-00002.safetensors", shard("y", 2));
    const auto index = [&](const std::string& x, const std::string& y) {
        write(
            "diffusion_pytorch_model.safetensors.index.json",
            R"({"metadata":{"total_size":8},"weight_map":{"x":")" + x + R"(","y":")" + y + R"("}})"
        );
    };
    index("a-00001-of-00002.safetensors", "a-00002-of-00002.safetensors");
    const WeightStore store(directory);
    EXPECT_EQ(store.root().tensor("y", {1}).item<float>(), 2);
    EXPECT_EQ(index_weights(directory).bytes(), 8u);

    const auto message = [&] { return message_of([&] { index_weights(directory); }); };
    index("a-00001-of-00002.safetensors", "gone.safetensors");
    EXPECT_THAT(message(), HasSubstr("lacks the weight file 'gone.safetensors'"));
    index("a-00001-of-00002.safetensors", "a-00001-of-00002.safetensors");
    EXPECT_THAT(message(), HasSubstr("lacks the tensor 'y'"));
    for (const std::string name : {"../a.safetensors", "/etc/passwd", "..", ""}) {
        index("a-00001-of-00002.safetensors", name);
        EXPECT_THAT(message(), HasSubstr("points out of its folder")) << name;
    }
    write("diffusion_pytorch_model.safetensors.index.json", R"({"weight_map":[1]})");
    EXPECT_THAT(message(), HasSubstr("has no 'weight_map'"));
}

TEST_F(WeightsTest, ReadsWhatTorchSaves) {
    const std::filesystem::path file = test::fixture_path("weights/nested.pt");
    const SafetensorsFile expected(test::fixture_path("weights/nested.safetensors"));
    const WeightIndex index = index_weights(file);
    const MappedFile mapped(file);
    EXPECT_EQ(index.places.size(), expected.header().tensors.size());
    for (const TensorEntry& entry : expected.header().tensors) {
        ASSERT_TRUE(index.places.contains(entry.name)) << entry.name;
        const at::Tensor read = tensor_view(mapped, index.entry(index.places.at(entry.name)));
        const at::Tensor wanted = expected.tensor(entry.name);
        EXPECT_EQ(read.scalar_type(), wanted.scalar_type()) << entry.name;
        EXPECT_TRUE(at::equal(read.to(at::kDouble), wanted.to(at::kDouble))) << entry.name;
    }
    // A transposed matrix through the whole way, the nested dictionary chosen by its name.
    const WeightStore store(file, {.names = {.prefixes = {"nothing.", "generator."}, .maps = {}}});
    EXPECT_TRUE(at::equal(
        store.root()["transposed"].tensor("weight", {8, 6}), expected.tensor("generator.transposed.weight")
    ));
    EXPECT_FALSE(store.root().has("weight"));
}

TEST_F(WeightsTest, OldPicklesAreRefusedByName) {
    write("old.pt", std::string("\x80\x02\x8A\x0A\x6C\xFC", 6));
    EXPECT_THAT(message_of([&] { index_weights(directory / "old.pt"); }), HasSubstr("before version 1.6"));
}

TEST_F(WeightsTest, ADirectoryWithoutWeightsIsRefused) {
    write("diffusion_pytorch_model.bin", "pickle");
    EXPECT_THAT(message_of([&] { WeightStore store(directory); }), HasSubstr("holds no weights"));
    EXPECT_THAT(
        message_of([&] { SafetensorsFile file(directory / "gone.safetensors"); }), HasSubstr("cannot be read")
    );
    EXPECT_THAT(message_of([&] { SafetensorsFile file(directory); }), HasSubstr("is not a file"));
}

TEST_F(WeightsTest, ALinearLayerTakesAnyNumberOfRows) {
    const at::Tensor weight = at::randn({37, 19});
    const at::Tensor bias = at::randn({37});
    for (const std::int64_t rows : {1, 2, 13, 600}) {
        const at::Tensor x = at::randn({rows, 21}).narrow(1, 1, 19); // rows lie apart
        const at::Tensor product = at::matmul(x.to(at::kDouble), weight.to(at::kDouble).t()).to(at::kFloat);
        EXPECT_PARITY(Linear(weight, bias).forward(x), product + bias, 1e-5) << rows << " rows";
        EXPECT_PARITY(Linear(weight, {}).forward(x), product, 1e-5) << rows << " rows";
    }
}

TEST_F(WeightsTest, LayersComputeWhatTheirNamesSay) {
    write("model.safetensors", two_tensors());
    const Weights block = WeightStore(directory).root()["block"][0];
    const Linear linear(block, 3, 2);
    EXPECT_TRUE(at::equal(linear.forward(at::tensor({1.0F, 0.0F, 2.0F})), at::tensor({14.0F, 24.0F})));

    const at::Tensor x = at::randn({4, 2}, at::kFloat);
    RmsNorm rms;
    rms.weight = at::tensor({0.5F, 2.0F});
    EXPECT_PARITY(rms.forward(x), x / (x * x).mean(1, true).add(1e-6).sqrt() * rms.weight, 1e-6);
    rms.rounding = GainRounding::before_gain;
    EXPECT_PARITY(rms.forward(x), x / (x * x).mean(1, true).add(1e-6).sqrt() * rms.weight, 1e-6);
    const at::Tensor centred = x - x.mean(1, true);
    EXPECT_PARITY(
        LayerNorm(2, 1e-6).forward(x), centred / (centred * centred).mean(1, true).add(1e-6).sqrt(), 1e-5
    );
    EXPECT_EQ(LayerNorm(2, 1e-6).forward(x.to(at::kBFloat16)).scalar_type(), at::kBFloat16);
}

} // namespace
} // namespace rushes
