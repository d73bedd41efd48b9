#include "base/atomic_file.h"
#include "base/error.h"
#include "nn/weights/convert_weights.h"
#include "nn/weights/safetensors.h"
#include "nn/weights/safetensors_writer.h"
#include "nn/weights/weight_store.h"
#include "support/parity.h"
#include "support/tensor_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>
#include <nlohmann/json.hpp>
#include <stop_token>
#include <unistd.h>

#include <ATen/ATen.h>

namespace rushes {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class ConvertWeights : public testing::Test {
protected:
    ConvertWeights() { fs::create_directories(folder_); }

    ~ConvertWeights() override { fs::remove_all(folder_); }

    std::string refusal(const fs::path& source, const fs::path& target) const {
        try {
            convert_weights(source, target, {}, {});
        } catch (const Error& error) {
            return error.what();
        }
        return "no error";
    }

    std::size_t files() const {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(folder_), fs::directory_iterator())
        );
    }

    const fs::path folder_ = fs::temp_directory_path() / ("rushes-convert-" + std::to_string(::getpid()));
};

TEST_F(ConvertWeights, WritesWhatTorchSavedAsSafetensors) {
    const fs::path source = test::fixture_path("weights/nested.pt");
    const SafetensorsFile expected(test::fixture_path("weights/nested.safetensors"));
    std::vector<double> shares;
    convert_weights(source, folder_ / "out.safetensors", [&](double share) { shares.push_back(share); }, {});
    convert_weights(source, folder_ / "out", {}, {});
    EXPECT_TRUE(std::ranges::is_sorted(shares));
    EXPECT_DOUBLE_EQ(shares.back(), 1);
    EXPECT_EQ(describe_conversion(source).tensors, expected.header().tensors.size());
    for (const fs::path& written : {folder_ / "out.safetensors", folder_ / "out" / "model.safetensors"}) {
        const SafetensorsFile file(written);
        EXPECT_EQ(file.header().tensors.size(), expected.header().tensors.size());
        for (const TensorEntry& entry : expected.header().tensors) {
            const at::Tensor made = file.tensor(entry.name);
            EXPECT_EQ(made.scalar_type(), scalar_type(entry.dtype)) << entry.name;
            EXPECT_TRUE(at::equal(made.to(at::kDouble), expected.tensor(entry.name).to(at::kDouble)))
                << entry.name;
        }
    }
    EXPECT_EQ(files(), 2u);
}

TEST_F(ConvertWeights, OverwritesNothingAndLeavesNothingBehind) {
    const fs::path source = test::fixture_path("weights/nested.pt");
    write_file(folder_ / "a.safetensors", "mine");
    EXPECT_THAT(refusal(source, folder_ / "a.safetensors"), HasSubstr("nothing is overwritten"));
    EXPECT_EQ(read_file(folder_ / "a.safetensors"), "mine");
    EXPECT_THAT(refusal(source, folder_), HasSubstr("nothing is overwritten"));
    std::stop_source stopped;
    stopped.request_stop();
    EXPECT_THROW(convert_weights(source, folder_ / "b.safetensors", {}, stopped.get_token()), Stopped);
    EXPECT_THROW(convert_weights(source, folder_ / "b", {}, stopped.get_token()), Stopped);
    EXPECT_THAT(refusal(source, folder_ / "no" / "such" / "c.safetensors"), HasSubstr("cannot be written"));
    EXPECT_EQ(files(), 1u);
}

TEST_F(ConvertWeights, RefusesWhatSafetensorsCannotHold) {
    EXPECT_THAT(
        refusal(test::fixture_path("weights/blocks.gguf"), folder_ / "a.safetensors"),
        testing::AllOf(HasSubstr("has no type for"), HasSubstr("Q"))
    );
    test::write_safetensors(
        folder_ / "nan.safetensors", {{"w", at::full({3}, std::numeric_limits<float>::quiet_NaN())}}
    );
    EXPECT_THAT(
        refusal(folder_ / "nan.safetensors", folder_ / "b.safetensors"),
        testing::AllOf(HasSubstr("'w'"), HasSubstr("not finite"))
    );
    EXPECT_EQ(files(), 1u);
}

TEST(ShardPlans, CutBetweenTensorsAndSayWhere) {
    const std::vector<TensorShape> tensors{
        {"a", TensorDtype::f32, {10}},
        {"b", TensorDtype::f32, {10}},
        {"c", TensorDtype::bf16, {100}},
        {"d", TensorDtype::f32, {1}}
    };
    EXPECT_EQ(plan_shards(tensors, "model", 1000).shards.size(), 1u);
    EXPECT_EQ(plan_shards(tensors, "model", 1000).shards[0].file, "model.safetensors");
    const ShardPlan plan = plan_shards(tensors, "model", 100);
    ASSERT_EQ(plan.shards.size(), 3u); // c alone is larger than a shard
    EXPECT_EQ(plan.shards[0].tensors.size(), 2u);
    EXPECT_EQ(plan.shards[2].file, "model-00003-of-00003.safetensors");
    const auto index = nlohmann::json::parse(plan.index);
    EXPECT_EQ(index["weight_map"]["c"], "model-00002-of-00003.safetensors");
    EXPECT_EQ(index["metadata"]["total_size"], 284);
}

} // namespace
} // namespace rushes
