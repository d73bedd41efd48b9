#include "generation/engine_module.h"

#include "generation/torch_engine.h"

// Found by name through make_engine_symbol; exported although the module hides its other symbols.
extern "C" __attribute__((visibility("default"))) rushes::Engine*
rushes_make_engine(const rushes::EngineOptions* options);

extern "C" rushes::Engine* rushes_make_engine(const rushes::EngineOptions* options) {
    return std::make_unique<rushes::TorchEngine>(*options, rushes::load_pipeline).release();
}
