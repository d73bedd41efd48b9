// Checkpoints of SDXL and FLUX in one file under their authors' names: the names against diffusers' own
// tables (make_original_fixtures.py), and the same picture, bit by bit, as from a diffusers directory.
#include "animatediff_fixture.h"
#include "models/flux/weight_names.h"
#include "models/sd_xl/config.h"
#include "models/unet/original_names.h"
#include "nn/weights/weight_index.h"
#include "support/scratch_folder.h"
#include "support/tensor_file.h"

#include <gmock/gmock.h>

namespace rushes {
namespace {

using namespace test; // NOLINT(google-build-using-namespace): what these tests are made of

const fs::path sdxl = fixture_path("sdxl/base");
const fs::path schnell = fixture_path("flux/schnell");

/// The authors' names of a component's tensors, each with those of ours in it.
using Table = std::map<std::string, std::vector<std::string>>;

Table table_of(const std::string& name) {
    const auto all = nlohmann::json::parse(read_file(fixture_path("weights/original.json")));
    return all.at(name).get<Table>();
}

NamedTensors tensors_of(const fs::path& component) {
    NamedTensors tensors;
    for (const WeightFile& file : index_weights(component).files) {
        const SafetensorsFile opened(file.path);
        for (const TensorEntry& entry : file.header.tensors) {
            tensors[entry.name] = opened.tensor(entry.name);
        }
    }
    return tensors;
}

/// As the authors' files hold the component.
void add_original(
    NamedTensors& all, const fs::path& component, const Table& table, const std::string& prefix
) {
    const NamedTensors ours = tensors_of(component);
    for (const auto& [name, parts] : table) {
        std::vector<at::Tensor> rows;
        for (const std::string& part : parts) {
            rows.push_back(ours.at(part));
        }
        at::Tensor whole = at::cat(rows, 0);
        if (name.find("mid.attn_1") != std::string::npos && whole.dim() == 2) { // 1x1 convolutions there
            whole = whole.unsqueeze(2).unsqueeze(3);
        } else if (name == "text_projection") {
            whole = whole.t();
        } else if (name.starts_with("final_layer.adaLN_modulation")) { // shift and scale, not scale and shift
            whole = at::cat({whole.chunk(2, 0)[1], whole.chunk(2, 0)[0]}, 0);
        }
        all[prefix + name] = whole.contiguous();
    }
}

void add_as_it_is(NamedTensors& all, const fs::path& component, const std::string& prefix) {
    for (const auto& [name, tensor] : tensors_of(component)) {
        all[prefix + name] = tensor;
    }
}

/// The directory with links to one file in place of its components' weights.
class OneFile {
public:
    OneFile(const fs::path& like, const NamedTensors& tensors, const std::vector<std::string>& components)
        : components_(components) {
        fs::copy(like, folder_.path, fs::copy_options::recursive);
        const fs::path file = folder_.path / "all.safetensors";
        write_safetensors(file, tensors);
        for (const std::string& component : components_) {
            for (const auto& entry : fs::directory_iterator(folder_.path / component)) {
                if (entry.path().extension() == ".safetensors") {
                    fs::remove(entry.path());
                    fs::create_symlink(file, entry.path());
                }
            }
        }
    }

    const fs::path& directory() const { return folder_.path; }

private:
    const ScratchFolder folder_{"rushes-original-"};
    std::vector<std::string> components_;
};

struct Still {
    at::Tensor latents;
    at::Tensor picture;
};

Still still_of(const fs::path& directory, double guidance, const std::vector<LoraFile>& loras = {}) {
    const auto pipeline = load_pipeline(describe_model(directory), {.loras = loras}, {});
    Pass pass;
    pass.width = pass.height = 64;
    pass.frames = 1;
    pass.steps = 2;
    pass.guidance_scale = guidance;
    pass.seed = 5;
    const Conditioning text = pipeline->condition({"a red ball over the sea", "blurry", guidance > 1}, {});
    const auto denoising = pipeline->denoise(pass, text);
    denoising->begin_block(0);
    denoising->step(0, 0, {});
    denoising->step(0, 1, {});
    const at::Tensor latents = denoising->finish_block(0, {});
    return {latents, pipeline->decoder(pass)->decode_next(latents, {})};
}

void expect_same(const Still& one, const Still& other, const char* what) {
    EXPECT_TRUE(at::equal(one.latents, other.latents)) << what;
    EXPECT_TRUE(at::equal(one.picture, other.picture)) << what;
    EXPECT_GT(one.picture.to(at::kFloat).std().item<double>(), 1) << "one colour would hide errors";
}

NamedTensors sdxl_checkpoint() {
    NamedTensors all;
    add_original(all, sdxl / "unet", table_of("sdxl_unet"), "model.diffusion_model.");
    add_original(all, sdxl / "vae", table_of("sdxl_vae"), "first_stage_model.");
    add_as_it_is(all, sdxl / "text_encoder", "conditioner.embedders.0.transformer.");
    add_original(all, sdxl / "text_encoder_2", table_of("open_clip"), "conditioner.embedders.1.model.");
    all["conditioner.embedders.0.transformer.text_model.embeddings.position_ids"] =
        at::arange(77).view({1, 77});
    all["conditioner.embedders.1.model.logit_scale"] = at::ones({1});
    all["conditioner.embedders.0.transformer.text_projection.weight"] = at::ones({2, 2});
    all["denoiser.sigmas"] = at::ones({1000});
    return all;
}

TEST(OriginalFiles, OfSdxlGiveTheSamePictureBitByBit) {
    const OneFile one(sdxl, sdxl_checkpoint(), {"unet", "vae", "text_encoder", "text_encoder_2"});
    expect_same(still_of(one.directory(), 5), still_of(sdxl, 5), "SDXL");
    const std::vector<LoraFile> loras{{sdxl / "kohya.safetensors", 0.7}, {sdxl / "own.safetensors", -0.4}};
    expect_same(still_of(one.directory(), 5, loras), still_of(sdxl, 5, loras), "with LoRAs on all networks");
}

TEST(OriginalFiles, OfFluxGiveTheSamePictureBitByBit) {
    const Still wanted = still_of(schnell, 1);
    NamedTensors alone;
    add_original(alone, schnell / "transformer", table_of("flux"), "");
    const OneFile transformer(schnell, alone, {"transformer"});
    expect_same(still_of(transformer.directory(), 1), wanted, "transformer");
    const std::vector<LoraFile> loras{
        {schnell / "style.safetensors", 0.7}, {schnell / "kohya.safetensors", -0.4}
    };
    expect_same(still_of(transformer.directory(), 1, loras), still_of(schnell, 1, loras), "with LoRAs");
    NamedTensors coder;
    add_original(coder, schnell / "vae", table_of("flux_vae"), "");
    expect_same(still_of(OneFile(schnell, coder, {"vae"}).directory(), 1), wanted, "ae.safetensors");
    NamedTensors all;
    add_original(all, schnell / "transformer", table_of("flux"), "model.diffusion_model.");
    add_original(all, schnell / "vae", table_of("flux_vae"), "vae.");
    add_as_it_is(all, schnell / "text_encoder", "text_encoders.clip_l.transformer.");
    all["text_encoders.clip_l.transformer.text_projection.weight"] =
        at::ones({2, 2}); // in clip_l.safetensors
    all["text_encoders.clip_l.transformer.logit_scale"] = at::ones({1});
    add_as_it_is(all, schnell / "text_encoder_2", "text_encoders.t5xxl.transformer.");
    const OneFile one(schnell, all, {"transformer", "vae", "text_encoder", "text_encoder_2"});
    expect_same(still_of(one.directory(), 1), wanted, "ComfyUI's checkpoint");
}

/// A shape that cannot be cut into equal parts is another model's.
TEST(OriginalFiles, ThatCannotBeCutAreRefusedByOneSentence) {
    const ScratchFolder folder("rushes-original-");
    const fs::path file = folder.path / "odd.safetensors";
    write_safetensors(file, {{"double_blocks.0.img_attn.qkv.weight", at::ones({7, 4})}});
    EXPECT_THAT(
        [&] { index_weights(file, flux::transformer_names()); },
        testing::ThrowsMessage<Error>(testing::HasSubstr("does not come in 3 equal parts"))
    );
}

} // namespace
} // namespace rushes
