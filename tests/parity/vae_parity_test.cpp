// The Wan VAE against traces of diffusers (make_vae_fixtures.py), stage by stage and piece by piece.
#include "base/paths.h"
#include "parity/one_pass_vae.h"
#include "parity/vae_fixture.h"

#include <gtest/gtest.h>
#include <map>
#include <string>

#include <ATen/ATen.h>

namespace rushes::wan {
namespace {

using Tensors = std::map<std::string, at::Tensor>;

/// Collects "<kind>.<piece>.<stage>" as the fixtures name them.
Trace collect(const std::string& kind, Tensors& into) {
    auto calls = std::make_shared<std::map<std::string, int>>();
    return [kind, calls, &into](const std::string& stage, const at::Tensor& features) {
        into[kind + "." + std::to_string((*calls)[stage]++) + "." + stage] = features.clone();
    };
}

void expect_same_stages(const VaeFixture& fixture, const std::string& kind, const Tensors& ours) {
    int compared = 0;
    for (const TensorEntry& entry : fixture.trace.header().tensors) {
        if (!entry.name.starts_with(kind + ".")) {
            continue;
        }
        ASSERT_TRUE(ours.contains(entry.name)) << entry.name;
        EXPECT_LE(test::parity_error(ours.at(entry.name), fixture[entry.name]), 1e-5) << entry.name;
        ++compared;
    }
    EXPECT_GE(compared, 7);
}

at::Tensor every_13th(const at::Tensor& x) {
    return x.flatten().slice(0, 0, std::nullopt, 13);
}

class VaeParity : public testing::TestWithParam<const char*> {
protected:
    VaeFixture fixture_{GetParam()};
};

TEST_P(VaeParity, DecoderStagesAgree) {
    Tensors stages;
    const Trace trace = collect("decode", stages);
    decode(*fixture_.load(), fixture_["latents"], &trace);
    expect_same_stages(fixture_, "decode", stages);
}

TEST_P(VaeParity, EncoderStagesAgree) {
    Tensors stages;
    const Trace trace = collect("encode", stages);
    const at::Tensor mean = encode(*fixture_.load(), fixture_["video"], &trace);
    expect_same_stages(fixture_, "encode", stages);
    EXPECT_LE(test::parity_error(mean, fixture_["mean"]), 1e-5);
}

TEST_P(VaeParity, FramesComeOutInBytes) {
    const auto vae = fixture_.load();
    const auto decoder = vae->decoder();
    const at::Tensor latents = fixture_["latents"];
    std::vector<at::Tensor> frames;
    for (std::int64_t i = 0; i < latents.size(2); ++i) {
        frames.push_back(decoder->decode_next(latents.narrow(2, i, 1), {}));
        EXPECT_EQ(frames.back().size(0), i == 0 ? 1 : vae->config().frame_stride());
    }
    const at::Tensor bytes = at::cat(frames);
    ASSERT_EQ(bytes.scalar_type(), at::kByte);
    ASSERT_EQ(bytes.sizes(), fixture_["bytes"].sizes());
    const at::Tensor difference = (bytes.to(at::kInt) - fixture_["bytes"].to(at::kInt)).abs();
    EXPECT_LE(difference.max().item<int>(), 1);
    EXPECT_LE(difference.to(at::kDouble).mean().item<double>(), 0.001); // rounding ties only
}

/// In tiles, as the reference's enable_tiling() cuts and blends them; the frames come with the last latents.
TEST_P(VaeParity, TilesAreCutAndBlendedAsByTheReference) {
    const SafetensorsFile tiled(fixture_.directory / "tiled.safetensors");
    const auto pixels = [&](const char* name) { return std::stoll(tiled.header().metadata.at(name)); };
    const auto vae = fixture_.load();
    const at::Tensor latents = tiled.tensor("latents");
    const std::int64_t scale = vae->config().pixel_stride();
    Pass pass;
    pass.width = static_cast<int>(latents.size(4) * scale);
    pass.height = static_cast<int>(latents.size(3) * scale);
    pass.frames = static_cast<int>(1 + vae->config().frame_stride());
    const auto decoder = vae->tiled_decoder(
        pass, {.side = pixels("side"), .stride = pixels("stride"), .grain = vae->config().tiling().grain}
    );
    decoder->expect(latents);
    double share = 0;
    EXPECT_EQ(
        decoder->decode_next(latents.narrow(2, 0, 1), {}, [&](double done) { share = done; }).size(0), 0
    );
    EXPECT_EQ(share, 1) << "half of the work is done by then";
    const at::Tensor bytes = decoder->decode_next(latents.narrow(2, 1, 1), {});
    ASSERT_EQ(bytes.sizes(), at::IntArrayRef({pass.frames, pass.height, pass.width, 3}));
    const at::Tensor ours = bytes.flatten().slice(0, 0, std::nullopt, 7).to(at::kInt);
    const at::Tensor difference = (ours - tiled.tensor("bytes").to(at::kInt)).abs();
    EXPECT_LE(difference.max().item<int>(), 1);
    EXPECT_LE(difference.to(at::kDouble).mean().item<double>(), 0.001); // rounding ties only
}

TEST_P(VaeParity, EncodedLatentsAreNormalised) {
    const auto vae = fixture_.load();
    const auto encoder = vae->encoder();
    const at::Tensor video = fixture_["video"];
    std::vector<at::Tensor> latents = {encoder->encode_next(video.narrow(0, 0, 1), {})};
    for (std::int64_t begin = 1; begin < video.size(0); begin += 4) {
        latents.push_back(encoder->encode_next(video.narrow(0, begin, 4), {}));
    }
    const at::Tensor z = at::cat(latents, 2);
    const VaeConfig& config = vae->config();
    const at::Tensor mean = at::tensor(config.latents_mean).view({1, -1, 1, 1, 1});
    const at::Tensor std = at::tensor(config.latents_std).view({1, -1, 1, 1, 1});
    EXPECT_LE(test::parity_error(z, (fixture_["mean"] - mean) / std), 1e-5);
}

TEST_P(VaeParity, DoublePrecisionAgreesToTheLastDigits) {
    const auto vae = fixture_.load(at::kDouble);
    const at::Tensor decoded = decode(*vae, fixture_["latents"]).clamp(-1, 1);
    EXPECT_LE(test::parity_error(every_13th(decoded), fixture_["decoded64"]), 1e-10);
    const at::Tensor mean = encode(*vae, fixture_["video"]);
    EXPECT_LE(test::parity_error(every_13th(mean), fixture_["mean64"]), 1e-10);
}

TEST_P(VaeParity, HalfPrecisionLosesNoMoreThanTheReference) {
    const auto vae = fixture_.load(at::kBFloat16);
    const at::Tensor latents = fixture_["latents"];
    const at::Tensor reference =
        decoded_reference(fixture_, latents.size(2), vae->config().patch_size).clamp(-1, 1);
    const at::Tensor decoded = decode(*vae, latents).to(at::kFloat).clamp(-1, 1);
    EXPECT_LE(rms(decoded - reference), 1.2 * fixture_.number("bf16_decoded"));
    const at::Tensor mean = encode(*vae, fixture_["video"]).to(at::kFloat);
    EXPECT_LE(rms(mean - fixture_["mean"]), 1.2 * fixture_.number("bf16_mean"));
}

void expect_pieces_make_one_pass(const std::filesystem::path& directory) {
    const auto vae = Vae::load(directory, {.dtype = at::kDouble}, VaeParts::both);
    const parity::OnePassVae whole(directory, vae->config());
    const at::Tensor latents = at::randn({1, vae->config().z_dim, 6, 2, 3}, at::kDouble);
    const at::Tensor z =
        vae->denormalised(latents[0].permute({1, 2, 3, 0})).permute({3, 0, 1, 2}).unsqueeze(0);
    EXPECT_LE(test::parity_error(decode(*vae, latents), whole.decode(z)), 1e-10);
    const std::int64_t stride = vae->config().pixel_stride();
    const at::Tensor video = at::randint(0, 256, {21, 2 * stride, 3 * stride, 3}, at::kByte);
    EXPECT_LE(test::parity_error(encode(*vae, video), whole.encode(video)), 1e-10);
}

TEST_P(VaeParity, PiecesMakeWhatOnePassOverTheClipMakes) {
    expect_pieces_make_one_pass(fixture_.directory);
}

TEST(BuiltInVae, PiecesMakeWhatOnePassOverTheClipMakes) {
    expect_pieces_make_one_pass(resources_dir() / "models" / "rushes-demo" / "vae");
}

INSTANTIATE_TEST_SUITE_P(
    Layouts,
    VaeParity,
    testing::Values("wan21", "wan21_deep", "wan22", "wan22_deep"),
    [](const auto& test) { return std::string(test.param); }
);

} // namespace
} // namespace rushes::wan
