// Files in the names of others: the tables against those of diffusers and llama.cpp, and whole networks from
// such files, which give the same numbers as from a diffusers directory.
#include "base/atomic_file.h"
#include "base/json_config.h"
#include "models/clip_vision.h"
#include "models/clip_vision_names.h"
#include "models/wan/vae.h"
#include "models/wan/weight_names.h"
#include "parity/wan_fixture.h"
#include "support/tensor_file.h"
#include "text/t5_encoder.h"
#include "text/t5_names.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace rushes {
namespace {

/// Original name -> ours.
std::map<std::string, std::string> names_of(const std::string& component) {
    const auto all = nlohmann::json::parse(read_file(test::fixture_path("weights/names.json")));
    return all.at(component).get<std::map<std::string, std::string>>();
}

wan::VaeConfig vae_config(const std::string& name) {
    return wan::read_vae_config(
        JsonConfig::read(test::fixture_path("vae/" + name) / "config.json", "config.json")
    );
}

WeightNames known_names(const std::string& component) {
    if (component == "transformer") {
        return wan::transformer_names();
    }
    return component.starts_with("vae/") ? wan::vae_names(vae_config(component.substr(4))) : t5_names();
}

class ForeignNames : public testing::TestWithParam<std::string> {};

TEST_P(ForeignNames, AreThoseOfTheReference) {
    const std::map<std::string, std::string> table = names_of(GetParam());
    const WeightNames known = known_names(GetParam());
    std::vector<std::string> originals;
    for (const auto& [original, own] : table) {
        originals.push_back(original);
    }
    const std::vector<std::string> translated = own_names(originals, known);
    const auto map = std::ranges::find_if(known.maps, [&](const NameMap& m) {
        return std::ranges::any_of(originals, [&](const std::string& name) { return m.is_of(name); });
    });
    ASSERT_NE(map, known.maps.end());
    std::vector<std::string> ours;
    for (std::size_t i = 0; i < originals.size(); ++i) {
        ours.push_back(table.at(originals[i]));
        EXPECT_EQ(translated[i], ours[i]);
        EXPECT_EQ(map->foreign(ours[i]), originals[i]);
    }
    EXPECT_EQ(own_names(ours, known), ours) << "our own names are left alone";
    for (const std::string& prefix : known.prefixes) {
        std::vector<std::string> prefixed{"something.else.weight"};
        for (const std::string& name : originals) {
            prefixed.push_back(prefix + name);
        }
        const std::vector<std::string> cut = own_names(prefixed, known);
        EXPECT_EQ(cut.front(), "") << "belongs to another component";
        EXPECT_EQ(std::vector<std::string>(cut.begin() + 1, cut.end()), translated) << prefix;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Components,
    ForeignNames,
    testing::Values("transformer", "vae/wan21_deep", "vae/wan22_deep", "t5", "t5_gguf"),
    [](const auto& test_info) {
        std::string name = test_info.param;
        std::ranges::replace(name, '/', '_');
        return name;
    }
);

/// The tensors of a component under the names that `renamed` gives them.
test::NamedTensors tensors_of(
    const std::filesystem::path& directory, const std::function<std::string(const std::string&)>& renamed
) {
    const WeightIndex index = index_weights(directory);
    test::NamedTensors tensors;
    for (const WeightFile& file : index.files) {
        const SafetensorsFile opened(file.path);
        for (const TensorEntry& entry : file.header.tensors) {
            tensors[renamed(entry.name)] = opened.tensor(entry.name);
        }
    }
    return tensors;
}

TEST(SingleFile, OfATransformerGivesTheSameNumbers) {
    const std::filesystem::path directory = test::wan_directory("wan21") / "transformer";
    const test::WanTrace trace("wan21/transformer");
    const auto out = [&](const wan::Transformer& transformer) {
        return test::forward_once(
            transformer, trace["latents"], trace["timestep"], transformer.text_context(trace["text"])
        );
    };
    const at::Tensor expected = out(test::load_transformer(directory));
    const WeightNames names = wan::transformer_names();
    const test::ScratchFolder folder("rushes-single-");
    for (const std::string prefix : {"", "model.diffusion_model.", "model._fsdp_wrapped_module."}) {
        const std::filesystem::path file = folder.path / "original.safetensors";
        test::NamedTensors tensors = tensors_of(directory, [&](const std::string& name) {
            return prefix + names.maps.front().foreign(name);
        });
        if (!prefix.empty()) {
            tensors["first_stage_model.conv1.weight"] = at::zeros({1});
        }
        test::write_safetensors(file, tensors);
        const WeightStore store(file, {.names = names});
        const wan::Transformer transformer(test::transformer_config(directory), store.root());
        EXPECT_NO_THROW(store.expect_all_used());
        EXPECT_TRUE(at::equal(out(transformer), expected)) << prefix;
    }
}

TEST(SingleFile, OfAVaceTransformerGivesTheSameNumbers) {
    const std::filesystem::path directory = test::wan_directory("vace") / "transformer";
    const test::WanTrace trace("vace/transformer");
    const auto out = [&](const wan::Transformer& transformer) {
        const at::Tensor input = at::cat({trace["latents"], trace["control"]}, 1);
        return test::forward_once(
            transformer, input, trace["timestep"], transformer.text_context(trace["text"])
        );
    };
    const WeightNames names = wan::transformer_names();
    const test::ScratchFolder folder("rushes-single-");
    const std::filesystem::path file = folder.path / "original.safetensors";
    test::write_safetensors(file, tensors_of(directory, [&](const std::string& name) {
                                return names.maps.front().foreign(name);
                            }));
    const WeightStore store(file, {.names = names});
    const wan::Transformer transformer(test::transformer_config(directory), store.root());
    EXPECT_NO_THROW(store.expect_all_used());
    EXPECT_TRUE(at::equal(out(transformer), out(test::load_transformer(directory))));
}

TEST(SingleFile, OfAVaeGivesTheSameNumbers) {
    for (const std::string name : {"wan21_deep", "wan22_deep"}) {
        const std::filesystem::path directory = test::fixture_path("vae/" + name);
        const wan::VaeConfig config = vae_config(name);
        const WeightNames names = wan::vae_names(config);
        const test::ScratchFolder folder("rushes-single-");
        test::write_safetensors(
            folder.path / "vae.safetensors",
            tensors_of(directory, [&](const std::string& key) { return names.maps.front().foreign(key); })
        );
        const auto own = wan::Vae::load(directory, {}, wan::VaeParts::both);
        const auto foreign = wan::Vae::load(config, folder.path / "vae.safetensors", {}, wan::VaeParts::both);
        const at::Tensor frame =
            at::randint(0, 256, {1, 2 * config.pixel_stride(), 3 * config.pixel_stride(), 3}, at::kByte);
        const at::Tensor latent = own->encoder()->encode_next(frame, {});
        EXPECT_TRUE(at::equal(foreign->encoder()->encode_next(frame, {}), latent)) << name;
        EXPECT_TRUE(at::equal(
            foreign->decoder()->decode_next(latent, {}, {}), own->decoder()->decode_next(latent, {}, {})
        )) << name;
    }
}

/// The image encoder as Wan 2.1 was published with it, beside the text half of CLIP, and as OpenCLIP names
/// it.
TEST(SingleFile, OfAnImageEncoderGivesTheSameNumbers) {
    const std::filesystem::path directory = test::wan_directory("i2v_clip") / "image_encoder";
    const ClipVisionConfig config =
        read_clip_vision_config(JsonConfig::read(directory / "config.json", "config.json"));
    const at::Tensor pixels = at::linspace(-2, 2, 3 * config.image_size * config.image_size)
                                  .view({1, 3, config.image_size, config.image_size});
    const at::Tensor expected = load_clip_vision(directory, config, {}).forward(pixels);
    const WeightNames names = clip_vision_names();
    ASSERT_EQ(names.maps.size(), 2U);
    for (const NameMap& map : names.maps) {
        const bool wan = &map == &names.maps.front();
        const test::NamedTensors own = tensors_of(directory, [](const std::string& key) {
            return key.starts_with("vision_model.") ? key : "vision_model." + key;
        });
        test::NamedTensors theirs{{"textual.token_embedding.weight", at::zeros({2, 2})}};
        const auto put = [&](const std::string& key, const at::Tensor& tensor) {
            theirs["visual." + map.foreign(key)] = tensor;
        };
        for (const auto& [key, tensor] : own) {
            if (const std::size_t place = key.find("q_proj"); place != std::string::npos) {
                const auto of = [&](const char* part) {
                    return own.at(std::string(key).replace(place, 6, part));
                };
                put(std::string(key).replace(place, 6, "qkv_proj"),
                    at::cat({tensor, of("k_proj"), of("v_proj")}));
            } else if (wan && key.ends_with("class_embedding")) {
                put("vision_model.embeddings.cls_embedding", tensor.view({1, 1, -1}));
            } else if (wan && key.ends_with("position_embedding.weight")) {
                put("vision_model.embeddings.pos_embedding", tensor.unsqueeze(0));
            } else if (key.find("k_proj") == std::string::npos && key.find("v_proj") == std::string::npos) {
                put(key, tensor);
            }
        }
        const test::ScratchFolder folder("rushes-single-");
        const std::filesystem::path file = folder.path / "clip.safetensors";
        test::write_safetensors(file, theirs);
        EXPECT_TRUE(at::equal(load_clip_vision(file, config, {}).forward(pixels), expected)) << map.marker;
        std::map<std::string, std::int64_t> numbers;
        const WeightIndex index = index_weights(file, names);
        for (const auto& [name, place] : index.places) {
            numbers[name] = c10::multiply_integers(index.entry(place).shape);
        }
        spread_clip_vision(numbers);
        for (const auto& [name, tensor] : own) {
            EXPECT_EQ(numbers[name], tensor.numel()) << name << " as a companion is looked for";
        }
        theirs.erase("visual." + map.foreign("vision_model.pre_layrnorm.weight"));
        test::write_safetensors(file, theirs);
        EXPECT_THROW(load_clip_vision(file, config, {}), Error);
    }
}

TEST(SingleFile, OfATextEncoderGivesTheSameNumbers) {
    const std::filesystem::path directory = test::fixture_path("text/umt5");
    const T5Config config = read_t5_config(directory);
    const std::vector<std::int64_t> ids{3, 7, 9, 1};
    const at::Tensor expected = load_t5_encoder(directory).forward(ids);
    const WeightNames names = t5_names();
    for (const NameMap& map : names.maps) {
        const test::ScratchFolder folder("rushes-single-");
        test::NamedTensors tensors =
            tensors_of(directory, [&](const std::string& key) { return map.foreign(key); });
        tensors.erase("encoder.embed_tokens.weight"); // the table once more
        test::write_safetensors(folder.path / "t5.safetensors", tensors);
        EXPECT_TRUE(at::equal(load_t5_encoder(config, folder.path / "t5.safetensors").forward(ids), expected))
            << map.marker;
    }
}

} // namespace
} // namespace rushes
