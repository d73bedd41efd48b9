// The family of docs/add-a-model-family.md in a few lines: clips of one colour.
#include "models/describing.h"
#include "models/family.h"
#include "models/model_index.h"

namespace rushes::colour {
namespace {

namespace fs = std::filesystem;

RunCost cost(const Pass& pass, const LoadOptions& /*options*/) {
    const double pixels = double(pass.width) * pass.height * pass.frames;
    return {.denoise = {.flop = pixels * pass.steps, .bytes = pixels}, .decode = {.flop = pixels}};
}

ModelInfo describe(const fs::path& directory, const JsonConfig& index) {
    require_component(index, "painter", {"Painter"});
    component_config(directory, "painter").integer("grey", {0, 255});
    ModelInfo info = model_of(directory);
    info.description = "Clips of one colour.";
    info.lattice = {.size_multiple = 8, .frame_stride = 1, .max_frames = 16, .sizes = {{64, 32}}};
    info.default_frames = 4;
    info.default_steps = 2;
    info.schedulers = {"none"};
    index_components(info, {}, {"model_index.json", "painter/config.json"}); // it has no weights
    info.cost = cost;
    return info;
}

std::vector<PublishedModel> published() {
    return {{"One colour", "nobody/colour", 1'000'000}};
}

} // namespace

Family family() {
    return {.pipeline_classes = {"ColourPipeline"}, .describe = describe, .published = published};
}

} // namespace rushes::colour
