// What directories say about themselves, whole and damaged.
#include "base/atomic_file.h"
#include "base/error.h"
#include "models/model_card.h"
#include "models/registry.h"
#include "models/wan/config.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace rushes {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

const fs::path wan_fixtures = fs::path(RUSHES_SOURCE_DIR) / "tests" / "parity" / "fixtures" / "wan";

class Describe : public testing::Test {
protected:
    void SetUp() override {
        fs::remove_all(folder_);
        fs::create_directories(folder_);
    }

    void TearDown() override { fs::remove_all(folder_); }

    /// A copy of a fixture to be damaged.
    fs::path copy(const std::string& name = "wan21", const std::string& as = "model") const {
        fs::copy(wan_fixtures / name, folder_ / as, fs::copy_options::recursive);
        return folder_ / as;
    }

    static void edit(const fs::path& file, const std::function<void(json&)>& change) {
        json value = fs::exists(file) ? json::parse(read_file(file)) : json::object();
        change(value);
        write_file(file, value.dump());
    }

    static std::string sentence(const fs::path& directory) {
        try {
            describe_model(directory);
            return "described";
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::user);
            return error.what();
        }
    }

    /// The sentence after a change of one file of a sound directory.
    std::string after(const std::string& file, const std::function<void(json&)>& change) {
        fs::remove_all(folder_ / "model");
        const fs::path directory = copy();
        edit(directory / file, change);
        return sentence(directory);
    }

    const fs::path folder_ = fs::temp_directory_path() / ("rushes-describe-" + std::to_string(::getpid()));
};

json causal() {
    return {
        {"num_frames_per_block", 1},
        {"local_attn_size", 8},
        {"sink_size", 1},
        {"rope", "relative"},
        {"sigmas", {1.0, 0.9, 0.5}},
        {"solver", "euler"},
        {"guidance_scale", 1.0},
        {"context_noise", 0.0}
    };
}

TEST_F(Describe, ReadsTheLatticeFromTheConfigs) {
    const ModelInfo wan21 = describe_model(wan_fixtures / "wan21");
    EXPECT_EQ(wan21.id, "wan21");
    EXPECT_EQ(wan21.family, "wan");
    EXPECT_FALSE(wan21.causal);
    EXPECT_EQ(wan21.lattice.size_multiple, 16);
    EXPECT_EQ(wan21.lattice.frame_stride, 4);
    EXPECT_EQ(wan21.default_frames, 81);
    EXPECT_EQ(wan21.frame_rate, (FrameRate{16, 1}));
    EXPECT_THAT(wan21.schedulers, ElementsAre("unipc", "flow-euler", "dmd", "rcm", "distilled"));
    EXPECT_EQ(wan21.default_steps, 50);

    const ModelInfo wan22 = describe_model(wan_fixtures / "wan22"); // expand_timesteps: as TI2V-5B
    EXPECT_EQ(wan22.lattice.size_multiple, 32);
    EXPECT_EQ(wan22.default_frames, 121);
    EXPECT_EQ(wan22.frame_rate, (FrameRate{24, 1}));
    EXPECT_THAT(wan22.lattice.sizes, ElementsAre(PictureSize{1280, 704}, PictureSize{704, 1280}));
    EXPECT_THAT(wan22.schedulers, ElementsAre("flow-euler", "unipc", "dmd", "rcm", "distilled"));
    EXPECT_GT(wan22.weight_bytes, 100'000U);
}

/// By the class of the pipeline, or by what a card says of any other directory.
TEST_F(Describe, StudentsSayHowTheyAreSampled) {
    const fs::path fast = copy("wan21", "fast");
    edit(fast / "model_index.json", [](json& j) { j["_class_name"] = "WanDMDPipeline"; });
    const ModelInfo dmd = describe_model(fast);
    EXPECT_THAT(dmd.schedulers, ElementsAre("dmd"));
    EXPECT_EQ(dmd.default_steps, 3);
    EXPECT_TRUE(dmd.fixed_steps);
    EXPECT_EQ(dmd.default_guidance, 1);
    EXPECT_FALSE(dmd.guidance_adjustable);

    const fs::path turbo = copy("wan21", "turbo");
    edit(turbo / "rushes.json", [](json& j) { j["scheduler"] = "rcm"; });
    const ModelInfo rcm = describe_model(turbo);
    EXPECT_EQ(rcm.schedulers.front(), "rcm");
    EXPECT_EQ(rcm.default_steps, 4);
    EXPECT_EQ(rcm.default_guidance, 1);
    edit(turbo / "rushes.json", [](json& j) {
        j["steps"] = 2;
        j["guidance"] = 1.5;
    });
    EXPECT_EQ(describe_model(turbo).default_steps, 2);
    EXPECT_EQ(describe_model(turbo).default_guidance, 1.5);
    edit(turbo / "rushes.json", [](json& j) { j["scheduler"] = "ddim"; });
    EXPECT_THAT(sentence(turbo), HasSubstr("ddim, which this model does not have"));
}

/// What a directory that starts from pictures may lack or contradict.
TEST_F(Describe, RefusesPicturesThatDoNotFitInOneSentence) {
    const auto broken = [&](const std::string& file, const std::function<void(json&)>& change) {
        fs::remove_all(folder_ / "model");
        const fs::path directory = copy("flf2v");
        edit(directory / file, change);
        return sentence(directory);
    };
    EXPECT_EQ(broken("transformer/config.json", [](json&) {}), "described");
    EXPECT_THAT(
        broken("model_index.json", [](json& j) { j["image_encoder"] = {nullptr, nullptr}; }),
        HasSubstr("the component is missing")
    );
    EXPECT_THAT(
        broken("transformer/config.json", [](json& j) { j["added_kv_proj_dim"] = 7; }),
        HasSubstr("\"added_kv_proj_dim\" must be 24")
    );
    EXPECT_THAT(
        broken("transformer/config.json", [](json& j) { j["pos_embed_seq_len"] = 514; }),
        HasSubstr("10 states")
    );
    EXPECT_THAT(
        broken("transformer/config.json", [](json& j) { j["in_channels"] = 4; }),
        AllOf(HasSubstr("takes 4 channels"), HasSubstr("with the channels of a picture 12"))
    );
    EXPECT_THAT(
        broken("image_encoder/config.json", [](json& j) { j["architectures"] = {"SiglipVisionModel"}; }),
        HasSubstr("CLIPVisionModel")
    );
    EXPECT_THAT(
        broken("image_encoder/config.json", [](json& j) { j["patch_size"] = 7; }), HasSubstr("\"patch_size\"")
    );
    EXPECT_THAT(
        broken("image_processor/preprocessor_config.json", [](json& j) { j["crop_size"]["width"] = 336; }),
        HasSubstr("336 pixels")
    );
    EXPECT_THAT(
        broken("image_processor/preprocessor_config.json", [](json& j) { j["image_std"] = {1, 0, 1}; }),
        HasSubstr("\"image_std\"")
    );
    EXPECT_THAT(
        broken("image_processor/preprocessor_config.json", [](json& j) { j["do_normalize"] = false; }),
        HasSubstr("do_normalize")
    );
}

TEST_F(Describe, ACausalModelWithAShiftTakesAnyNumberOfSteps) {
    const fs::path directory = copy();
    json settings = causal();
    settings["shift"] = 3;
    edit(directory / "causal.json", [&](json& j) { j = settings; });
    const ModelInfo info = describe_model(directory);
    EXPECT_FALSE(info.fixed_steps);
    EXPECT_EQ(info.default_steps, 3);
    ASSERT_EQ(info.tiers.size(), 3);
    EXPECT_EQ(info.tiers[0].steps, 2);
    EXPECT_EQ(info.tiers[1].steps, 3);
    EXPECT_EQ(info.tiers[2].steps, 6);
}

TEST(PublishedModels, AreNamedWithTheMemoryTheyTake) {
    const std::vector<PublishedModel> models = published_models();
    ASSERT_GE(models.size(), 3);
    EXPECT_TRUE(std::ranges::is_sorted(models, {}, &PublishedModel::memory_bytes));
    const auto wan = std::ranges::find(models, "Wan 2.1 T2V 1.3B", &PublishedModel::name);
    ASSERT_NE(wan, models.end());
    // Two bytes for each of 5.7 and 1.4 billion parameters, four for each of 127 million.
    EXPECT_NEAR(static_cast<double>(wan->memory_bytes), 14.7e9, 0.1e9);
    EXPECT_TRUE(wan->fits(18'000'000'000));
    EXPECT_FALSE(wan->fits(16'000'000'000));
}

/// Worked out by hand: 3 t / (1 + 2 t) at t = 1, 3/4, 1/2, 1/4.
TEST(CausalConfig, SigmasOfOtherCountsAreShifted) {
    const auto read = [](const json& settings) {
        return wan::read_causal_config(JsonConfig::parse(settings.dump(), "causal.json"));
    };
    json settings = causal();
    EXPECT_THROW(read(settings).sigmas_of(4), Error);
    settings["shift"] = 3;
    const wan::CausalConfig config = read(settings);
    EXPECT_THAT(
        config.sigmas_of(4),
        ElementsAre(
            testing::DoubleEq(1), testing::DoubleEq(0.9), testing::DoubleEq(0.75), testing::DoubleEq(0.5), 0
        )
    );
    EXPECT_THROW(config.sigmas_of(0), Error);
    std::vector<double> listed = config.sigmas;
    listed.push_back(0);
    EXPECT_EQ(config.sigmas_of(3), listed);
}

TEST_F(Describe, ReadsTheCardAndTheCausalSettings) {
    const fs::path directory = copy();
    edit(directory / "causal.json", [](json& j) { j = causal(); });
    edit(directory / "rushes.json", [](json& j) {
        j = {
            {"name", "Small"},
            {"demonstration", true},
            {"version", "1"},
            {"description", "D."},
            {"fps", 12},
            {"sizes", {{160, 96}, {96, 160}}},
            {"frames", 33},
            {"max_frames", nullptr},
            {"examples", {"a red ball"}},
            {"vocabulary", {{"objects", {"ball"}}, {"colours", {"red", "blue"}}}}
        };
    });
    const ModelInfo info = describe_model(directory);
    EXPECT_EQ(info.name, "Small");
    EXPECT_TRUE(info.causal);
    EXPECT_TRUE(info.demonstration);
    EXPECT_TRUE(info.fixed_steps);
    EXPECT_EQ(info.default_steps, 3);
    EXPECT_EQ(info.default_guidance, 1);
    EXPECT_FALSE(info.guidance_adjustable);
    EXPECT_FALSE(info.lattice.free_size);
    EXPECT_EQ(info.lattice.max_frames, 0);
    EXPECT_EQ(info.default_frames, 33);
    EXPECT_EQ(info.frame_rate, (FrameRate{12, 1}));
    EXPECT_THAT(info.lattice.sizes, ElementsAre(PictureSize{160, 96}, PictureSize{96, 160}));
    EXPECT_THAT(info.vocabulary, testing::UnorderedElementsAre("ball", "red", "blue"));
    const auto groups = known_word_groups(directory);
    ASSERT_EQ(groups.size(), 2U);
    EXPECT_EQ(groups[0].name, "colours"); // as in the example, although its name comes later
    EXPECT_THAT(groups[1].words, ElementsAre("ball"));

    edit(directory / "rushes.json", [](json& j) { j["frames"] = 34; });
    EXPECT_THAT(
        sentence(directory), AllOf(HasSubstr("rushes.json"), HasSubstr("34"), HasSubstr("4 * k + 1"))
    );
    edit(directory / "rushes.json", [](json& j) {
        j["frames"] = 33;
        j["sizes"] = {{160, 90}};
    });
    EXPECT_THAT(sentence(directory), AllOf(HasSubstr("160 x 90"), HasSubstr("16")));
}

TEST_F(Describe, RefusesWrongDirectoriesInOneSentence) {
    EXPECT_THAT(sentence(folder_ / "none"), HasSubstr("no model directory"));
    EXPECT_THAT(sentence(folder_), HasSubstr("model_index.json is missing"));
    EXPECT_THAT(
        after("model_index.json", [](json& j) { j["_class_name"] = "WanImageToVideoPipeline"; }),
        HasSubstr("with the channels of a picture 12")
    );
    EXPECT_THAT(
        after("model_index.json", [](json& j) { j.erase("_class_name"); }),
        HasSubstr("\"_class_name\" is missing")
    );
    EXPECT_THAT(after("model_index.json", [](json& j) { j.erase("vae"); }), HasSubstr("\"vae\" is missing"));
    EXPECT_THAT(
        after("model_index.json", [](json& j) { j["text_encoder"] = {"transformers", "CLIPTextModel"}; }),
        AllOf(HasSubstr("CLIPTextModel"), HasSubstr("UMT5EncoderModel"))
    );
    EXPECT_THAT(
        after("model_index.json", [](json& j) { j["boundary_ratio"] = 0.9; }),
        HasSubstr("\"transformer_2\" is missing")
    );
    EXPECT_THAT(
        after(
            "model_index.json", [](json& j) { j["transformer_2"] = {"diffusers", "WanTransformer3DModel"}; }
        ),
        HasSubstr("\"boundary_ratio\" is missing")
    );
}

TEST_F(Describe, RefusesWrongNumbersInOneSentence) {
    const std::string config = "transformer/config.json";
    EXPECT_THAT(
        after(config, [](json& j) { j.erase("num_layers"); }),
        "transformer/config.json: \"num_layers\" is missing."
    );
    EXPECT_THAT(after(config, [](json& j) { j["num_layers"] = 1e9; }), HasSubstr("\"num_layers\""));
    EXPECT_THAT(after(config, [](json& j) { j["num_layers"] = -1; }), HasSubstr("not between 1 and"));
    EXPECT_THAT(
        after(config, [](json& j) { j["ffn_dim"] = "big"; }), HasSubstr("\"ffn_dim\" must be a whole number")
    );
    EXPECT_THAT(after(config, [](json& j) { j["patch_size"] = {2, 2, 2}; }), HasSubstr("\"patch_size\""));
    EXPECT_THAT(after(config, [](json& j) { j["image_dim"] = 1280; }), HasSubstr("belong together"));
    EXPECT_THAT(
        after(config, [](json& j) { j["in_channels"] = 36; }),
        AllOf(HasSubstr("36"), HasSubstr("latents have 4"))
    );
    EXPECT_THAT(
        after(config, [](json& j) { j["_class_name"] = "LTXVideoTransformer3DModel"; }), HasSubstr("LTXVideo")
    );
    EXPECT_THAT(
        after("vae/config.json", [](json& j) { j.erase("z_dim"); }), HasSubstr("\"z_dim\" is missing")
    );
    EXPECT_THAT(
        after("scheduler/scheduler_config.json", [](json& j) { j["use_dynamic_shifting"] = true; }),
        HasSubstr("use_dynamic_shifting")
    );
    EXPECT_THAT(
        after(
            "causal.json",
            [](json& j) {
                j = causal();
                j["sink_size"] = 8;
            }
        ),
        HasSubstr("local_attn_size")
    );
    EXPECT_THAT(
        after(
            "causal.json",
            [](json& j) {
                j = causal();
                j["sigmas"] = {0.5, 0.9};
            }
        ),
        HasSubstr("must fall")
    );
    EXPECT_THAT(
        after(
            "causal.json",
            [](json& j) {
                j = causal();
                j["rope"] = "none";
            }
        ),
        HasSubstr("\"rope\"")
    );
}

TEST_F(Describe, RefusesMissingAndBrokenWeights) {
    fs::path directory = copy();
    fs::remove(directory / "vae" / "diffusion_pytorch_model.safetensors");
    EXPECT_THAT(sentence(directory), HasSubstr("vae"));
    fs::remove_all(directory);
    directory = copy();
    fs::resize_file(directory / "transformer" / "diffusion_pytorch_model.safetensors", 1000);
    EXPECT_NE(sentence(directory), "described");
    fs::remove_all(directory);
    directory = copy("wan22");
    fs::remove(directory / "transformer" / "diffusion_pytorch_model-00002-of-00010.safetensors");
    EXPECT_THAT(sentence(directory), HasSubstr("00002"));
}

TEST_F(Describe, VaceTakesPicturesAndNeedsNone) {
    const ModelInfo info = describe_model(wan_fixtures / "vace");
    ASSERT_EQ(info.inputs.size(), 3U);
    EXPECT_TRUE(std::ranges::none_of(info.inputs, &AcceptedInput::required));
    EXPECT_THAT(info.description, HasSubstr("VACE"));
    EXPECT_THAT(
        after("model_index.json", [](json& j) { j["_class_name"] = "WanVACEPipeline"; }),
        HasSubstr("WanVACETransformer3DModel")
    );
}

TEST_F(Describe, RefusesRelativesThatDenseAttentionCannotStandFor) {
    const fs::path directory = copy();
    const fs::path weights = directory / "transformer" / "diffusion_pytorch_model.safetensors";
    const std::string bytes = read_file(weights);
    std::uint64_t length = 0;
    std::memcpy(&length, bytes.data(), sizeof length);
    json header = json::parse(bytes.substr(sizeof length, length));
    const std::size_t data = bytes.size() - sizeof length - length;
    header["blocks.0.to_gate_compress.bias"] = {
        {"dtype", "F32"}, {"shape", {0}}, {"data_offsets", {data, data}}
    };
    const std::string text = header.dump();
    length = text.size();
    write_file(
        weights,
        std::string(reinterpret_cast<const char*>(&length), sizeof length) + text +
            bytes.substr(bytes.size() - data)
    );
    EXPECT_THAT(sentence(directory), HasSubstr("video sparse attention"));
}

TEST_F(Describe, HashesDifferWhenAnythingDoes) {
    const std::string same = describe_model(wan_fixtures / "wan21").hash;
    const fs::path directory = copy();
    EXPECT_EQ(describe_model(directory).hash, same); // wherever it lies
    edit(directory / "scheduler" / "scheduler_config.json", [](json& j) { j["flow_shift"] = 5.0; });
    const std::string other_shift = describe_model(directory).hash;
    EXPECT_NE(other_shift, same);
    // Another fine-tune: the same header, other numbers.
    const fs::path weights = directory / "transformer" / "diffusion_pytorch_model.safetensors";
    std::string bytes = read_file(weights);
    std::fill(bytes.end() - static_cast<std::ptrdiff_t>(bytes.size() / 4), bytes.end(), '\x3c');
    write_file(weights, bytes);
    EXPECT_NE(describe_model(directory).hash, other_shift);
}

TEST_F(Describe, InstalledModelsComeBuiltInFirstAndProblemsAreTold) {
    fs::create_directories(folder_ / "resources" / "models");
    fs::create_directories(folder_ / "data" / "rushes" / "models");
    copy("wan22", "resources/models/z-built-in");
    copy("wan21", "data/rushes/models/another");
    copy("wan21", "data/rushes/models/broken");
    fs::remove(folder_ / "data/rushes/models/broken/vae/config.json");
    ::setenv("RUSHES_RESOURCES", (folder_ / "resources").c_str(), 1);
    ::setenv("XDG_DATA_HOME", (folder_ / "data").c_str(), 1);
    std::vector<std::string> problems;
    const std::vector<ModelInfo> models = installed_models(&problems);
    ASSERT_EQ(models.size(), 2U);
    EXPECT_EQ(models[0].id, "z-built-in");
    EXPECT_EQ(models[1].id, "another");
    EXPECT_THAT(problems, ElementsAre(AllOf(HasSubstr("broken: "), HasSubstr("vae/config.json"))));

    EXPECT_EQ(find_model("another").id, "another");
    EXPECT_EQ(find_model((wan_fixtures / "wan22_two").string()).id, "wan22_two");
    const auto refused = [](const std::string& name) -> std::string {
        try {
            find_model(name);
            return "found";
        } catch (const Error& error) {
            return std::string(error.what()) + " " + error.hint();
        }
    };
    EXPECT_THAT(refused("nothing"), AllOf(HasSubstr("nothing"), HasSubstr("z-built-in, another")));
    EXPECT_THAT(refused("broken"), HasSubstr("vae/config.json"));
    ::unsetenv("RUSHES_RESOURCES");
    ::unsetenv("XDG_DATA_HOME");
}

TEST_F(Describe, AModelInTheHubCacheHasItsOwnName) {
    fs::create_directories(folder_ / "models--Owner--Small-T2V" / "snapshots");
    const ModelInfo info = describe_model(copy("wan21", "models--Owner--Small-T2V/snapshots/0fad780a534b"));
    EXPECT_EQ(info.id, "Small-T2V");
    EXPECT_EQ(info.name, "Small-T2V");
}

TEST_F(Describe, TheLicenceIsWhatTheFilesSay) {
    const fs::path model = copy();
    EXPECT_EQ(describe_model(model).licence, "");
    write_file(model / "README.md", "---\nlicense: apache-2.0\ntags:\n- video\n---\n# Wan\nlicense: none\n");
    EXPECT_EQ(describe_model(model).licence, "apache-2.0");
    write_file(model / "README.md", "---\nlicense: other\nlicense_name: \"openrail-m\"\n---\n");
    EXPECT_EQ(describe_model(model).licence, "openrail-m");
    write_file(model / "README.md", "# Wan\nlicense: mit\n");
    EXPECT_EQ(describe_model(model).licence, "") << "a text without a head";
    write_file(model / "README.md", "---\nlicense: mit\n");
    EXPECT_EQ(describe_model(model).licence, "") << "a head without an end";
}

} // namespace
} // namespace rushes
