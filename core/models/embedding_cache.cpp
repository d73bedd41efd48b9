#include "models/embedding_cache.h"

#include "base/error.h"
#include "base/make_room.h"
#include "nn/tensor_bundle.h"

#include <optional>

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
        make_room(folder_, most_bytes_, [](const fs::path& file) -> std::optional<std::uint64_t> {
            std::error_code gone;
            const std::uint64_t bytes = fs::is_regular_file(file, gone) ? fs::file_size(file, gone) : 0;
            return gone || bytes == 0 ? std::nullopt : std::optional(bytes);
        });
    } catch (const Error&) {
        // The text is read again the next time.
    }
}

} // namespace rushes
