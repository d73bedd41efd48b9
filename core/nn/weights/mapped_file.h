// A whole file as memory, read-only; no libtorch.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

namespace rushes {

/// Pages are read from the disk when they are used. Copies share the mapping.
class MappedFile {
public:
    /// Throws Error{user} when the file cannot be opened or mapped.
    explicit MappedFile(const std::filesystem::path& path);

    std::span<const std::byte> bytes() const { return {data_.get(), size_}; }

    /// Has the bytes read from the disk now, where the system can; they are mapped either way.
    void fetch(std::size_t offset, std::size_t count) const;

    /// The bytes are not needed in memory any more: they count no longer as the process's. Who reads them
    /// again gets them again.
    void release(std::size_t offset, std::size_t count) const;

    /// Keeps the mapping alive as long as it lives.
    const std::shared_ptr<const std::byte>& data() const { return data_; }

private:
    std::shared_ptr<const std::byte> data_;
    std::size_t size_ = 0;
};

} // namespace rushes
