// The encoder against transformers (tests/parity/make_text_fixtures.py), and seeded mistakes that the
// comparison must see.
#include "base/atomic_file.h"
#include "base/error.h"
#include "support/parity.h"
#include "support/work_counter.h"
#include "text/t5_encoder.h"

#include <cmath>
#include <filesystem>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <stop_token>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

namespace rushes {
namespace {

constexpr double tolerance = 1e-5;

const std::vector<std::string> cases{"short", "long", "empty", "chinese"};

T5Encoder load(const std::string& name, at::ScalarType dtype = at::kFloat) {
    at::set_num_threads(1); // threads cost more than they bring at this size
    return load_t5_encoder(test::fixture_path("text/" + name), {.dtype = dtype});
}

const SafetensorsFile& trace() {
    static const SafetensorsFile file = test::load_trace("text/umt5/trace.safetensors");
    return file;
}

std::vector<std::int64_t> ids_of(const SafetensorsFile& file, const std::string& name) {
    const at::Tensor ids = file.tensor(name + ".ids");
    return {ids.const_data_ptr<std::int64_t>(), ids.const_data_ptr<std::int64_t>() + ids.numel()};
}

TEST(T5, AgreesWithTransformers) {
    const T5Encoder encoder = load("umt5");
    for (const std::string& name : cases) {
        SCOPED_TRACE(name);
        EXPECT_PARITY(
            encoder.forward(ids_of(trace(), name))[0], trace().tensor(name + ".final.f32"), tolerance
        );
    }
}

TEST(T5, EveryBlockAgrees) {
    const T5Encoder encoder = load("umt5");
    for (const std::string name : {"short", "chinese"}) {
        const auto ids = ids_of(trace(), name);
        const at::Tensor buckets = relative_position_buckets(static_cast<std::int64_t>(ids.size()), 16, 40);
        at::Tensor hidden = encoder.embed_tokens.forward(ids);
        EXPECT_PARITY(hidden[0], trace().tensor(name + ".hidden.0"), 0);
        for (std::size_t i = 0; i < encoder.blocks.size(); ++i) {
            const T5Block& block = encoder.blocks[i];
            hidden = block.forward(hidden, block.attention.position_bias(buckets));
            EXPECT_PARITY(hidden[0], trace().tensor(name + ".hidden." + std::to_string(i + 1)), tolerance);
        }
    }
}

TEST(T5, Fp64AgreesToTheLastDigits) {
    const T5Encoder encoder = load("umt5", at::kDouble);
    for (const std::string& name : cases) {
        SCOPED_TRACE(name);
        EXPECT_PARITY(encoder.forward(ids_of(trace(), name))[0], trace().tensor(name + ".final.f64"), 1e-10);
    }
}

TEST(T5, Bf16IsNoWorseThanTransformersOwn) {
    const T5Encoder encoder = load("umt5", at::kBFloat16);
    for (const std::string& name : cases) {
        const at::Tensor exact = trace().tensor(name + ".final.f64");
        const at::Tensor actual = encoder.forward(ids_of(trace(), name))[0];
        EXPECT_EQ(actual.scalar_type(), at::kBFloat16);
        const auto rms_error = [&](const at::Tensor& x) {
            return (x.to(at::kDouble) - exact).square().mean().sqrt().item<double>();
        };
        const double reference_error = rms_error(trace().tensor(name + ".final.bf16"));
        EXPECT_GT(reference_error, 0);
        EXPECT_LE(rms_error(actual), 1.2 * reference_error) << name;
    }
}

TEST(T5, AT5EncoderUsesTheFirstBlocksBias) {
    const SafetensorsFile t5 = test::load_trace("text/t5/trace.safetensors");
    EXPECT_PARITY(load("t5").forward(ids_of(t5, "short"))[0], t5.tensor("short.final.f32"), tolerance);
    EXPECT_PARITY(
        load("t5", at::kDouble).forward(ids_of(t5, "short"))[0], t5.tensor("short.final.f64"), 1e-10
    );
}

/// forward() with its parts open to mistakes.
at::Tensor
forward_with(const T5Encoder& encoder, const std::vector<std::int64_t>& ids, const at::Tensor& buckets) {
    at::Tensor hidden = encoder.embed_tokens.forward(ids);
    for (const T5Block& block : encoder.blocks) {
        hidden = block.forward(hidden, block.attention.position_bias(buckets));
    }
    return encoder.final_layer_norm.forward(hidden)[0];
}

/// Causal buckets, as a decoder has them (keys after the query count as distance 0).
at::Tensor unidirectional_buckets(std::int64_t tokens) {
    const at::Tensor position = at::arange(tokens, at::kLong);
    const at::Tensor distance = (position.unsqueeze(1) - position.unsqueeze(0)).clamp_min(0);
    const at::Tensor far =
        8 + ((distance.to(at::kFloat) / 8).log() / std::log(5.0) * 8).clamp_min(0).to(at::kLong);
    return at::where(distance < 8, distance, far.clamp_max(15));
}

struct Mistake {
    std::string name;
    std::function<at::Tensor(T5Encoder&, std::vector<std::int64_t>)> forward;
};

class SeededMistake : public testing::TestWithParam<Mistake> {};

TEST_P(SeededMistake, IsSeen) {
    for (const std::string name : {"short", "chinese"}) {
        T5Encoder encoder = load("umt5");
        const at::Tensor wrong = GetParam().forward(encoder, ids_of(trace(), name));
        EXPECT_GT(test::parity_error(wrong, trace().tensor(name + ".final.f32")), 10 * tolerance) << name;
    }
}

at::Tensor run(const T5Encoder& encoder, const std::vector<std::int64_t>& ids) {
    return encoder.forward(ids)[0];
}

INSTANTIATE_TEST_SUITE_P(
    T5,
    SeededMistake,
    testing::Values(
        Mistake{
            "BiasOfTheFirstBlockEverywhere",
            [](T5Encoder& encoder, auto ids) {
                for (std::size_t i = 1; i < encoder.blocks.size(); ++i) {
                    encoder.blocks[i].attention.relative_attention_bias = Embedding();
                }
                return run(encoder, ids);
            }
        },
        Mistake{
            "BiasOfTheLastBlockDropped",
            [](T5Encoder& encoder, auto ids) {
                auto& bias = encoder.blocks.back().attention.relative_attention_bias.weight;
                bias = at::zeros_like(bias);
                return run(encoder, ids);
            }
        },
        Mistake{
            "PaddingNotMasked",
            [](T5Encoder& encoder, auto ids) {
                const auto count = static_cast<std::int64_t>(ids.size());
                ids.resize(64, 0);
                return run(encoder, ids).narrow(0, 0, count);
            }
        },
        Mistake{
            "QueriesScaled",
            [](T5Encoder& encoder, auto ids) {
                const Weights blocks =
                    WeightStore(test::fixture_path("text/umt5")).root()["encoder"]["block"];
                for (std::size_t i = 0; i < encoder.blocks.size(); ++i) {
                    const Weights q = blocks[static_cast<std::int64_t>(i)]["layer"][0]["SelfAttention"]["q"];
                    const std::int64_t inner = encoder.config.num_heads * encoder.config.d_kv;
                    const at::Tensor weight = q.tensor("weight", {inner, encoder.config.d_model});
                    encoder.blocks[i].attention.q = Linear(weight / std::sqrt(12.0), {});
                }
                return run(encoder, ids);
            }
        },
        Mistake{
            "ExactGelu",
            [](T5Encoder& encoder, auto ids) {
                for (auto& block : encoder.blocks) {
                    block.feed_forward.activation = T5Config::Activation::gelu;
                }
                return run(encoder, ids);
            }
        },
        Mistake{
            "GateAndValueSwapped",
            [](T5Encoder& encoder, auto ids) {
                std::swap(encoder.blocks[0].feed_forward.wi_0, encoder.blocks[0].feed_forward.wi_1);
                return run(encoder, ids);
            }
        },
        Mistake{
            "AttentionGainDropped",
            [](T5Encoder& encoder, auto ids) {
                auto& gain = encoder.blocks[1].attention_norm.weight;
                gain = at::ones_like(gain);
                return run(encoder, ids);
            }
        },
        Mistake{
            "FinalGainDropped",
            [](T5Encoder& encoder, auto ids) {
                auto& gain = encoder.final_layer_norm.weight;
                gain = at::ones_like(gain);
                return run(encoder, ids);
            }
        },
        Mistake{
            "LargeEpsilon",
            [](T5Encoder& encoder, auto ids) {
                encoder.blocks[0].attention_norm.eps = 1e-3;
                return run(encoder, ids);
            }
        },
        Mistake{
            "EndMissing",
            [](T5Encoder& encoder, auto ids) {
                ids.back() = 0; // keeps the length, so that only the missing end differs
                return run(encoder, ids);
            }
        },
        Mistake{
            "UnidirectionalBuckets",
            [](T5Encoder& encoder, auto ids) {
                return forward_with(
                    encoder, ids, unidirectional_buckets(static_cast<std::int64_t>(ids.size()))
                );
            }
        },
        Mistake{
            "BucketsOfTheOtherDirection",
            [](T5Encoder& encoder, auto ids) {
                return forward_with(
                    encoder, ids, relative_position_buckets(static_cast<std::int64_t>(ids.size()), 16, 40).t()
                );
            }
        }
    ),
    [](const auto& test_info) { return test_info.param.name; }
);

// The short text is shorter than the logarithmic buckets' start, so only the long one can see these.
TEST(T5, FarBucketsMatter) {
    T5Encoder encoder = load("umt5");
    const auto ids = ids_of(trace(), "long");
    const at::Tensor wrong =
        forward_with(encoder, ids, relative_position_buckets(static_cast<std::int64_t>(ids.size()), 16, 128));
    EXPECT_GT(test::parity_error(wrong, trace().tensor("long.final.f32")), 10 * tolerance);
}

TEST(T5, TheTokenTableStaysInTheFileUntilItsRowsAreLookedUp) {
    const T5Encoder encoder = load("umt5", at::kDouble);
    EXPECT_EQ(encoder.embed_tokens.table.data.scalar_type(), at::kFloat); // as stored
    const at::Tensor hidden = encoder.embed_tokens.forward(ids_of(trace(), "short"));
    EXPECT_EQ(hidden.scalar_type(), at::kDouble);
    EXPECT_PARITY(hidden[0], trace().tensor("short.hidden.0"), 1e-7);
}

TEST(T5, StopsBeforeTheNextWorkUnit) {
    const T5Encoder encoder = load("umt5");
    const int calls = test::expect_stop_after_each_call([&](const std::stop_token& stop) {
        encoder.forward(ids_of(trace(), "short"), stop);
    });
    EXPECT_EQ(calls, 8 * static_cast<int>(encoder.blocks.size())); // q, k, v, attention, o; wi_0, wi_1, wo
}

TEST(T5, LoadingStops) {
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW(load_t5_encoder(test::fixture_path("text/umt5"), {.stop = stop.get_token()}), Stopped);
}

TEST(T5, AnIdBeyondTheTableIsRefused) {
    const std::vector<std::int64_t> ids{1, 100'000};
    try {
        load("umt5").forward(ids);
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("do not belong together"));
    }
}

TEST(T5, WrongConfigsGetOneSentence) {
    const auto directory =
        std::filesystem::temp_directory_path() / ("rushes-umt5-" + std::to_string(::getpid()));
    const auto message_for = [&](const char* pointer, const nlohmann::json& value) {
        auto config = nlohmann::json::parse(read_file(test::fixture_path("text/umt5/config.json")));
        config[nlohmann::json::json_pointer(pointer)] = value;
        write_file(directory / "config.json", config.dump());
        try {
            read_t5_config(directory);
        } catch (const Error& error) {
            return std::string(error.what());
        }
        return std::string("no error");
    };
    using testing::HasSubstr;
    EXPECT_EQ(message_for("/d_model", 32), "no error");
    EXPECT_THAT(message_for("/architectures/0", "CLIPTextModel"), HasSubstr("must be a UMT5EncoderModel"));
    EXPECT_THAT(message_for("/d_model", nullptr), HasSubstr("d_model"));
    EXPECT_THAT(message_for("/num_layers", 0), HasSubstr("num_layers"));
    EXPECT_THAT(message_for("/d_ff", "many"), HasSubstr("d_ff"));
    EXPECT_THAT(message_for("/feed_forward_proj", "gated-silu"), HasSubstr("feed_forward_proj"));
    EXPECT_THAT(
        message_for("/relative_attention_max_distance", 4), HasSubstr("relative_attention_max_distance")
    );
    std::filesystem::remove_all(directory);
}

} // namespace
} // namespace rushes
