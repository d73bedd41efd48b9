// What a large text encoder made of texts, kept on the disk: reading it takes longer than many a clip.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include <ATen/core/Tensor.h>

namespace rushes {

class EmbeddingCache {
public:
    /// Files in `folder`, of `most_bytes` together: where there are more, those that nobody asked for the
    /// longest go.
    explicit EmbeddingCache(
        std::filesystem::path folder, std::uint64_t most_bytes = std::uint64_t{256} << 20
    );

    /// On the CPU; undefined: not there, or damaged. `key`: a hash, the name of a file.
    at::Tensor find(const std::string& key) const;

    /// A disk that takes no more costs nothing but time.
    void keep(const std::string& key, const at::Tensor& embedding) const;

private:
    std::filesystem::path file_of(const std::string& key) const;

    std::filesystem::path folder_;
    std::uint64_t most_bytes_;
};

} // namespace rushes
