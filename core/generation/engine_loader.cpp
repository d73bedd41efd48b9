#include "base/module.h"
#include "generation/engine.h"
#include "generation/engine_module.h"

namespace rushes {

std::unique_ptr<Engine> load_engine(const EngineOptions& options) {
    void* const address = load_module_symbol("rushes_engine", make_engine_symbol);
    const auto make_engine = reinterpret_cast<MakeEngine*>(address);
    return std::unique_ptr<Engine>(make_engine(&options));
}

PreviewFit fit_previews(
    const ModelInfo& model,
    const EngineOptions& options,
    const std::function<void(double share)>& done,
    std::stop_token stop
) {
    void* const address = load_module_symbol("rushes_engine", fit_previews_symbol);
    return reinterpret_cast<FitPreviews*>(address)(&model, &options, &done, std::move(stop));
}

} // namespace rushes
