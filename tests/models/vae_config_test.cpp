#include "base/error.h"
#include "models/wan/vae_config.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <string>

namespace rushes::wan {
namespace {

/// As published for Wan 2.1: the keys that came later are missing.
nlohmann::json wan_21() {
    return {
        {"_class_name", "AutoencoderKLWan"},
        {"base_dim", 96},
        {"z_dim", 4},
        {"dim_mult", {1, 2, 4, 4}},
        {"num_res_blocks", 2},
        {"attn_scales", nlohmann::json::array()},
        {"temperal_downsample", {false, true, true}},
        {"dropout", 0.0},
        {"latents_mean", {-0.7571, -0.7089, -0.9113, 0.1075}},
        {"latents_std", {2.8184, 1.4541, 2.3275, 2.6558}},
    };
}

nlohmann::json wan_22() {
    nlohmann::json config = wan_21();
    config["base_dim"] = 160;
    config["decoder_base_dim"] = 256;
    config["is_residual"] = true;
    config["patch_size"] = 2;
    config["in_channels"] = 12;
    config["out_channels"] = 12;
    config["scale_factor_spatial"] = 16;
    config["scale_factor_temporal"] = 4;
    config["clip_output"] = false; // unknown to the reference too, which ignores it
    return config;
}

VaeConfig read(const nlohmann::json& config) {
    return read_vae_config(JsonConfig::parse(config.dump(), "vae/config.json"));
}

TEST(VaeConfig, ReadsWan21) {
    const VaeConfig config = read(wan_21());
    EXPECT_EQ(config.decoder_base_dim, 96);
    EXPECT_FALSE(config.is_residual);
    EXPECT_EQ(config.patch_size, 1);
    EXPECT_EQ(config.frame_stride(), 4);
    EXPECT_EQ(config.pixel_stride(), 8);
    EXPECT_THAT(config.encoder_channels(), testing::ElementsAre(96, 96, 192, 384, 384));
    EXPECT_THAT(config.decoder_channels(), testing::ElementsAre(384, 384, 384, 192, 96));
    EXPECT_DOUBLE_EQ(config.latents_mean[3], 0.1075);
    EXPECT_DOUBLE_EQ(config.latents_std[1], 1.4541);
}

TEST(VaeConfig, ReadsWan22) {
    const VaeConfig config = read(wan_22());
    EXPECT_EQ(config.pixel_stride(), 16);
    EXPECT_EQ(config.decoder_channels().front(), 1024);
    EXPECT_EQ(config.encoder_channels().front(), 160);
    // The encoder halves the time at its second and third step, the decoder doubles it at its first two.
    EXPECT_FALSE(config.halves_time(0));
    EXPECT_TRUE(config.halves_time(1));
    EXPECT_TRUE(config.doubles_time(0));
    EXPECT_TRUE(config.doubles_time(1));
    EXPECT_FALSE(config.doubles_time(2));
    EXPECT_FALSE(config.doubles_time(3));
}

struct Wrong {
    const char* name;
    const char* key;
    nlohmann::json value;
    const char* sentence; ///< a part of it
};

void PrintTo(const Wrong& wrong, std::ostream* out) {
    *out << wrong.name;
}

class WrongVaeConfig : public testing::TestWithParam<Wrong> {};

TEST_P(WrongVaeConfig, IsRefusedInOneSentence) {
    nlohmann::json config = wan_22();
    config[GetParam().key] = GetParam().value;
    try {
        read(config);
        FAIL() << "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::user);
        EXPECT_THAT(error.what(), testing::HasSubstr(GetParam().sentence));
        EXPECT_THAT(error.what(), testing::StartsWith("vae/config.json"));
    }
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    WrongVaeConfig,
    testing::Values(
        Wrong{"class", "_class_name", "AutoencoderKL", "AutoencoderKL"},
        Wrong{"missing_base", "base_dim", nullptr, "base_dim"},
        Wrong{"zero_base", "base_dim", 0, "base_dim"},
        Wrong{"too_few_means", "latents_mean", {0.1, 0.2}, "2 values for 4 latent channels"},
        Wrong{"no_standard_deviation", "latents_std", nullptr, "latents_std"},
        Wrong{"zero_standard_deviation", "latents_std", {1.0, 0.0, 1.0, 1.0}, "latents_std"},
        Wrong{"attention", "attn_scales", {"0.5"}, "attn_scales"},
        Wrong{"steps", "temperal_downsample", {false, true}, "2 values for the 3 steps"},
        Wrong{"too_fast", "temperal_downsample", {true, true, true}, "more than twice"},
        Wrong{"patch", "patch_size", 4, "in_channels"},
        Wrong{"channels_out", "out_channels", 3, "out_channels"},
        Wrong{"spatial_factor", "scale_factor_spatial", 8, "scale_factor_spatial"},
        Wrong{"temporal_factor", "scale_factor_temporal", 8, "scale_factor_temporal"},
        Wrong{"broken_groups", "dim_mult", {1, 2, 3, 5}, "broken groups"},
        Wrong{"levels", "dim_mult", "1,2,4,4", "dim_mult"}
    ),
    [](const auto& test) { return std::string(test.param.name); }
);

TEST(VaeConfig, AttentionInNumbersIsRefusedToo) {
    nlohmann::json config = wan_21();
    config["attn_scales"] = {0.5};
    EXPECT_THROW(read(config), Error);
}

} // namespace
} // namespace rushes::wan
