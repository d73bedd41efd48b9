#include "models/describing.h"
#include "models/family.h"
#include "models/flux/config.h"
#include "models/flux/cost.h"
#include "models/flux/link_files.h"
#include "models/flux/presets.h"
#include "models/model_card.h"

#include <utility>

namespace rushes::flux {

namespace fs = std::filesystem;

namespace {

ModelInfo describe(const fs::path& directory, const JsonConfig& index) {
    const PipelineConfig config = read_pipeline_config(directory, index);
    ModelInfo info = model_of(directory);
    info.description =
        "FLUX.1-schnell: stills in one to four steps that follow long prompts, words in them too.";
    constexpr int side = 1024;
    describe_stills(info, config.size_multiple(), {{side, side}, {1344, 768}, {768, 1344}, {512, 512}}, side);
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
            component_names(config)
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
        .pipeline_classes = {"FluxPipeline"},
        .describe = describe,
        .published = published,
        .presets = presets,
        .link_files = link_files
    };
}

} // namespace rushes::flux
