// Block by block generation against the plain reference of make_wan_fixtures.py, which keeps every key in a
// list.
#include "base/error.h"
#include "nn/attention.h"
#include "parity/wan_fixture.h"
#include "support/cuda.h"
#include "support/strict_device.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <iostream>
#include <numeric>

#include <ATen/CPUGeneratorImpl.h>

namespace rushes {
namespace {

using test::WanTrace;
using wan::CausalConfig;

constexpr double tolerance = 1e-4;

class WanCausal : public testing::TestWithParam<std::string> {
protected:
    CausalConfig config() const { return wan::read_causal_config(trace_.settings.child("causal")); }

    Pass pass(const CausalConfig& causal) const {
        Pass result;
        result.steps = static_cast<int>(causal.sigmas.size());
        result.guidance_scale = causal.guidance_scale;
        result.seed = static_cast<std::uint64_t>(trace_.settings.integer("seed", {0, 1000}));
        return result;
    }

    double error_with(const CausalConfig& causal, bool finish = true) const {
        return error_of(transformer_, causal, finish);
    }

    double error_on(const std::string& device) const {
        const auto transformer =
            test::load_transformer(test::wan_directory("wan21") / "transformer", at::kFloat, device);
        return error_of(transformer, config());
    }

    /// In bf16 the worst number says little, it depends on chance; the root of the mean square says how many
    /// digits there are.
    double rms_error_in_bf16(const std::string& device) const {
        const auto transformer =
            test::load_transformer(test::wan_directory("wan21") / "transformer", at::kBFloat16, device);
        const at::Tensor reference = trace_["latents"].to(at::kDouble);
        const at::Tensor error = latents_of(transformer, config()).to(at::kCPU, at::kDouble) - reference;
        return (error.square().mean() / reference.square().mean()).sqrt().item<double>();
    }

    double
    error_of(const wan::Transformer& transformer, const CausalConfig& causal, bool finish = true) const {
        return test::parity_error(latents_of(transformer, causal, finish), trace_["latents"]);
    }

    at::Tensor
    latents_of(const wan::Transformer& transformer, const CausalConfig& causal, bool finish = true) const {
        const auto text_of = [&](const std::string& name) {
            return trace_[name].to(transformer.options().device());
        };
        const wan::TextEmbeddings text{
            text_of("text.0"), causal.guidance_scale > 1 ? text_of("text.1") : at::Tensor()
        };
        const at::Tensor first = first_ ? text_of("first") : at::Tensor();
        wan::CausalDenoising denoising(causal, 1000, transformer, pass(causal), {4, 9, 4, 6}, text, first);
        std::vector<at::Tensor> latents;
        std::int64_t done = first.defined() ? first.size(2) : 0;
        for (int block = 0; block < denoising.blocks(); ++block) {
            if (const std::string change = "change." + std::to_string(done) + "."; has(change + "0")) {
                denoising.change_prompt(
                    {text_of(change + "0"), has(change + "1") ? text_of(change + "1") : at::Tensor()}, {}
                );
            }
            denoising.begin_block(block);
            for (int step = 0; step < denoising.steps(); ++step) {
                denoising.step(block, step, {}, {});
            }
            latents.push_back(finish ? denoising.finish_block(block, {}) : denoising.x0_estimate());
            EXPECT_EQ(latents.back().size(2), denoising.latent_frames(block));
            done = at::cat(latents, 2).size(2);
            EXPECT_EQ(denoising.x0_estimate().sizes(), latents.back().sizes());
        }
        return at::cat(latents, 2);
    }

    bool has(const std::string& tensor) const {
        const auto& tensors = trace_.file.header().tensors;
        return std::ranges::find(tensors, tensor, &TensorEntry::name) != tensors.end();
    }

    const WanTrace trace_{"wan21/" + GetParam()};
    const bool first_ = has("first"); ///< of a clip that begins with latents that are given
    const wan::Transformer transformer_ =
        test::load_transformer(test::wan_directory("wan21") / "transformer");
};

TEST_P(WanCausal, AgreesBlockByBlock) {
    const double error = error_with(config());
    EXPECT_LT(error, tolerance);
    std::cout << "| " << GetParam() << ", 9 latent frames | " << error << " | " << tolerance << " |\n";
}

TEST_P(WanCausal, NoOperationMeetsTheCpusTensorsBesideTheDevices) {
    EXPECT_LT(error_on(test::strict_device()), tolerance);
}

/// bf16 loses digits by nature: on the device about as many as on the CPU.
TEST_P(WanCausal, TheDeviceInBf16IsAsCloseAsTheCpu) {
    const double error = rms_error_in_bf16(test::strict_device());
    EXPECT_GT(error, tolerance) << "it is another type indeed";
    const double on_cpu = rms_error_in_bf16("cpu");
    EXPECT_LT(error, 1.2 * on_cpu);
    std::cout << "| in bf16, " << GetParam() << ", rms error | " << error << " | CPU " << on_cpu << " |\n";
}

TEST_P(WanCausal, CudaAgreesWithTheReference) {
    if (const std::string problem = test::why_no_cuda(); !problem.empty()) {
        GTEST_SKIP() << problem;
    }
    EXPECT_LT(error_on("cuda:0"), tolerance);
}

TEST_P(WanCausal, MistakesAreSeen) {
    const auto seen = [&](const std::string& mistake, const std::function<void(CausalConfig&)>& change) {
        CausalConfig wrong = config();
        change(wrong);
        const double error = error_with(wrong);
        EXPECT_GT(error, 10 * tolerance) << mistake << " passes for right";
        std::cout << "| mistake: " << GetParam() << ", " << mistake << " | " << error << " | " << tolerance
                  << " |\n";
    };
    const auto other_positions = [](CausalConfig& c) {
        c.rope = c.rope == CausalConfig::Rope::absolute ? CausalConfig::Rope::relative
                                                        : CausalConfig::Rope::absolute;
    };
    seen("window one frame longer", [](CausalConfig& c) { c.local_attn_size += 1; });
    if (config().sink_size > 0) {
        seen("sink dropped", [](CausalConfig& c) { c.sink_size = 0; });
    }
    if (config().sink_size > 0) {
        seen("the other positions", other_positions);
    } else {
        // Only a sink can be farther away than the window: without one, numbering from anywhere is the same.
        CausalConfig same = config();
        other_positions(same);
        EXPECT_LT(error_with(same), tolerance);
    }
    seen("the other solver", [](CausalConfig& c) {
        c.solver = c.solver == CausalConfig::Solver::euler ? CausalConfig::Solver::renoise
                                                           : CausalConfig::Solver::euler;
    });
    seen("keys of another noise level", [](CausalConfig& c) { c.context_noise += 0.2; });
    if (first_ && config().frames_per_block > 1) {
        seen("other blocks", [](CausalConfig& c) { c.frames_per_block -= 1; });
    }
    EXPECT_GT(error_with(config(), false), 10 * tolerance) << "an empty cache passes for right";
}

INSTANTIATE_TEST_SUITE_P(
    Cases,
    WanCausal,
    testing::Values(
        "causal_relative",
        "causal_absolute",
        "causal_guided",
        "causal_no_sink",
        "causal_picture",
        "causal_clip",
        "causal_guided_clip"
    ),
    [](const auto& parameter) { return parameter.param.substr(parameter.param.find('_') + 1); }
);

/// A prompt that changes on the way (make_wan_change_fixtures.py).
class WanPromptChange : public WanCausal {};

TEST_P(WanPromptChange, AgreesBlockByBlock) {
    const double error = error_with(config());
    EXPECT_LT(error, tolerance);
    std::cout << "| " << GetParam() << ", 9 latent frames | " << error << " | " << tolerance << " |\n";
}

TEST_P(WanPromptChange, NoOperationMeetsTheCpusTensorsBesideTheDevices) {
    EXPECT_LT(error_on(test::strict_device()), tolerance);
}

/// The comparison would tell such programs.
TEST_P(WanPromptChange, MistakesAreSeen) {
    for (const std::string mistake : {"kept", "sink"}) {
        if (has("wrong." + mistake)) {
            const double error = test::parity_error(trace_["wrong." + mistake], trace_["latents"]);
            EXPECT_GT(error, 10 * tolerance) << mistake;
            std::cout << "| mistake: " << GetParam() << ", cache not made again (" << mistake << ") | "
                      << error << " | " << tolerance << " |\n";
        }
    }
    CausalConfig other_blocks = config();
    other_blocks.local_attn_size += 1;
    EXPECT_GT(error_with(other_blocks), 10 * tolerance);
}

INSTANTIATE_TEST_SUITE_P(
    Cases,
    WanPromptChange,
    testing::Values("change_relative", "change_absolute", "change_guided", "change_no_sink", "change_clip"),
    [](const auto& parameter) { return parameter.param.substr(parameter.param.find('_') + 1); }
);

/// The cache by itself: what it returns must be attention over the frames that the definition names.
class KvCache : public testing::TestWithParam<CausalConfig::Rope> {};

TEST_P(KvCache, SeesSinkWindowAndBlockAndTakesNoMoreMemory) {
    wan::TransformerConfig t;
    t.heads = 2;
    t.head_dim = 12;
    t.layers = 1;
    t.rope_max_seq_len = 64;
    CausalConfig causal;
    causal.frames_per_block = 2;
    causal.local_attn_size = 7;
    causal.sink_size = 2;
    causal.rope = GetParam();
    const wan::TokenGrid grid{2, 3};
    const Rotary3d rotary(t.head_dim, t.rope_max_seq_len, at::kFloat);
    wan::KvCache cache(2, causal, t, grid, rotary, at::kFloat);
    const std::uint64_t bytes = cache.bytes();
    auto generator = at::detail::createCPUGenerator(1);
    std::vector<at::Tensor> keys;
    std::vector<at::Tensor> values;
    const std::vector<std::int64_t> block_frames{2, 2, 1, 2, 2, 2, 2, 2, 1, 2};
    std::int64_t start = 0;
    for (const std::int64_t frames : block_frames) {
        cache.begin_block(frames, start);
        const auto random = [&] {
            return at::randn({2, frames * grid.tokens(), 2, 12}, generator, at::kFloat);
        };
        cache.attend(0, random(), random(), random(), {}); // an earlier, noisy pass leaves nothing
        const at::Tensor q = random();
        const at::Tensor k = random();
        const at::Tensor v = random();
        const at::Tensor seen = cache.attend(0, q, k, v, {});

        std::vector<std::int64_t> present{0, 1};
        present.resize(static_cast<std::size_t>(std::min<std::int64_t>(2, start)));
        for (std::int64_t i = std::max<std::int64_t>(2, start - 3); i < start; ++i) {
            present.push_back(i);
        }
        std::vector<at::Tensor> all_k;
        std::vector<at::Tensor> all_v;
        for (const std::int64_t i : present) {
            all_k.push_back(keys[static_cast<std::size_t>(i)]);
            all_v.push_back(values[static_cast<std::size_t>(i)]);
        }
        all_k.push_back(k);
        all_v.push_back(v);
        std::vector<std::int64_t> times = present;
        std::vector<std::int64_t> own;
        for (std::int64_t i = 0; i < frames; ++i) {
            times.push_back(start + i);
        }
        if (causal.rope == CausalConfig::Rope::relative) {
            std::iota(times.begin(), times.end(), 0);
        }
        own.assign(times.end() - frames, times.end());
        const at::Tensor rotated = rotate(at::cat(all_k, 1), rotary.table(times, grid.rows, grid.columns));
        const at::Tensor expected =
            attend(rotate(q, rotary.table(own, grid.rows, grid.columns)), rotated, at::cat(all_v, 1));
        EXPECT_PARITY(seen, expected, 1e-5) << "block that starts at " << start;

        cache.finish_block();
        for (std::int64_t i = 0; i < frames; ++i) {
            keys.push_back(k.narrow(1, i * grid.tokens(), grid.tokens()).clone());
            values.push_back(v.narrow(1, i * grid.tokens(), grid.tokens()).clone());
        }
        start += frames;
    }
    EXPECT_EQ(cache.bytes(), bytes);

    // Filled again with what it holds, each frame at its own place, it gives the same.
    const std::vector<std::int64_t> kept{0, 1, start - 3, start - 2, start - 1};
    const auto filled_again = [&](std::int64_t shift) {
        cache.forget();
        for (const std::int64_t i : kept) {
            cache.begin_block(1, i < 2 ? i : i + shift);
            cache.remember(0, keys[static_cast<std::size_t>(i)], values[static_cast<std::size_t>(i)]);
            cache.finish_block();
        }
        cache.begin_block(2, start);
        auto again = at::detail::createCPUGenerator(2);
        const auto random = [&] { return at::randn({2, 2 * grid.tokens(), 2, 12}, again, at::kFloat); };
        const at::Tensor q = random();
        const at::Tensor k = random();
        return cache.attend(0, q, k, random(), {});
    };
    cache.begin_block(2, start);
    auto once = at::detail::createCPUGenerator(2);
    const auto random = [&] { return at::randn({2, 2 * grid.tokens(), 2, 12}, once, at::kFloat); };
    const at::Tensor q = random();
    const at::Tensor k = random();
    const at::Tensor as_it_grew = cache.attend(0, q, k, random(), {});
    EXPECT_PARITY(filled_again(0), as_it_grew, 1e-5);
    if (causal.rope == CausalConfig::Rope::absolute) {
        EXPECT_GT(test::parity_error(filled_again(-1), as_it_grew), 1e-3)
            << "the wrong places pass for right";
    }
}

INSTANTIATE_TEST_SUITE_P(
    Positions,
    KvCache,
    testing::Values(CausalConfig::Rope::absolute, CausalConfig::Rope::relative),
    [](const auto& parameter) {
        return parameter.param == CausalConfig::Rope::absolute ? "absolute" : "relative";
    }
);

/// The fast loop of fp32 on the CPU against the tensor operations, which fp64 takes.
TEST(Rotary, FastLoopEqualsTensorOperations) {
    for (const std::int64_t head_dim : {2, 12, 20, 32, 128}) {
        const Rotary3d narrow(head_dim, 16, at::kFloat);
        const Rotary3d wide(head_dim, 16, at::kDouble);
        const std::vector<std::int64_t> frames{3, 0, 7};
        const at::Tensor fused = at::randn({1, 3 * 4 * 5, 3 * 2 * head_dim});
        const at::Tensor x = fused.chunk(3, -1)[1].unflatten(-1, {2, -1}); // strided, as from a fused product
        EXPECT_PARITY(
            rotate(x, narrow.table(frames, 4, 5)), rotate(x.to(at::kDouble), wide.table(frames, 4, 5)), 1e-6
        );
    }
}

TEST(Rotary, RefusesPositionsBeyondItsTable) {
    const Rotary3d rotary(12, 8, at::kFloat);
    const std::vector<std::int64_t> late{8};
    const std::vector<std::int64_t> fine{7};
    EXPECT_NO_THROW(rotary.table(fine, 8, 8));
    EXPECT_THROW(rotary.table(late, 1, 1), Error);
    EXPECT_THROW(rotary.table(fine, 9, 1), Error);
}

} // namespace
} // namespace rushes
