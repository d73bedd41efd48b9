#include "generation/engine_module.h"

#include "generation/computing_threads.h"
#include "generation/device.h"
#include "generation/device_errors.h"
#include "generation/torch_engine.h"
#include "models/fit_previews.h"

#include <c10/core/InferenceMode.h>

// Found by name through make_engine_symbol; exported although the module hides its other symbols.
extern "C" __attribute__((visibility("default"))) rushes::Engine*
rushes_make_engine(const rushes::EngineOptions* options);

extern "C" rushes::Engine* rushes_make_engine(const rushes::EngineOptions* options) {
    return std::make_unique<rushes::TorchEngine>(*options, rushes::load_pipeline).release();
}

extern "C" __attribute__((visibility("default"))) rushes::PreviewFit rushes_fit_previews(
    const rushes::ModelInfo* model,
    const rushes::EngineOptions* options,
    const std::function<void(double)>* done,
    std::stop_token stop
);

extern "C" rushes::PreviewFit rushes_fit_previews(
    const rushes::ModelInfo* model,
    const rushes::EngineOptions* options,
    const std::function<void(double)>* done,
    std::stop_token stop
) {
    using namespace rushes;
    try {
        const Device device = resolve_device(options->device, options->threads);
        ComputingThreads threads(options->threads, options->background);
        const c10::InferenceMode no_gradients;
        const NewEncoder encoder = load_encoder(*model, {.device = device.torch_name}, stop);
        return fit_previews(*model, encoder, *done, stop);
    } catch (const Stopped&) {
        throw;
    } catch (...) {
        throw translated(std::current_exception());
    }
}
