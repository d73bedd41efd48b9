// Pictures that clients sent, for recipes that start from one: files named by the hash of their content.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>

namespace rushes::serve {

inline constexpr std::size_t most_picture_bytes = std::size_t{16} << 20;

/// One thread at a time for keep(); find() from any.
class PictureShelf {
public:
    static constexpr std::uint64_t usual_room = std::uint64_t{256} << 20;

    /// `room`: bytes of all pictures together.
    explicit PictureShelf(std::filesystem::path folder, std::uint64_t room = usual_room)
        : folder_(std::move(folder)), room_(room) {}

    struct Kept {
        std::string hash; ///< SHA-256 of the bytes, hexadecimal
        int width = 0;    ///< upright
        int height = 0;
        bool is_new = true;
    };

    /// Decodes it. The oldest that are not `in_use` (hashes) make room. Throws Error{user}: no PNG, JPEG or
    /// WebP, damaged, more than most_side pixels wide or high; Error{transient}: all room is in use.
    Kept keep(std::string_view bytes, const std::set<std::string>& in_use);

    static constexpr int most_side = 8192;

    /// Empty: there is none.
    std::filesystem::path find(const std::string& hash) const;

private:
    void make_room(std::uint64_t bytes, const std::set<std::string>& in_use) const;

    const std::filesystem::path folder_;
    const std::uint64_t room_;
};

} // namespace rushes::serve
