#include "models/describing.h"
#include "models/family.h"
#include "models/flux/config.h"
#include "models/flux/cost.h"
#include "models/flux/presets.h"
#include "models/model_card.h"
#include "models/unet/original_names.h"

#include <utility>

namespace rushes::flux {

namespace fs = std::filesystem;

namespace {

void fill_lattice(ModelInfo& info, const PipelineConfig& config) {
    constexpr int side = 1024;
    Lattice& lattice = info.lattice;
    lattice.size_multiple = config.size_multiple();
    lattice.frame_stride = 1;
    lattice.max_frames = 1;
    lattice.free_size = true;
    lattice.sizes = {{side, side}, {1344, 768}, {768, 1344}, {512, 512}};
    keep_sizes_on_lattice(lattice, side);
    info.default_frames = 1;
    info.frame_rate = {1, 1};
    info.draft.long_side = 1 << 14; // none: the first step's preview is there as soon
}

ModelInfo describe(const fs::path& directory, const JsonConfig& index) {
    const PipelineConfig config = read_pipeline_config(directory, index);
    ModelInfo info = model_of(directory);
    info.description =
        "FLUX.1-schnell: stills in one to four steps that follow long prompts, words in them too.";
    fill_lattice(info, config);
    info.schedulers = scheduler_names(config.scheduler);
    info.default_steps = 4;
    info.default_guidance = 1;
    info.guidance_adjustable = false;
    info.tiers = {{"fast", 1}, {"balanced", 2}, {"quality", 4}};
    info.takes_loras = true;
    read_model_card(info);
    std::vector<fs::path> small_files{
        "model_index.json",
        "rushes.json",
        "latent_rgb.safetensors",
        "scheduler/scheduler_config.json",
        "tokenizer/vocab.json",
        "tokenizer/merges.txt",
        "tokenizer/tokenizer.json",
        "tokenizer_2/spiece.model",
        "tokenizer_2/tokenizer.json"
    };
    info.cost = cost_of(
        config,
        index_components(
            info,
            {"transformer", "vae", "text_encoder", "text_encoder_2"},
            std::move(small_files),
            {{"vae", kl_vae_names(config.vae)}}
        )
    );
    return info;
}

/// In bf16, as it was published: transformer 11.891 and text encoders 0.123 billion numbers; T5 is read for
/// new prompts only. The autoencoder's 0.084 in fp32.
std::vector<PublishedModel> published() {
    constexpr auto bytes = static_cast<std::uint64_t>(2 * (11.891e9 + 0.123e9) + 4 * 0.084e9);
    return {{"FLUX.1-schnell", "black-forest-labs/FLUX.1-schnell", bytes}};
}

} // namespace

Family family() {
    return {
        .pipeline_classes = {"FluxPipeline"}, .describe = describe, .published = published, .presets = presets
    };
}

} // namespace rushes::flux
