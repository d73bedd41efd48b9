#include "models/embedding_cache.h"

#include "base/error.h"
#include "nn/tensor_bundle.h"

#include <algorithm>
#include <vector>

#include <ATen/ATen.h>

namespace rushes {

namespace fs = std::filesystem;

namespace {

constexpr const char* tensor_name = "embedding";

} // namespace

EmbeddingCache::EmbeddingCache(fs::path folder, std::uint64_t most_bytes)
    : folder_(std::move(folder)), most_bytes_(most_bytes) {}

fs::path EmbeddingCache::file_of(const std::string& key) const {
    return folder_ / (key + ".embedding");
}

at::Tensor EmbeddingCache::find(const std::string& key) const {
    const auto bundle = read_bundle(file_of(key));
    if (!bundle || !bundle->tensors.contains(tensor_name)) {
        return {};
    }
    std::error_code error;
    fs::last_write_time(file_of(key), fs::file_time_type::clock::now(), error);
    return bundle->tensors.at(tensor_name);
}

void EmbeddingCache::keep(const std::string& key, const at::Tensor& embedding) const {
    try {
        write_bundle(file_of(key), {.texts = {}, .tensors = {{tensor_name, embedding}}});
        make_room();
    } catch (const Error&) {
        // The text is read again the next time.
    }
}

void EmbeddingCache::make_room() const {
    struct File {
        fs::path path;
        fs::file_time_type used;
        std::uint64_t bytes;
    };

    std::vector<File> files;
    std::uint64_t sum = 0;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder_, error)) {
        std::error_code gone; // another program may have made room at the same time
        const bool regular = entry.is_regular_file(gone);
        const std::uint64_t bytes = regular ? entry.file_size(gone) : 0;
        const fs::file_time_type used = entry.last_write_time(gone);
        if (regular && !gone) {
            files.push_back({entry.path(), used, bytes});
            sum += bytes;
        }
    }
    std::ranges::sort(files, {}, &File::used);
    for (const File& file : files) {
        if (sum <= most_bytes_) {
            return;
        }
        fs::remove(file.path, error);
        sum -= file.bytes;
    }
}

} // namespace rushes
