// WanTransformer3DModel against diffusers, stage by stage, and the mistakes that must not pass.
#include "parity/checkpoint_copy.h"
#include "parity/wan_fixture.h"
#include "support/work_counter.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <iostream>

namespace rushes {
namespace {

using test::WanTrace;
using wan::Transformer;

constexpr double tolerance = 1e-5;

void print_row(const std::string& stage, double error, double allowed) {
    std::cout << "| " << stage << " | " << error << " | " << allowed << " |\n";
}

class WanTransformer : public testing::TestWithParam<std::string> {
protected:
    std::filesystem::path directory() const { return test::wan_directory(GetParam()) / "transformer"; }

    const WanTrace trace{GetParam() + "/transformer"};
};

TEST_P(WanTransformer, AgreesInFp32) {
    const Transformer transformer = test::load_transformer(directory());
    const wan::TextContext text = transformer.text_context(trace["text"]);
    const at::Tensor out = test::forward_once(transformer, trace["latents"], trace["timestep"], text);
    EXPECT_PARITY(out, trace["out"], tolerance);
    print_row(GetParam() + " transformer, fp32", test::parity_error(out, trace["out"]), tolerance);
}

TEST_P(WanTransformer, TakesATimestepForEachFrame) {
    const Transformer transformer = test::load_transformer(directory());
    const wan::TextContext text = transformer.text_context(trace["text"]);
    const at::Tensor out = test::forward_once(transformer, trace["latents"], trace["per_frame"], text);
    EXPECT_PARITY(out, trace["out_per_token"], tolerance);
    print_row(
        GetParam() + " transformer, timestep per frame",
        test::parity_error(out, trace["out_per_token"]),
        tolerance
    );
}

TEST_P(WanTransformer, TakesATextWithoutPadding) {
    const Transformer transformer = test::load_transformer(directory());
    const wan::TextContext text = transformer.text_context(trace["full_text"]);
    EXPECT_FALSE(text.bias.defined());
    EXPECT_PARITY(
        test::forward_once(transformer, trace["latents"], trace["timestep"], text),
        trace["out_full_text"],
        tolerance
    );
    EXPECT_THROW(transformer.text_context(at::zeros({1, 513, trace["text"].size(2)})), Error);
}

TEST_P(WanTransformer, AgreesInFp64) {
    const Transformer transformer = test::load_transformer(directory(), at::kDouble);
    const wan::TextContext text = transformer.text_context(trace["text"].to(at::kDouble));
    const at::Tensor out =
        test::forward_once(transformer, trace["latents"].to(at::kDouble), trace["timestep"], text);
    EXPECT_PARITY(out, trace["out_f64"], 1e-10);
    print_row(GetParam() + " transformer, fp64", test::parity_error(out, trace["out_f64"]), 1e-10);
}

/// bf16 loses digits by nature: ours must lose no more than diffusers does.
TEST_P(WanTransformer, LosesNoMoreInBf16ThanTheReference) {
    const Transformer transformer = test::load_transformer(directory(), at::kBFloat16);
    const wan::TextContext text = transformer.text_context(trace["text"]);
    const at::Tensor out = test::forward_once(transformer, trace["latents"], trace["timestep"], text);
    ASSERT_EQ(out.scalar_type(), at::kBFloat16);
    const auto error = [&](const at::Tensor& x) {
        return (x.to(at::kDouble) - trace["out_f64"]).square().mean().sqrt().item<double>();
    };
    EXPECT_LT(error(out), 1.2 * error(trace["out_bf16"]));
    const double rms = trace["out_f64"].square().mean().sqrt().item<double>();
    print_row(
        GetParam() + " transformer, bf16 (rms)", error(out) / rms, 1.2 * error(trace["out_bf16"]) / rms
    );
}

TEST_P(WanTransformer, EmbedsTheTimestepAsTheReference) {
    EXPECT_PARITY(
        timestep_sinusoid(at::tensor({0.0F, 937.4062F}), 5),
        at::tensor({1.0F,
                    1.0F,
                    0.0F,
                    0.0F,
                    0.0F,
                    std::cos(937.4062F),
                    std::cos(9.374062F),
                    std::sin(937.4062F),
                    std::sin(9.374062F),
                    0.0F})
            .view({2, 5}),
        1e-4
    );
}

TEST_P(WanTransformer, StopsBeforeTheNextWorkUnit) {
    const Transformer transformer = test::load_transformer(directory());
    const wan::TimeContext time = transformer.time_context(trace["timestep"]);
    wan::FullAttention attention = transformer.full_attention({3, 6, 10});
    EXPECT_GT(
        test::expect_stop_after_each_call([&](const std::stop_token& stop) {
            const wan::TextContext text = transformer.text_context(trace["text"], stop);
            transformer.forward(trace["latents"], time, text, attention, stop);
        }),
        20
    );
}

INSTANTIATE_TEST_SUITE_P(
    Layouts,
    WanTransformer,
    testing::Values("wan21", "wan22"),
    [](const auto& parameter) { return parameter.param; }
);

/// What a mistake in the code would compute is computed by the right code from weights or inputs changed to
/// match it.
class WanTransformerMistakes : public testing::Test {
protected:
    using Change = std::function<void(CheckpointCopy&)>;

    double error_of(const Change& change) const {
        const test::ScratchFolder folder("rushes-mistake-");
        CheckpointCopy copy(test::wan_directory("wan21") / "transformer");
        change(copy);
        copy.write(folder.path);
        const Transformer transformer = test::load_transformer(folder.path);
        return error_of(transformer, trace["timestep"], transformer.text_context(trace["text"]));
    }

    double
    error_of(const Transformer& transformer, const at::Tensor& timestep, const wan::TextContext& text) const {
        return test::parity_error(
            test::forward_once(transformer, trace["latents"], timestep, text), trace["out"]
        );
    }

    const WanTrace trace{"wan21/transformer"};
};

/// The first block's tensors change, the others stay: the smallest form of a mistake.
std::string key(const std::string& name) {
    return "blocks.0." + name;
}

void permute_head_rows(CheckpointCopy& copy, const std::vector<std::int64_t>& order) {
    for (const char* layer : {"q", "k"}) {
        for (const std::string& name :
             {"to_" + std::string(layer) + ".weight",
              "to_" + std::string(layer) + ".bias",
              "norm_" + std::string(layer) + ".weight"}) {
            at::Tensor& w = copy.weights.at(key("attn1." + name));
            const auto dim = static_cast<std::int64_t>(order.size());
            w = w.unflatten(0, {-1, dim}).index_select(1, at::tensor(order)).flatten(0, 1).contiguous();
        }
    }
}

at::Tensor swapped_rows(const at::Tensor& table, std::int64_t a, std::int64_t b) {
    at::Tensor result = table.clone();
    result.select(1, a).copy_(table.select(1, b));
    result.select(1, b).copy_(table.select(1, a));
    return result;
}

TEST_F(WanTransformerMistakes, EachIsSeen) {
    const std::vector<std::pair<std::string, Change>> mistakes{
        {"rotary pairs swapped", [](auto& c) { permute_head_rows(c, {1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10}); }
        },
        {"rotary halves for pairs",
         [](auto& c) { permute_head_rows(c, {0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11}); }},
        {"rotary axes in another order",
         [](auto& c) { permute_head_rows(c, {4, 5, 6, 7, 0, 1, 2, 3, 8, 9, 10, 11}); }},
        {"norm_q without gain", [](auto& c) { c.weights.at(key("attn1.norm_q.weight")).fill_(1); }},
        {"norm_k of cross-attention without gain",
         [](auto& c) { c.weights.at(key("attn2.norm_k.weight")).fill_(1); }},
        {"q and k norms exchanged",
         [](auto& c) {
             std::swap(c.weights.at(key("attn1.norm_q.weight")), c.weights.at(key("attn1.norm_k.weight")));
         }},
        {"norm2 skipped",
         [](auto& c) {
             c.weights.at(key("norm2.weight")).fill_(1);
             c.weights.at(key("norm2.bias")).zero_();
         }},
        {"shift and scale exchanged",
         [](auto& c) {
             auto& t = c.weights.at(key("scale_shift_table"));
             t = swapped_rows(t, 0, 1);
         }},
        {"gates of attention and feed-forward exchanged",
         [](auto& c) {
             auto& t = c.weights.at(key("scale_shift_table"));
             t = swapped_rows(t, 2, 5);
         }},
        {"table of a block ignored", [](auto& c) { c.weights.at(key("scale_shift_table")).zero_(); }},
        {"head's shift and scale exchanged",
         [](auto& c) {
             auto& t = c.weights.at("scale_shift_table");
             t = swapped_rows(t, 0, 1);
         }},
        {"bias of the text embedder dropped",
         [](auto& c) { c.weights.at("condition_embedder.text_embedder.linear_1.bias").zero_(); }},
        {"bias of to_out dropped", [](auto& c) { c.weights.at(key("attn1.to_out.0.bias")).zero_(); }},
        {"patch read column before row",
         [](auto& c) {
             auto& w = c.weights.at("patch_embedding.weight");
             w = w.transpose(3, 4).contiguous();
         }},
        {"patch written column before row",
         [](auto& c) {
             auto& w = c.weights.at("proj_out.weight");
             w = w.unflatten(0, {2, 2, -1}).transpose(0, 1).flatten(0, 2).contiguous();
         }},
        {"other epsilon", [](auto& c) { c.config["eps"] = 1e-2; }},
    };
    ASSERT_LT(error_of([](auto&) {}), tolerance);
    for (const auto& [mistake, change] : mistakes) {
        const double error = error_of(change);
        EXPECT_GT(error, 10 * tolerance) << mistake << " passes for right";
        print_row("mistake: " + mistake, error, tolerance);
    }
}

TEST_F(WanTransformerMistakes, InTextAndTimeAreSeen) {
    const Transformer transformer = test::load_transformer(test::wan_directory("wan21") / "transformer");
    const wan::TextContext right = transformer.text_context(trace["text"]);
    const auto seen = [&](const std::string& mistake, const at::Tensor& timestep, const wan::TextContext& text
                      ) {
        const double error = error_of(transformer, timestep, text);
        EXPECT_GT(error, 10 * tolerance) << mistake << " passes for right";
        print_row("mistake: " + mistake, error, tolerance);
    };
    ASSERT_LT(error_of(transformer, trace["timestep"], right), tolerance);
    seen("timestep truncated", trace["timestep"].floor(), right);
    seen("timestep rounded to bf16", trace["timestep"].to(at::kBFloat16).to(at::kFloat), right);
    wan::TextContext unweighted = right;
    unweighted.bias = at::zeros_like(right.bias);
    seen("one pad token for one", trace["timestep"], unweighted);
    wan::TextContext unpadded = right;
    const std::int64_t tokens = trace["text"].size(1);
    unpadded.bias = at::Tensor();
    for (std::size_t i = 0; i < right.keys.size(); ++i) {
        unpadded.keys[i] = right.keys[i].narrow(1, 0, tokens);
        unpadded.values[i] = right.values[i].narrow(1, 0, tokens);
    }
    seen("text padding masked", trace["timestep"], unpadded);
    wan::TextContext short_padding = right;
    short_padding.bias = right.bias.clone();
    short_padding.bias.select(3, tokens).fill_(std::log(226.0 - static_cast<double>(tokens)));
    seen("text padded to 226", trace["timestep"], short_padding);
}

} // namespace
} // namespace rushes
