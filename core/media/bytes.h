// Numbers out of bytes that nobody vouches for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rushes {

/// Adobe's name of the XMP box: BE7ACFCB-97A9-42E8-9C71-999491E3AFAC.
inline constexpr std::string_view xmp_box_uuid{
    "\xBE\x7A\xCF\xCB\x97\xA9\x42\xE8\x9C\x71\x99\x94\x91\xE3\xAF\xAC", 16
};

/// Reads forward. Past the end everything is 0 or empty, and ok() is false from then on.
class Bytes {
public:
    explicit Bytes(std::string_view bytes) : bytes_(bytes) {}

    bool ok() const { return ok_; }

    bool at_end() const { return !ok_ || position_ >= bytes_.size(); }

    std::size_t position() const { return position_; }

    std::string_view take(std::uint64_t count) {
        if (!ok_ || count > bytes_.size() - position_) {
            ok_ = false;
            return {};
        }
        const std::string_view taken = bytes_.substr(position_, static_cast<std::size_t>(count));
        position_ += taken.size();
        return taken;
    }

    std::uint8_t u8() { return static_cast<std::uint8_t>(big_endian(1)); }

    std::uint16_t u16() { return static_cast<std::uint16_t>(big_endian(2)); }

    std::uint32_t u32() { return static_cast<std::uint32_t>(big_endian(4)); }

    std::uint64_t u64() { return big_endian(8); }

private:
    std::uint64_t big_endian(std::size_t count) {
        std::uint64_t value = 0;
        for (const char c : take(count)) {
            value = value << 8 | static_cast<std::uint8_t>(c);
        }
        return value;
    }

    std::string_view bytes_;
    std::size_t position_ = 0;
    bool ok_ = true;
};

inline std::string big_endian32(std::uint32_t value) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) {
        bytes += static_cast<char>(value >> shift & 0xFF);
    }
    return bytes;
}

} // namespace rushes
