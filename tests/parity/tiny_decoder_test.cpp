// The tiny decoders against what make_tiny_fixtures.py computed, and mistakes made on purpose that must show.
#include "base/error.h"
#include "models/companions.h"
#include "models/registry.h"
#include "models/tiny_decoder.h"
#include "models/tiny_still_decoder.h"
#include "parity/checkpoint_copy.h"
#include "support/parity.h"

#include <filesystem>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>
#include <vector>

#include <ATen/ATen.h>

namespace rushes {
namespace {

using ::testing::HasSubstr;

struct Fixture {
    std::filesystem::path directory;
    SafetensorsFile trace;
    LatentKind kind;

    explicit Fixture(const std::string& name)
        : directory(test::fixture_path("tiny/" + name)),
          trace(directory / "trace.safetensors"),
          kind{latents().size(1), name == "eight" ? 8 : 4, frames().size(1) / latents().size(3)} {}

    /// [frames, H, W, 3], levels.
    at::Tensor frames() const { return trace.tensor("frames"); }

    /// [1, C, T, h, w]; the file holds [T, C, h, w].
    at::Tensor latents() const { return trace.tensor("latents").permute({1, 0, 2, 3}).unsqueeze(0); }
};

std::vector<at::Tensor> decode(const TinyDecoder& tiny, const at::Tensor& latents) {
    const auto decoder = tiny.decoder();
    std::vector<at::Tensor> pieces;
    for (std::int64_t i = 0; i < latents.size(2); ++i) {
        pieces.push_back(decoder->decode_next(latents.narrow(2, i, 1), {}));
    }
    return pieces;
}

/// Levels by which the frames differ.
struct Difference {
    double most = 0;
    double mean = 0;
};

Difference difference(const at::Tensor& actual, const at::Tensor& wanted) {
    if (actual.sizes() != wanted.sizes()) {
        return {255, 255};
    }
    const at::Tensor levels = (actual.to(at::kFloat) - wanted.to(at::kFloat)).abs();
    return {levels.max().item<double>(), levels.mean().item<double>()};
}

class TinyFixture : public ::testing::TestWithParam<std::string> {};

INSTANTIATE_TEST_SUITE_P(TinyDecoder, TinyFixture, ::testing::Values("plain", "patched", "eight"));

TEST_P(TinyFixture, DecodesLatentByLatentWhatTheReferenceDecodesAtOnce) {
    const Fixture fixture(GetParam());
    const auto tiny = TinyDecoder::load(fixture.directory, fixture.kind, {});
    EXPECT_EQ(tiny->config().frame_stride(), fixture.kind.frame_stride);
    const std::vector<at::Tensor> pieces = decode(*tiny, fixture.latents());
    EXPECT_EQ(pieces[0].size(0), 1);
    EXPECT_EQ(pieces[1].size(0), fixture.kind.frame_stride);
    const Difference levels = difference(at::cat(pieces), fixture.frames());
    EXPECT_LE(levels.most, 1);
    EXPECT_LE(levels.mean, 1e-3);
    const at::Tensor again = at::cat(decode(*tiny, fixture.latents()));
    EXPECT_TRUE(again.equal(at::cat(pieces))) << "a stream remembers nothing of another one";
}

/// A model of the fixtures with a tiny decoder beside it.
class WithTinyDecoder : public ::testing::Test {
protected:
    WithTinyDecoder()
        : folder_(
              std::filesystem::path(::testing::TempDir()) / ("rushes-with-tiny-" + std::to_string(::getpid()))
          ) {
        std::filesystem::create_directories(folder_);
        for (const auto& entry : std::filesystem::directory_iterator(test::fixture_path("wan/wan21"))) {
            std::filesystem::create_symlink(entry.path(), folder_ / entry.path().filename());
        }
    }

    ~WithTinyDecoder() override { std::filesystem::remove_all(folder_); }

    void add_tiny(const std::string& name) const {
        std::filesystem::copy_file(
            test::fixture_path("tiny/" + name) / "diffusion_pytorch_model.safetensors",
            folder_ / "taew2_1.safetensors"
        );
    }

    const std::filesystem::path folder_;
};

TEST_F(WithTinyDecoder, APassThatAsksForItIsDecodedByIt) {
    EXPECT_FALSE(describe_model(folder_).parts.contains(tiny_decoder_part));
    add_tiny("plain");
    const ModelInfo info = describe_model(folder_);
    ASSERT_TRUE(info.parts.contains(tiny_decoder_part));
    const auto pipeline = load_pipeline(info, {}, {});
    const Fixture fixture("plain");
    const at::Tensor latent = fixture.latents().narrow(2, 0, 1);
    Pass pass;
    pass.fast_decode = true;
    const at::Tensor quick = pipeline->decoder(pass)->decode_next(latent, {});
    EXPECT_LE(difference(quick, fixture.frames().narrow(0, 0, 1)).most, 1);
    pass.fast_decode = false;
    EXPECT_GT(difference(pipeline->decoder(pass)->decode_next(latent, {}), quick).mean, 1);
}

TEST_F(WithTinyDecoder, OneForOtherLatentsIsNamed) {
    add_tiny("patched");
    try {
        load_pipeline(describe_model(folder_), {}, {});
        ADD_FAILURE() << "it was loaded";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("taew2_1.safetensors"));
    }
}

struct Mistake {
    const char* name;
    std::function<at::Tensor(const std::string& key, const at::Tensor& weight)> change;
};

/// Output channels in two halves, swapped: frames of a pair in the wrong order.
at::Tensor halves_swapped(const at::Tensor& weight, std::int64_t axis) {
    const std::vector<at::Tensor> halves = weight.chunk(2, axis);
    return at::cat({halves[1], halves[0]}, axis);
}

// A mistake in the code is the same as its opposite in the weights.
TEST(TinyDecoder, SeededMistakesShow) {
    const Fixture fixture("patched");
    const std::filesystem::path folder =
        std::filesystem::path(::testing::TempDir()) / ("rushes-tiny-" + std::to_string(::getpid()));
    const std::vector<Mistake> mistakes{
        {"past before present",
         [](const std::string& key, const at::Tensor& w) {
             return key.ends_with(".conv.0.weight") && w.size(1) == 2 * w.size(0) ? halves_swapped(w, 1) : w;
         }},
        {"the first growth's weights instead of the last",
         [](const std::string& key, const at::Tensor& w) {
             return key == "decoder.7.conv.weight" ? halves_swapped(w, 0) : w;
         }},
        {"frames of a pair swapped",
         [](const std::string& key, const at::Tensor& w) {
             return key == "decoder.19.conv.weight" ? halves_swapped(w, 0) : w;
         }},
        {"pixels of a patch transposed",
         [](const std::string& key, const at::Tensor& w) {
             return key.starts_with("decoder.22.")
                        ? w.index_select(0, at::tensor({0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11}, at::kLong))
                        : w;
         }},
        {"a bias left out",
         [](const std::string& key, const at::Tensor& w) {
             return key == "decoder.9.conv.2.bias" ? at::zeros_like(w) : w;
         }},
    };
    for (const Mistake& mistake : mistakes) {
        CheckpointCopy copy(fixture.directory);
        for (auto& [key, weight] : copy.weights) {
            weight = mistake.change(key, weight);
        }
        copy.write(folder);
        const auto tiny = TinyDecoder::load(folder, fixture.kind, {});
        const Difference levels = difference(at::cat(decode(*tiny, fixture.latents())), fixture.frames());
        EXPECT_GT(levels.most, 4) << mistake.name;
        EXPECT_GT(levels.mean, 0.1) << mistake.name;
    }
    std::filesystem::remove_all(folder);
}

TEST(TinyStillDecoder, DecodesWhatDiffusersDecodes) {
    const std::filesystem::path directory = test::fixture_path("tiny/still");
    const SafetensorsFile trace(directory / "trace.safetensors");
    const auto tiny = TinyStillDecoder::load(directory, 4, {});
    EXPECT_EQ(tiny->pixel_stride(), 4);
    const at::Tensor latents = trace.tensor("latents").permute({1, 0, 2, 3}).unsqueeze(0);
    const auto decoder = tiny->decoder();
    std::vector<at::Tensor> pictures;
    double told = 0;
    for (std::int64_t i = 0; i < latents.size(2); ++i) {
        pictures.push_back(decoder->decode_next(latents.narrow(2, i, 1), {}, [&](double share) {
            told = share;
        }));
    }
    EXPECT_EQ(told, 1);
    const Difference levels = difference(at::cat(pictures), trace.tensor("frames"));
    EXPECT_LE(levels.most, 1);
    EXPECT_LE(levels.mean, 1e-3);
}

TEST(TinyStillDecoder, MistakesShowAndOthersAreRefused) {
    const std::filesystem::path directory = test::fixture_path("tiny/still");
    const std::filesystem::path folder =
        std::filesystem::path(::testing::TempDir()) / ("rushes-still-" + std::to_string(::getpid()));
    const SafetensorsFile trace(directory / "trace.safetensors");
    const at::Tensor latents = trace.tensor("latents").permute({1, 0, 2, 3}).unsqueeze(0);
    for (const char* const key :
         {"decoder.layers.2.conv.2.bias", "decoder.layers.6.conv.0.weight", "decoder.layers.5.weight"}) {
        CheckpointCopy copy(directory);
        ASSERT_TRUE(copy.weights.contains(key)) << key;
        copy.weights[key].zero_();
        copy.write(folder);
        const auto decoder = TinyStillDecoder::load(folder, 4, {})->decoder();
        EXPECT_GT(difference(decoder->decode_next(latents, {}), trace.tensor("frames")).mean, 0.1) << key;
    }
    EXPECT_THROW(TinyStillDecoder::load(folder, 16, {}), Error);
    EXPECT_THROW(TinyStillDecoder::load(test::fixture_path("vae/wan21"), 4, {}), Error);
    std::filesystem::remove_all(folder);
}

TEST(TinyDecoder, LatentsAreCutSmoothly) {
    const Fixture fixture("plain");
    const auto tiny = TinyDecoder::load(fixture.directory, fixture.kind, {});
    const at::Tensor far = at::full_like(fixture.latents().narrow(2, 0, 1), 300);
    const at::Tensor further = at::full_like(far, 3000);
    const auto first = tiny->decoder()->decode_next(far, {});
    EXPECT_TRUE(first.equal(tiny->decoder()->decode_next(further, {})));
}

TEST(TinyDecoder, FewerFramesThanTheFileOffersAreMade) {
    const Fixture fixture("eight");
    LatentKind kind = fixture.kind;
    kind.frame_stride = 2;
    const auto tiny = TinyDecoder::load(fixture.directory, kind, {});
    const std::vector<at::Tensor> pieces = decode(*tiny, fixture.latents());
    EXPECT_EQ(pieces[0].size(0), 1);
    EXPECT_EQ(pieces[1].size(0), 2);
}

TEST(TinyDecoder, TellsOfItsWorkAndStops) {
    const Fixture fixture("plain");
    const auto tiny = TinyDecoder::load(fixture.directory, fixture.kind, {});
    std::vector<double> shares;
    tiny->decoder()->decode_next(fixture.latents().narrow(2, 0, 1), {}, [&](double share) {
        shares.push_back(share);
    });
    ASSERT_FALSE(shares.empty());
    EXPECT_TRUE(std::ranges::is_sorted(shares));
    EXPECT_NEAR(shares.back(), 1, 1e-9);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW(tiny->decoder()->decode_next(fixture.latents().narrow(2, 0, 1), stop.get_token()), Stopped);
}

TEST(TinyDecoder, WhatIsNoneIsOneSentence) {
    const auto refusal = [](const std::filesystem::path& source, const LatentKind& kind) {
        try {
            TinyDecoder::load(source, kind, {});
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::user);
            return std::string(error.what());
        }
        return std::string("no error");
    };
    LatentKind kind = Fixture("plain").kind;
    EXPECT_THAT(refusal(test::fixture_path("vae/wan21"), kind), HasSubstr("is no tiny decoder"));
    kind.frame_stride = 8;
    EXPECT_THAT(refusal(test::fixture_path("tiny/plain"), kind), HasSubstr("fewer frames"));
    EXPECT_THAT(
        refusal(test::fixture_path("tiny/patched"), Fixture("plain").kind),
        HasSubstr("for latents of 5 channels and 16 pixels a side, the model's have 4 and 8")
    );
}

} // namespace
} // namespace rushes
