#include "models/describing.h"

#include "models/model_hash.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace rushes {

namespace fs = std::filesystem;

ModelInfo model_of(const fs::path& directory) {
    ModelInfo info;
    info.directory = directory;
    info.id = directory.filename().string();
    info.name = info.id;
    return info;
}

int steps_in(const std::string& name) {
    std::string text = name;
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
    std::size_t end = text.find("step");
    while (end != std::string::npos && end > 0 && (text[end - 1] == '-' || text[end - 1] == '_')) {
        --end;
    }
    const bool says =
        end != std::string::npos && end > 0 && std::isdigit(static_cast<unsigned char>(text[end - 1])) != 0;
    return says ? text[end - 1] - '0' : 0;
}

void describe_stills(ModelInfo& info, int size_multiple, std::vector<PictureSize> sizes, int side) {
    info.lattice.size_multiple = size_multiple;
    info.lattice.frame_stride = 1;
    info.lattice.max_frames = 1;
    info.lattice.free_size = true;
    info.lattice.sizes = std::move(sizes);
    keep_sizes_on_lattice(info.lattice, side);
    info.default_frames = 1;
    info.frame_rate = {1, 1};
    info.draft.long_side = 1 << 14; // longer than any
}

void keep_sizes_on_lattice(Lattice& lattice, int side) {
    std::erase_if(lattice.sizes, [&](PictureSize size) { return !lattice.holds(size); });
    if (lattice.sizes.empty()) {
        const int near = nearest_multiple(side, lattice.size_multiple);
        lattice.sizes = {{near, near}};
    }
}

ComponentWeights index_components(
    ModelInfo& info,
    const std::vector<std::string>& components,
    std::vector<fs::path> small_files,
    const std::map<std::string, WeightNames>& names
) {
    std::vector<WeightIndex> weights;
    for (const std::string& component : components) {
        const auto known = names.find(component);
        weights.push_back(
            index_weights(info.part(component), known == names.end() ? WeightNames() : known->second)
        );
        info.weight_bytes += weights.back().bytes();
        small_files.emplace_back(fs::path(component) / "config.json");
    }
    info.hash = model_hash(info.directory, small_files, weights);
    ComponentWeights result;
    for (std::size_t i = 0; i < components.size(); ++i) {
        result.emplace(components[i], std::move(weights[i]));
    }
    return result;
}

} // namespace rushes
