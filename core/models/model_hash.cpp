#include "models/model_hash.h"

#include "base/atomic_file.h"
#include "base/sha256.h"

#include <algorithm>
#include <fstream>

namespace rushes {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t samples = 16;
constexpr std::uint64_t sample_bytes = 4096;

void add_weights(Sha256& hash, const WeightFile& file) {
    std::ifstream stream(file.path, std::ios::binary);
    std::string buffer(sample_bytes, '\0');
    const auto add = [&](std::uint64_t offset, std::uint64_t count) {
        stream.clear();
        stream.seekg(static_cast<std::streamoff>(offset));
        while (count > 0) {
            stream.read(buffer.data(), static_cast<std::streamsize>(std::min(count, sample_bytes)));
            if (stream.gcount() <= 0) {
                return;
            }
            hash.update({buffer.data(), static_cast<std::size_t>(stream.gcount())});
            count -= static_cast<std::uint64_t>(stream.gcount());
        }
    };
    const std::uint64_t size = file.header.file_size;
    const std::uint64_t begin = file.header.tensors.empty() ? size : file.header.tensors.front().offset;
    add(0, begin);
    for (std::uint64_t i = 0; i < samples; ++i) {
        add(begin + (size - begin) / samples * i, sample_bytes);
    }
}

} // namespace

std::string model_hash(
    const fs::path& directory, std::span<const fs::path> small_files, std::span<const WeightIndex> weights
) {
    Sha256 hash;
    for (const fs::path& file : small_files) {
        hash.update(file.generic_string() + '\n');
        if (fs::is_regular_file(directory / file)) {
            hash.update(read_file(directory / file));
        }
    }
    for (const WeightIndex& component : weights) {
        for (const WeightFile& file : component.files) {
            hash.update(file.path.lexically_relative(directory).generic_string() + '\n');
            add_weights(hash, file);
        }
    }
    return hash.finish().substr(0, 16);
}

} // namespace rushes
