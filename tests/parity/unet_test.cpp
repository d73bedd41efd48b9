// UNet and autoencoder of the Stable Diffusion family against diffusers (make_unet_fixtures.py), and the
// mistakes that must not pass.
#include "base/error.h"
#include "models/diffusion_cost.h"
#include "models/unet/kl_vae.h"
#include "models/unet/original_names.h"
#include "models/unet/published_shapes.h"
#include "models/unet/unet.h"
#include "support/parity.h"
#include "support/tensor_bytes.h"
#include "support/tensor_file.h"

#include <filesystem>
#include <fstream>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <unistd.h>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

namespace rushes {
namespace {

constexpr double tolerance = 1e-5;
constexpr double seen = 1e-3; ///< a mistake makes more than this

std::filesystem::path folder(const std::string& name) {
    return test::fixture_path("unet/" + name);
}

JsonConfig config_of(const std::string& name) {
    return JsonConfig::read(folder(name) / "config.json", "config.json");
}

UNetConfig unet_config(const std::string& name, const std::string& adapter = {}) {
    const UNetConfig config = read_unet_config(config_of(name));
    return adapter.empty() ? config : with_motion(config, read_motion_adapter_config(config_of(adapter)));
}

/// A UNet as its directory has it, with the motion modules of an adapter's where one is named.
UNet load(
    const UNetConfig& config, const std::string& name, const std::string& adapter, at::ScalarType dtype
) {
    const WeightStore store(folder(name), {.dtype = dtype});
    const WeightStore motion(folder(adapter.empty() ? name : adapter), {.dtype = dtype});
    UNet unet(store.root(), adapter.empty() ? store.root() : motion.root(), config);
    store.expect_all_used();
    if (!adapter.empty()) {
        motion.expect_all_used();
    }
    return unet;
}

class UNets : public testing::Test {
protected:
    /// Latents of pictures get a frame.
    static at::Tensor as_clip(const at::Tensor& latents) {
        return latents.dim() == 5 ? latents : latents.unsqueeze(2);
    }

    static at::Tensor
    run(const UNet& unet, const SafetensorsFile& trace, double timestep, double motion_scale = 1) {
        const TextContext text = unet.text_context(trace.tensor("text"));
        const at::Tensor out = unet.forward({as_clip(trace.tensor("latents")), timestep, motion_scale}, text);
        return trace.tensor("latents").dim() == 5 ? out : out.squeeze(2);
    }

    static void expect_agreement(
        const std::string& name, const std::string& adapter, std::initializer_list<int> timesteps
    ) {
        const SafetensorsFile trace(folder(adapter.empty() ? name : adapter) / "trace.safetensors");
        const UNetConfig config = unet_config(name, adapter);
        const UNet unet = load(config, name, adapter, at::kFloat);
        const UNet wide = load(config, name, adapter, at::kDouble);
        double worst = 0;
        for (const int t : timesteps) {
            const std::string key = "out." + std::to_string(t);
            const at::Tensor exact = trace.tensor(key + ".f64");
            EXPECT_PARITY(run(wide, trace, t), exact, 1e-9);
            // A softmax that looks at few pixels makes much of fp32's last digits, in the reference too.
            const double allowed = std::max(tolerance, 2 * test::parity_error(trace.tensor(key), exact));
            const at::Tensor out = run(unet, trace, t);
            EXPECT_PARITY(out, exact, allowed);
            worst = std::max(worst, test::parity_error(out, exact) / allowed);
        }
        std::cout << "| UNet " << name << (adapter.empty() ? "" : " with " + adapter)
                  << ", of what is allowed | " << worst << " | 1 |\n";
    }
};

TEST_F(UNets, SavedWholeWithMotionAgrees) {
    expect_agreement("motion", "", {999, 501, 0});
}

TEST_F(UNets, WithAnAdapterBesideAgrees) {
    expect_agreement("sd1", "adapter", {999, 501, 0});
}

TEST_F(UNets, WithoutMotionAgrees) {
    expect_agreement("sd1", "", {999, 17});
    expect_agreement("sd2", "", {999});
}

TEST_F(UNets, MistakesAreSeen) {
    const SafetensorsFile trace(folder("motion") / "trace.safetensors");
    const at::Tensor wanted = trace.tensor("out.501");
    const UNetConfig config = unet_config("motion");
    const auto error = [&](const std::function<void(UNetConfig&)>& seed) {
        UNetConfig wrong = config;
        seed(wrong);
        const WeightStore store(folder("motion"));
        return test::parity_error(run(UNet(store.root(), store.root(), wrong), trace, 501), wanted);
    };
    ASSERT_LT(error([](UNetConfig&) {}), seen / 10);
    const std::vector<std::pair<std::string, std::function<void(UNetConfig&)>>> mistakes{
        {"heads of another size", [](UNetConfig& c) { c.heads = {4, 4}; }},
        {"motion heads of another size", [](UNetConfig& c) { c.motion->heads = {2, 2}; }},
        {"no motion", [](UNetConfig& c) { c.motion.reset(); }},
        {"no motion in the middle", [](UNetConfig& c) { c.motion->mid_block = false; }},
        {"other groups", [](UNetConfig& c) { c.norm_groups = 2; }},
        {"other groups of motion", [](UNetConfig& c) { c.motion->norm_groups = 2; }},
        {"another epsilon", [](UNetConfig& c) { c.norm_eps = 1e-2; }},
    };
    for (const auto& [mistake, seed] : mistakes) {
        EXPECT_GT(error(seed), seen) << mistake << " passes for right";
    }
    const UNet unet = load(config, "motion", "", at::kFloat);
    EXPECT_GT(test::parity_error(run(unet, trace, 500), wanted), seen) << "timestep off by one";
    EXPECT_GT(test::parity_error(run(unet, trace, 501, 0.9), wanted), seen) << "motion scale";
    const TextContext swapped = unet.text_context(trace.tensor("text").flip(0));
    EXPECT_GT(test::parity_error(unet.forward({trace.tensor("latents"), 501}, swapped), wanted), seen)
        << "sides swapped";
    EXPECT_GT(test::parity_error(run(unet, trace, 501).flip(2), wanted), seen) << "frames in another order";
}

/// The original code norms each frame alone; diffusers, and so this program, all frames of a clip together.
TEST_F(UNets, MotionModuleNormsAllFramesTogether) {
    const SafetensorsFile trace(folder("motion") / "trace.safetensors");
    const WeightStore store(folder("motion"));
    const MotionModule module(
        store.root()["down_blocks"][0]["motion_modules"][0],
        {.channels = 8, .heads = 4, .groups = 4, .max_frames = 8}
    );
    const auto frames_last = [](const at::Tensor& t) { return t.permute({0, 2, 3, 1}).contiguous(); };
    const at::Tensor x = frames_last(trace.tensor("module.in"));
    const at::Tensor wanted = frames_last(trace.tensor("module.out"));
    EXPECT_PARITY(module.forward(x, {.frames = 5}, {}), wanted, tolerance);
    // What is normed frame by frame before keeps its numbers in a norm of all frames: the mistake.
    const at::Tensor alone = GroupNorm(at::ones({8}), at::zeros({8}), 4, 1e-6).forward(x);
    const at::Tensor mistaken = module.forward(alone, {.frames = 5}, {}) - alone + x;
    EXPECT_GT(test::parity_error(mistaken, wanted), 1e-2);
    EXPECT_TRUE(at::equal(module.forward(x, {.frames = 5, .scale = 0}, {}), x))
        << "motion scale 0 changes nothing";
}

TEST_F(UNets, RefuseMoreFramesThanTheyKnow) {
    const UNet unet = load(unet_config("motion"), "motion", "", at::kFloat);
    const TextContext text = unet.text_context(at::zeros({1, 7, 10}));
    EXPECT_NO_THROW(unet.forward({at::zeros({1, 4, 8, 2, 2}), 1}, text));
    try {
        unet.forward({at::zeros({1, 4, 9, 2, 2}), 1}, text);
        ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("up to 8 frames, not 9"));
    }
}

TEST_F(UNets, StopAndTellHowFarTheyAre) {
    const UNet unet = load(unet_config("motion"), "motion", "", at::kFloat);
    const TextContext text = unet.text_context(at::zeros({1, 7, 10}));
    std::vector<double> shares;
    std::stop_source stop;
    unet.forward({at::zeros({1, 4, 2, 2, 2}), 1}, text, stop.get_token(), [&](double share) {
        shares.push_back(share);
    });
    ASSERT_GT(shares.size(), 5U);
    EXPECT_TRUE(std::is_sorted(shares.begin(), shares.end()));
    EXPECT_DOUBLE_EQ(shares.back(), 1);
    const auto stop_there = [&](double) { stop.request_stop(); };
    EXPECT_THROW(unet.forward({at::zeros({1, 4, 2, 2, 2}), 1}, text, stop.get_token(), stop_there), Stopped);
}

class KlVaes : public testing::TestWithParam<std::string> {};

INSTANTIATE_TEST_SUITE_P(Names, KlVaes, testing::Values("kl", "kl_older"));

TEST_P(KlVaes, Agree) {
    const SafetensorsFile trace(folder("kl") / "trace.safetensors");
    const KlVaeConfig config = read_kl_vae_config(config_of(GetParam()));
    for (const at::ScalarType dtype : {at::kFloat, at::kDouble}) {
        const WeightStore store(folder(GetParam()), {.dtype = dtype});
        const KlDecoder decoder(store.root(), config);
        const KlEncoder encoder(store.root(), config);
        store.expect_all_used();
        const std::string end = dtype == at::kDouble ? ".f64" : "";
        const double allowed = dtype == at::kDouble ? 1e-10 : tolerance;
        EXPECT_PARITY(decoder.forward(trace.tensor("latents")), trace.tensor("decoded" + end), allowed);
        EXPECT_PARITY(encoder.forward(trace.tensor("pictures")), trace.tensor("mean" + end), allowed);
        EXPECT_PARITY(
            decoder.forward(trace.tensor("latents").narrow(0, 1, 1)),
            trace.tensor("decoded" + end).narrow(0, 1, 1),
            allowed
        ) << "a picture does not see its neighbours";
    }
}

TEST(KlVae, MistakesAreSeen) {
    const SafetensorsFile trace(folder("kl") / "trace.safetensors");
    const KlVaeConfig config = read_kl_vae_config(config_of("kl"));
    const WeightStore store(folder("kl"));
    const auto decoded = [&](const std::function<void(KlVaeConfig&)>& seed) {
        KlVaeConfig wrong = config;
        seed(wrong);
        const at::Tensor out = KlDecoder(store.root(), wrong).forward(trace.tensor("latents"));
        return test::parity_error(out, trace.tensor("decoded"));
    };
    EXPECT_GT(decoded([](KlVaeConfig& c) { c.scaling_factor = 1; }), 1e-2);
    EXPECT_GT(decoded([](KlVaeConfig& c) { c.norm_groups = 2; }), 1e-3);
    EXPECT_GT(decoded([](KlVaeConfig& c) { c.mid_attention = false; }), 1e-3);
    EXPECT_GT(decoded([](KlVaeConfig& c) { c.post_quant_conv = false; }), 1e-3);
}

/// Large pictures in tiles, as enable_tiling() of the reference does it.
TEST(KlVae, TilesAgree) {
    const SafetensorsFile trace(folder("kl") / "trace.safetensors");
    const KlVaeConfig config = read_kl_vae_config(config_of("kl"));
    const WeightStore store(folder("kl"));
    const KlDecoder decoder(store.root(), config);
    const at::Tensor latents = trace.tensor("tiled.latents");
    std::vector<double> shares;
    const at::Tensor tiled =
        decoder.forward_tiled(latents, {}, [&](double share) { shares.push_back(share); });
    EXPECT_PARITY(tiled, trace.tensor("tiled.decoded"), tolerance);
    EXPECT_TRUE(std::is_sorted(shares.begin(), shares.end()));
    EXPECT_DOUBLE_EQ(shares.back(), 1);
    EXPECT_GT(test::parity_error(decoder.forward(latents), tiled), 1e-3) << "each tile has norms of its own";
    const at::Tensor small = trace.tensor("latents");
    EXPECT_TRUE(at::equal(decoder.forward_tiled(small), decoder.forward(small)));
}

/// Whole and in tiles.
TEST(KlVae, DecodingTakesTheMemoryThatWasForetold) {
    const KlVaeConfig config = read_kl_vae_config(config_of("kl"));
    const WeightStore store(folder("kl"));
    const KlDecoder decoder(store.root(), config);
    Pass pass;
    pass.width = 384;
    pass.height = 256;
    pass.frames = 1;
    const at::Tensor latents = at::randn({1, 4, pass.height / config.stride(), pass.width / config.stride()});
    const auto counted = [&](bool tiles) {
        const test::TensorBytes bytes;
        tiles ? decoder.forward_tiled(latents) : decoder.forward(latents);
        return static_cast<double>(bytes.peak());
    };
    const double whole = counted(false);
    EXPECT_NEAR(kl_decode_cost(config, pass).bytes, whole, 0.2 * whole);
    const double flop = kl_decode_cost(config, pass).flop;
    pass.decode = DecodeWay::tiles;
    const double tiled = counted(true);
    ASSERT_LT(tiled, 0.7 * whole);
    EXPECT_NEAR(kl_decode_cost(config, pass).bytes, tiled, 0.2 * tiled);
    EXPECT_GT(kl_decode_cost(config, pass).flop, flop) << "where tiles overlap it is computed twice";
}

/// What checkpoints in one file call their tensors, checked by the converters of diffusers.
TEST(OriginalNames, AreThoseOfStableDiffusion) {
    std::ifstream file(test::fixture_path("unet/original_names.json"));
    const nlohmann::json known = nlohmann::json::parse(file);
    const auto check = [&](const char* part, const WeightNames& names) {
        std::vector<std::string> foreign;
        for (const auto& [name, own] : known.at(part).items()) {
            foreign.push_back(name);
        }
        ASSERT_GT(foreign.size(), 100U);
        const std::vector<std::string> own = own_names(foreign, names);
        for (std::size_t i = 0; i < foreign.size(); ++i) {
            const std::string attention = "mid_block.attentions.0.";
            std::string wanted = known.at(part).at(foreign[i]);
            if (const std::size_t at = wanted.find(attention + "to_"); at != std::string::npos) {
                // The decoder reads these under their own names: they are convolutions.
                continue;
            }
            EXPECT_EQ(own[i], wanted) << foreign[i];
        }
    };
    check("unet", unet_names(unet_sd15()));
    check("unet_sdxl", unet_names(unet_sdxl()));
    check("vae", kl_vae_names(kl_vae_sd15()));
}

/// An autoencoder under the original's names, with convolutions for its projections, is the same.
TEST(OriginalNames, OfAnAutoencoderGiveTheSameNumbers) {
    const SafetensorsFile trace(folder("kl") / "trace.safetensors");
    const KlVaeConfig config = read_kl_vae_config(config_of("kl"));
    const SafetensorsFile own(folder("kl") / "diffusion_pytorch_model.safetensors");
    const NameMap map = kl_vae_names(config).maps.front();
    test::NamedTensors renamed;
    for (const TensorEntry& entry : own.header().tensors) {
        std::string name = entry.name;
        at::Tensor tensor = own.tensor(name).clone();
        for (const auto& [ours, theirs] : std::initializer_list<std::pair<std::string, std::string>>{
                 {"0.to_q.", "0.q."}, {"0.to_k.", "0.k."}, {"0.to_v.", "0.v."}, {"0.to_out.0.", "0.proj_out."}
             }) {
            if (const std::size_t at = name.find(ours); at != std::string::npos) {
                name.replace(at, ours.size(), theirs);
                tensor = tensor.dim() == 2 ? tensor.unsqueeze(-1).unsqueeze(-1) : tensor;
            }
        }
        const std::size_t layer = name.rfind('.');
        renamed["first_stage_model." + map.foreign(name.substr(0, layer)) + name.substr(layer)] = tensor;
    }
    renamed["model.diffusion_model.out.0.weight"] = at::ones({4}); // of another network
    const std::filesystem::path file = std::filesystem::temp_directory_path() /
                                       ("rushes-original-" + std::to_string(::getpid()) + ".safetensors");
    test::write_safetensors(file, renamed);
    const WeightStore store(file, {.names = kl_vae_names(config)});
    const KlDecoder decoder(store.root(), config);
    const KlEncoder encoder(store.root(), config);
    store.expect_all_used();
    EXPECT_PARITY(decoder.forward(trace.tensor("latents")), trace.tensor("decoded"), tolerance);
    EXPECT_PARITY(encoder.forward(trace.tensor("pictures")), trace.tensor("mean"), tolerance);
    std::filesystem::remove(file);
}

/// Eleven frames by windows of eight: what each frame is made of, worked out here once more.
TEST_F(UNets, WindowsWeighTheirMiddlesMost) {
    const WeightStore store(folder("motion"));
    const MotionModule module(
        store.root()["down_blocks"][0]["motion_modules"][0],
        {.channels = 8, .heads = 4, .groups = 4, .max_frames = 8}
    );
    const auto generator = at::detail::createCPUGenerator(3);
    const at::Tensor x = at::randn({11, 2, 3, 8}, generator);
    const at::Tensor long_run = module.forward(x, {.frames = 11, .window = 8}, {});
    EXPECT_FALSE(long_run.isnan().any().item<bool>());
    // Frames 8, 9 and 10 lie in the window that ends with the clip only: they are those of that window alone,
    // once the norm sees the same frames. With frames that are all alike, every window says the same.
    const at::Tensor alike = x.narrow(0, 0, 1).expand({11, -1, -1, -1}).contiguous();
    const at::Tensor same = module.forward(alike, {.frames = 11, .window = 8}, {});
    const at::Tensor alone = module.forward(alike.narrow(0, 0, 8).contiguous(), {.frames = 8}, {});
    EXPECT_PARITY(same.narrow(0, 8, 3), alone.narrow(0, 5, 3), tolerance);
    EXPECT_PARITY(same.narrow(0, 0, 8), alone, tolerance);
    EXPECT_THROW(module.forward(x, {.frames = 11}, {}), Error);
}

TEST(UNetConfigs, RefuseOtherArchitecturesWithOneSentence) {
    const auto sentence = [](const auto& action) -> std::string {
        try {
            action();
            return "accepted";
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::user);
            return error.what();
        }
    };
    const auto unet = [&](const std::string& more, const std::string& down = "CrossAttnDownBlock2D") {
        const std::string json = R"({"_class_name": "UNet2DConditionModel", "block_out_channels": [8, 16],
            "norm_num_groups": 4, "attention_head_dim": 2, "down_block_types": [")" +
                                 down + R"(", "DownBlock2D"],
            "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D"])" +
                                 more + "}";
        return sentence([&] { read_unet_config(JsonConfig::parse(json, "unet/config.json")); });
    };
    using testing::HasSubstr;
    EXPECT_EQ(unet(""), "accepted");
    EXPECT_THAT(unet(R"(, "addition_embed_type": "text_time")"), HasSubstr("addition_time_embed_dim"));
    EXPECT_THAT(unet(R"(, "addition_embed_type": "image")"), HasSubstr("addition_embed_type"));
    EXPECT_THAT(
        unet(R"(, "addition_embed_type": "text_time", "addition_time_embed_dim": 8,
            "projection_class_embeddings_input_dim": 48)"),
        HasSubstr("projection_class_embeddings_input_dim")
    );
    EXPECT_THAT(
        unet(R"(, "transformer_layers_per_block": [1, 2, 3])"), HasSubstr("transformer_layers_per_block")
    );
    EXPECT_THAT(unet(R"(, "class_embed_type": "timestep")"), HasSubstr("class_embed_type"));
    EXPECT_THAT(unet(R"(, "time_cond_proj_dim": 1)"), HasSubstr("time_cond_proj_dim"));
    EXPECT_THAT(unet(R"(, "act_fn": "gelu")"), HasSubstr("gelu"));
    EXPECT_THAT(unet(R"(, "attention_head_dim": [2, 3, 4])"), HasSubstr("attention_head_dim"));
    EXPECT_THAT(unet(R"(, "num_attention_heads": 3)"), HasSubstr("heads"));
    EXPECT_THAT(unet("", "AttnDownBlock2D"), HasSubstr("AttnDownBlock2D"));
    const std::string adapter = R"({"_class_name": "MotionAdapter", "block_out_channels": )";
    const auto motion = [&](const std::string& rest) {
        return sentence([&] {
            with_motion(
                unet_config("sd1"),
                read_motion_adapter_config(JsonConfig::parse(adapter + rest, "config.json"))
            );
        });
    };
    EXPECT_EQ(
        motion(R"([8, 16], "motion_norm_num_groups": 4, "motion_num_attention_heads": 4})"), "accepted"
    );
    EXPECT_THAT(
        motion(R"([8, 16, 32], "motion_norm_num_groups": 4, "motion_num_attention_heads": 4})"),
        HasSubstr("belongs to another model")
    );
    EXPECT_THAT(motion(R"([320, 640, 1280], "conv_in_channels": 9})"), HasSubstr("conv_in_channels"));
}

} // namespace
} // namespace rushes
