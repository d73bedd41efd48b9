#include "models/diffusion_pipeline.h"
#include "models/family.h"
#include "models/sd_xl/config.h"

#include <utility>

namespace rushes::sd_xl {

std::unique_ptr<Pipeline>
load(const ModelInfo& info, const LoadOptions& options, const std::stop_token& stop) {
    const PipelineConfig config = read_pipeline_config(
        info.directory, JsonConfig::read(info.directory / "model_index.json", "model_index.json")
    );
    DiffusionModel model{config.unet, config.vae, config.scheduler, 0, component_names(config)};
    model.zero_empty_negative = config.zero_empty_negative;
    model.students = {{lightning_scheduler, lightning(config.scheduler)}};
    return load_diffusion(info, std::move(model), options, stop);
}

NewEncoder load_encoder(const ModelInfo&, const LoadOptions&, const std::stop_token&) {
    return {};
}

} // namespace rushes::sd_xl
