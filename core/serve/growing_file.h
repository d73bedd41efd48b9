// A fragmented MP4 while it is written, and its bytes still when its name is gone.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace rushes::serve {

/// A file that was open once stays readable, also when it is removed. Safe from any thread.
class GrowingFile {
public:
    /// Null when it can't be opened.
    static std::shared_ptr<GrowingFile> open(const std::filesystem::path& file);
    ~GrowingFile();
    GrowingFile(const GrowingFile&) = delete;
    GrowingFile& operator=(const GrowingFile&) = delete;

    std::uint64_t size() const; ///< bytes so far

    /// Fewer than `bytes` at the file's end; none for what can't be read.
    std::string read(std::uint64_t offset, std::size_t bytes) const;

    /// What a player needs before the first fragment (ISO/IEC 14496-12: ftyp and moov); empty: not there yet.
    std::string start();

    /// The fragment (moof and mdat) with this number, one a frame in ours; empty: not there yet.
    std::string fragment(std::size_t index);

    /// Whole ones that are there.
    std::size_t fragments();

private:
    struct Piece {
        std::uint64_t offset = 0;
        std::uint64_t size = 0;
    };

    explicit GrowingFile(int handle) : handle_(handle) {}

    void look();
    std::string read(const Piece& piece) const;

    const int handle_;
    std::mutex mutex_;
    std::uint64_t seen_ = 0; ///< whole boxes end here
    std::uint64_t fragment_begin_ = 0;
    Piece start_;
    std::vector<Piece> fragments_;
};

} // namespace rushes::serve
