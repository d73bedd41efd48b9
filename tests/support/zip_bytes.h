// A zip archive made by hand, sound or not.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace rushes::test {

class ZipBytes {
public:
    /// `method` 0 is stored as it is.
    ZipBytes& add(const std::string& name, const std::string& data, std::uint16_t method = 0) {
        const auto offset = static_cast<std::uint32_t>(bytes_.size());
        const auto size = static_cast<std::uint32_t>(data.size());
        put<std::uint32_t>(bytes_, 0x04034B50);
        put_common(bytes_, method, size, name.size());
        put<std::uint16_t>(bytes_, 0); // extra
        bytes_ += name + data;
        put<std::uint32_t>(central_, 0x02014B50);
        put<std::uint16_t>(central_, 20);
        put_common(central_, method, size, name.size());
        put<std::uint16_t>(central_, 0); // extra
        put<std::uint16_t>(central_, 0); // comment
        put<std::uint16_t>(central_, 0); // disk
        put<std::uint16_t>(central_, 0);
        put<std::uint32_t>(central_, 0);
        put<std::uint32_t>(central_, offset);
        central_ += name;
        ++count_;
        return *this;
    }

    std::string bytes() const {
        std::string file = bytes_ + central_;
        put<std::uint32_t>(file, 0x06054B50);
        put<std::uint32_t>(file, 0);
        put<std::uint16_t>(file, count_);
        put<std::uint16_t>(file, count_);
        put<std::uint32_t>(file, static_cast<std::uint32_t>(central_.size()));
        put<std::uint32_t>(file, static_cast<std::uint32_t>(bytes_.size()));
        put<std::uint16_t>(file, 0);
        return file;
    }

private:
    template <typename T>
    static void put(std::string& to, T value) {
        to.append(reinterpret_cast<const char*>(&value), sizeof(value));
    }

    static void put_common(std::string& to, std::uint16_t method, std::uint32_t size, std::size_t name) {
        put<std::uint16_t>(to, 20); // version
        put<std::uint16_t>(to, 0);  // flags
        put<std::uint16_t>(to, method);
        put<std::uint32_t>(to, 0); // time and date
        put<std::uint32_t>(to, 0); // crc
        put<std::uint32_t>(to, size);
        put<std::uint32_t>(to, size);
        put<std::uint16_t>(to, static_cast<std::uint16_t>(name));
    }

    std::string bytes_;
    std::string central_;
    std::uint16_t count_ = 0;
};

} // namespace rushes::test
