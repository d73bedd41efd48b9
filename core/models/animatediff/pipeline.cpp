#include "models/animatediff/config.h"
#include "models/diffusion_pipeline.h"
#include "models/family.h"

#include <utility>

namespace rushes::animatediff {

std::unique_ptr<Pipeline>
load(const ModelInfo& info, const LoadOptions& options, const std::stop_token& stop) {
    const PipelineConfig config = read_pipeline_config(
        info.directory, JsonConfig::read(info.directory / "model_index.json", "model_index.json")
    );
    DiffusionModel model{config.unet, config.vae, config.scheduler, config.window(), component_names(config)};
    return load_diffusion(info, std::move(model), options, stop);
}

NewEncoder load_encoder(const ModelInfo&, const LoadOptions&, const std::stop_token&) {
    return {};
}

} // namespace rushes::animatediff
