#include "nn/weights/safetensors_header.h"

#include "base/error.h"
#include "base/strict_json.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <utility>

namespace rushes {

namespace {

using nlohmann::json;

constexpr std::uint64_t length_bytes = 8;
constexpr std::uint64_t max_header_bytes = 100'000'000; // the reference implementation's limit
constexpr std::size_t max_dimensions = 16;

[[noreturn]] void refuse(const std::string& what, const std::string& problem) {
    throw Error(
        ErrorKind::user,
        what + " is not a sound safetensors file: " + problem + ".",
        "Download or convert the file again."
    );
}

/// Length of the JSON; `available` bytes of the file exist.
std::uint64_t
header_length(std::span<const std::byte> head, std::uint64_t file_size, const std::string& what) {
    if (head.size() < length_bytes || file_size < length_bytes) {
        refuse(what, "it has only " + std::to_string(file_size) + " bytes");
    }
    std::uint64_t length = 0;
    for (std::size_t i = 0; i < length_bytes; ++i) {
        length |= std::to_integer<std::uint64_t>(head[i]) << (8 * i);
    }
    if (length > max_header_bytes) {
        refuse(
            what,
            "its header claims " + std::to_string(length) + " bytes, more than the format's limit of " +
                std::to_string(max_header_bytes)
        );
    }
    if (length > file_size - length_bytes) {
        refuse(
            what,
            "its header claims " + std::to_string(length) + " bytes, but the file ends after " +
                std::to_string(file_size - length_bytes) + " (truncated?)"
        );
    }
    return length;
}

std::uint64_t unsigned_number(const json& value, const std::string& what, const std::string& where) {
    if (!value.is_number_unsigned()) {
        refuse(what, where + " holds '" + value.dump() + "' where a whole number from 0 belongs");
    }
    return value.get<std::uint64_t>();
}

const json& member(
    const json& entry, const char* key, json::value_t type, const std::string& what, const std::string& where
) {
    const auto found = entry.find(key);
    if (found == entry.end() || found->type() != type) {
        refuse(what, where + " lacks a proper '" + key + "'");
    }
    return *found;
}

TensorDtype find_dtype(const std::string& name, const std::string& what, const std::string& where) {
    const std::optional<TensorDtype> found = dtype_named(name);
    if (!found || is_block_format(*found)) {
        refuse(what, where + " has the unknown type '" + name + "'");
    }
    return *found;
}

std::vector<std::int64_t> parse_shape(const json& shape, const std::string& what, const std::string& where) {
    if (shape.size() > max_dimensions) {
        refuse(what, where + " has " + std::to_string(shape.size()) + " dimensions");
    }
    std::vector<std::int64_t> sizes;
    for (const json& value : shape) {
        const std::uint64_t size = unsigned_number(value, what, where + " (shape)");
        if (size > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
            refuse(what, where + " has a dimension of " + std::to_string(size));
        }
        sizes.push_back(static_cast<std::int64_t>(size));
    }
    return sizes;
}

/// Offsets of the result count from the file's start.
TensorEntry parse_entry(
    const std::string& name,
    const json& value,
    std::uint64_t data_begin,
    std::uint64_t data_bytes,
    const std::string& what
) {
    const std::string where = "tensor '" + name + "'";
    if (!value.is_object()) {
        refuse(what, where + " is not described by an object");
    }
    TensorEntry entry{
        .name = name,
        .dtype = find_dtype(
            member(value, "dtype", json::value_t::string, what, where).get<std::string>(), what, where
        ),
        .shape = parse_shape(member(value, "shape", json::value_t::array, what, where), what, where)
    };

    const json& range = member(value, "data_offsets", json::value_t::array, what, where);
    if (range.size() != 2) {
        refuse(what, where + " lacks a proper 'data_offsets'");
    }
    const std::uint64_t begin = unsigned_number(range[0], what, where + " (data_offsets)");
    const std::uint64_t end = unsigned_number(range[1], what, where + " (data_offsets)");
    if (begin > end || end > data_bytes) {
        refuse(
            what,
            where + " lies at bytes " + std::to_string(begin) + " to " + std::to_string(end) + " of " +
                std::to_string(data_bytes) + " (truncated?)"
        );
    }
    entry.offset = data_begin + begin;
    entry.bytes = end - begin;
    if (tensor_bytes(entry.dtype, entry.shape) != entry.bytes) {
        refuse(
            what,
            where + " has " + std::to_string(entry.bytes) + " bytes, which its shape and type contradict"
        );
    }
    return entry;
}

/// The format allows neither holes nor overlaps.
void check_layout(
    std::span<const TensorEntry> tensors,
    std::uint64_t data_begin,
    std::uint64_t file_size,
    const std::string& what
) {
    std::uint64_t position = data_begin;
    for (const TensorEntry& tensor : tensors) {
        if (tensor.offset != position) {
            refuse(
                what,
                "tensor '" + tensor.name + "' " +
                    (tensor.offset < position ? "overlaps the one before it" : "leaves a hole before it")
            );
        }
        position += tensor.bytes;
    }
    if (position != file_size) {
        refuse(what, std::to_string(file_size - position) + " bytes at its end belong to no tensor");
    }
}

std::map<std::string, std::string> parse_metadata(const json& value, const std::string& what) {
    const auto is_text = [](const json& item) { return item.is_string(); };
    if (!value.is_object() || !std::ranges::all_of(value, is_text)) {
        refuse(what, "its '__metadata__' is not a map of texts");
    }
    return value.get<std::map<std::string, std::string>>();
}

} // namespace

WeightHeader
parse_safetensors_header(std::span<const std::byte> head, std::uint64_t file_size, const std::string& what) {
    const std::uint64_t length = header_length(head, file_size, what);
    if (head.size() - length_bytes < length) {
        refuse(what, "its header is not complete");
    }
    const std::uint64_t data_begin = length_bytes + length;
    const std::string_view text(reinterpret_cast<const char*>(head.data()) + length_bytes, length);
    if (!text.starts_with('{')) {
        refuse(what, "its header does not start with '{'");
    }
    const json root = parse_strict_json(text, "The header of " + what);

    WeightHeader header;
    header.file_size = file_size;
    for (const auto& [name, value] : root.items()) {
        if (name == "__metadata__") {
            header.metadata = parse_metadata(value, what);
        } else {
            header.tensors.push_back(parse_entry(name, value, data_begin, file_size - data_begin, what));
        }
    }
    // Empty tensors share their offset with the next one, so they go first.
    std::ranges::sort(header.tensors, {}, [](const TensorEntry& entry) {
        return std::pair(entry.offset, entry.bytes);
    });
    check_layout(header.tensors, data_begin, file_size, what);
    return header;
}

WeightHeader read_safetensors_header(const std::filesystem::path& path) {
    const std::string what = quoted(path);
    std::error_code error;
    const std::uint64_t file_size = std::filesystem::file_size(path, error);
    std::ifstream file(path, std::ios::binary);
    if (error || !file) {
        throw Error(ErrorKind::user, what + " cannot be read.");
    }
    std::vector<std::byte> head(std::min(file_size, length_bytes));
    const auto read = [&](std::size_t from) {
        file.read(
            reinterpret_cast<char*>(head.data() + from), static_cast<std::streamsize>(head.size() - from)
        );
        if (!file) {
            throw Error(ErrorKind::user, what + " cannot be read.");
        }
    };
    read(0);
    head.resize(length_bytes + header_length(head, file_size, what));
    read(length_bytes);
    return parse_safetensors_header(head, file_size, what);
}

} // namespace rushes
