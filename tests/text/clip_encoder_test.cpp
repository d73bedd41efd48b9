// Against CLIPTextModel of transformers, and the mistakes that must not pass.
#include "base/error.h"
#include "support/parity.h"
#include "text/clip_encoder.h"

#include <algorithm>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iostream>
#include <string>
#include <vector>

#include <ATen/ATen.h>

namespace rushes {
namespace {

constexpr double tolerance = 1e-5;

class ClipEncoders : public testing::TestWithParam<std::string> {
protected:
    std::filesystem::path directory() const { return test::fixture_path("clip/" + GetParam()); }

    std::vector<std::int64_t> ids(const std::string& name) const {
        const at::Tensor tensor = trace_.tensor(name + ".ids").contiguous();
        const auto* const begin = tensor.const_data_ptr<std::int64_t>();
        return {begin, begin + tensor.numel()};
    }

    PromptChunk chunk(const std::string& name) const {
        PromptChunk result{ids(name), std::vector<float>(77, 1.0F)};
        result.weights[2] = result.weights[3] = 1.3F;
        result.weights[4] = 0.5F;
        result.weights[5] = 1.21F;
        return result;
    }

    at::Tensor exact(const std::string& name) const { return trace_.tensor(name + ".f64"); }

    /// fp32 rounds as the processor's vector units have it: ours may be as far off as the reference's own,
    /// twice for another processor's.
    double allowed(const std::string& name) const {
        return std::max(tolerance, 2 * test::parity_error(trace_.tensor(name), exact(name)));
    }

    void expectAgreement(const at::Tensor& ours, const std::string& name) {
        EXPECT_PARITY(ours, exact(name), allowed(name)) << name;
        worst_ = std::max(worst_, test::parity_error(ours, exact(name)) / allowed(name));
    }

    double worst_ = 0; ///< of what is allowed

    SafetensorsFile trace_{test::fixture_path("clip/" + GetParam() + "/trace.safetensors")};
};

INSTANTIATE_TEST_SUITE_P(Clip, ClipEncoders, testing::Values("large", "huge"));

TEST_P(ClipEncoders, AgreeWithTheReference) {
    const ClipEncoder encoder = load_clip_encoder(directory());
    for (const std::string name : {"short", "long"}) {
        const auto text = ids(name);
        const at::Tensor hidden = encoder.forward(text);
        expectAgreement(hidden, name + ".last");
        expectAgreement(encoder.forward(text, 1), name + ".skip1");
        expectAgreement(encoder.forward(text, 2), name + ".skip2");
        expectAgreement(encoder.pooled(text, hidden), name + ".pooled");
    }
    std::cout << "| CLIP " << GetParam() << ", states, of what is allowed | " << worst_ << " | 1 |\n";
}

TEST_P(ClipEncoders, AgreeInFp64) {
    const ClipEncoder encoder = load_clip_encoder(directory(), {.dtype = at::kDouble});
    for (const std::string name : {"short", "long"}) {
        EXPECT_PARITY(encoder.forward(ids(name)), exact(name + ".last"), 1e-12);
    }
}

TEST_P(ClipEncoders, WeighPiecesAndKeepTheMean) {
    const ClipEncoder encoder = load_clip_encoder(directory());
    const std::vector chunks{chunk("short"), chunk("long")};
    const at::Tensor embedded = embed_chunks(encoder, chunks);
    ASSERT_EQ(embedded.size(1), 154);
    expectAgreement(embedded.narrow(1, 0, 77), "short.weighed");
    expectAgreement(embedded.narrow(1, 77, 77), "long.weighed");
    const std::vector plain{PromptChunk{ids("short"), std::vector<float>(77, 1.0F)}};
    EXPECT_TRUE(at::equal(embed_chunks(encoder, plain), encoder.forward(ids("short"))));
}

TEST_P(ClipEncoders, MistakesAreSeen) {
    const WeightStore store(directory());
    const ClipConfig config = read_clip_config(directory());
    const auto error = [&](const ClipConfig& wrong, const std::vector<std::int64_t>& text) {
        return test::parity_error(ClipEncoder(store.root(), wrong).forward(text), exact("short.last"));
    };
    const auto text = ids("short");
    const double error_allowed = allowed("short.last");
    ASSERT_LT(error(config, text), error_allowed);
    const std::vector<std::pair<std::string, std::function<void(ClipConfig&)>>> mistakes{
        {"the other GELU",
         [](ClipConfig& c) {
             const bool quick = c.activation == ClipConfig::Activation::quick_gelu;
             c.activation = quick ? ClipConfig::Activation::gelu : ClipConfig::Activation::quick_gelu;
         }},
        {"another epsilon", [](ClipConfig& c) { c.layer_norm_eps = 1e-2; }},
        {"heads of another size", [](ClipConfig& c) { c.heads = c.heads == 3 ? 2 : 4; }},
    };
    for (const auto& [mistake, seed] : mistakes) {
        ClipConfig wrong = config;
        seed(wrong);
        EXPECT_GT(error(wrong, text), 10 * error_allowed) << mistake << " passes for right";
    }
    auto padded_otherwise = text;
    padded_otherwise.back() = (padded_otherwise.back() + 1) % config.vocab_size;
    EXPECT_GT(error(config, padded_otherwise), 10 * error_allowed) << "padding is seen by itself";
    const at::Tensor early = ClipEncoder(store.root(), config).forward(padded_otherwise);
    EXPECT_TRUE(
        at::equal(early.narrow(1, 0, 76), ClipEncoder(store.root(), config).forward(text).narrow(1, 0, 76))
    ) << "and by nothing before it";
    EXPECT_GT(
        test::parity_error(ClipEncoder(store.root(), config).forward(text, 1), exact("short.last")), 1e-2
    ) << "clip skip off by one";
}

TEST_P(ClipEncoders, RefuseWhatTheyDoNotHave) {
    const ClipEncoder encoder = load_clip_encoder(directory());
    EXPECT_THROW(encoder.forward(std::vector<std::int64_t>(78, 0)), Error);
    EXPECT_THROW(encoder.forward(std::vector<std::int64_t>{1'000'000}), Error);
    EXPECT_THROW(encoder.forward(std::vector<std::int64_t>{-1}), Error);
    EXPECT_THROW(encoder.forward(ids("short"), 12), Error);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW(encoder.forward(ids("short"), 0, stop.get_token()), Stopped);
}

} // namespace
} // namespace rushes
