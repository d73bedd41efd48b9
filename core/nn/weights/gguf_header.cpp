#include "nn/weights/gguf_header.h"

#include "base/error.h"
#include "nn/weights/mapped_file.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <optional>
#include <set>
#include <utility>

namespace rushes {

namespace {

constexpr std::uint64_t max_tensors = 1'000'000;
constexpr std::uint64_t max_pairs = 1'000'000;
constexpr std::uint32_t max_dimensions = 8; // ggml has 4; video models bring a fifth
constexpr std::uint64_t default_alignment = 32;
constexpr int max_nesting = 4; // of arrays
constexpr std::string_view shape_key = "comfy.gguf.orig_shape.";

[[noreturn]] void refuse(const std::string& what, const std::string& problem) {
    throw Error(
        ErrorKind::user,
        what + " is not a sound GGUF file: " + problem + ".",
        "Download or convert the file again."
    );
}

/// Takes numbers and texts off the front of the header.
class Reader {
public:
    Reader(std::span<const std::byte> bytes, const std::string& what) : bytes_(bytes), what_(what) {}

    template <typename T>
    T take() {
        T value{};
        std::memcpy(&value, skip(sizeof(T)).data(), sizeof(T));
        return value;
    }

    std::string text() {
        const std::span<const std::byte> bytes = skip(take<std::uint64_t>());
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }

    std::span<const std::byte> skip(std::uint64_t count) {
        if (count > bytes_.size() - position_) {
            refuse(what_, "its header ends in the middle (truncated?)");
        }
        const auto part = bytes_.subspan(position_, count);
        position_ += count;
        return part;
    }

    std::uint64_t position() const { return position_; }

    const std::string& what() const { return what_; }

private:
    std::span<const std::byte> bytes_;
    const std::string& what_;
    std::uint64_t position_ = 0;
};

// The types of metadata values.
enum ValueType : std::uint32_t { uint32 = 4, boolean = 7, string = 8, array = 9, float64 = 12 };

constexpr std::array<std::uint64_t, 13> value_bytes{1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

void skip_value(Reader& reader, std::uint32_t type, int depth = 0) {
    if (type > ValueType::float64 || depth > max_nesting) {
        refuse(reader.what(), "its metadata holds a value of the unknown type " + std::to_string(type));
    }
    if (type == ValueType::string) {
        reader.text();
    } else if (type == ValueType::array) {
        const auto inner = reader.take<std::uint32_t>();
        const auto count = reader.take<std::uint64_t>();
        if (inner < value_bytes.size() && value_bytes[inner] > 0) {
            if (count > std::numeric_limits<std::uint64_t>::max() / value_bytes[inner]) {
                refuse(reader.what(), "its metadata holds an array of " + std::to_string(count) + " values");
            }
            reader.skip(count * value_bytes[inner]);
            return;
        }
        for (std::uint64_t i = 0; i < count; ++i) {
            skip_value(reader, inner, depth + 1);
        }
    } else {
        reader.skip(value_bytes[type]);
    }
}

struct Metadata {
    std::map<std::string, std::string> texts;
    std::map<std::string, std::vector<std::int64_t>> shapes; ///< by tensor
    std::uint64_t alignment = default_alignment;
};

bool is_int32(std::uint32_t type) {
    return type == ValueType::uint32 || type == ValueType::uint32 + 1;
}

std::vector<std::int64_t> take_shape(Reader& reader) {
    const auto inner = reader.take<std::uint32_t>();
    const auto count = reader.take<std::uint64_t>();
    if (!is_int32(inner) || count > max_dimensions) {
        refuse(reader.what(), "its metadata holds an odd shape of a tensor");
    }
    std::vector<std::int64_t> shape;
    for (std::uint64_t i = 0; i < count; ++i) {
        shape.push_back(reader.take<std::int32_t>());
        if (shape.back() < 0) {
            refuse(reader.what(), "its metadata holds an odd shape of a tensor");
        }
    }
    return shape;
}

Metadata read_metadata(Reader& reader, std::uint64_t count) {
    Metadata metadata;
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::string key = reader.text();
        const auto type = reader.take<std::uint32_t>();
        if (type == ValueType::string) {
            metadata.texts[key] = reader.text();
        } else if (type == ValueType::array && key.starts_with(shape_key)) {
            metadata.shapes[key.substr(shape_key.size())] = take_shape(reader);
        } else if (type == ValueType::uint32 && key == "general.alignment") {
            metadata.alignment = reader.take<std::uint32_t>();
        } else {
            skip_value(reader, type);
        }
    }
    const std::uint64_t alignment = metadata.alignment;
    if (alignment == 0 || (alignment & (alignment - 1)) != 0 || alignment > (1U << 20)) {
        refuse(reader.what(), "its alignment is " + std::to_string(alignment));
    }
    return metadata;
}

struct GgmlType {
    std::uint32_t number;
    std::string_view name; ///< as dtype_name() has it, where we read the type
};

constexpr std::array ggml_types{
    GgmlType{0, "F32"},   GgmlType{1, "F16"},   GgmlType{2, "Q4_0"},  GgmlType{3, "Q4_1"},
    GgmlType{6, "Q5_0"},  GgmlType{7, "Q5_1"},  GgmlType{8, "Q8_0"},  GgmlType{9, "Q8_1"},
    GgmlType{10, "Q2_K"}, GgmlType{11, "Q3_K"}, GgmlType{12, "Q4_K"}, GgmlType{13, "Q5_K"},
    GgmlType{14, "Q6_K"}, GgmlType{15, "Q8_K"}, GgmlType{24, "I8"},   GgmlType{25, "I16"},
    GgmlType{26, "I32"},  GgmlType{27, "I64"},  GgmlType{28, "F64"},  GgmlType{30, "BF16"},
};

TensorDtype dtype_of(std::uint32_t number, const std::string& tensor, const std::string& what) {
    const auto found = std::ranges::find(ggml_types, number, &GgmlType::number);
    const std::string name = found == ggml_types.end() ? std::to_string(number) : std::string(found->name);
    const std::optional<TensorDtype> dtype = dtype_named(name);
    if (!dtype) {
        throw Error(
            ErrorKind::user,
            what + ": the tensor '" + tensor + "' has the type " + name + ", which is not supported.",
            "Q8_0, Q6_K, Q5_K, Q4_K, Q4_0, F16, BF16 and F32 are."
        );
    }
    return *dtype;
}

std::int64_t numbers_in(std::span<const std::int64_t> shape) {
    std::int64_t count = 1; // no overflow: tensor_bytes() was asked first
    for (const std::int64_t size : shape) {
        count *= size;
    }
    return count;
}

/// Offset from the data's begin.
TensorEntry read_tensor(Reader& reader, const Metadata& metadata) {
    TensorEntry entry;
    entry.name = reader.text();
    const std::string where = "tensor '" + entry.name + "'";
    const auto dimensions = reader.take<std::uint32_t>();
    if (dimensions > max_dimensions) {
        refuse(reader.what(), where + " has " + std::to_string(dimensions) + " dimensions");
    }
    for (std::uint32_t i = 0; i < dimensions; ++i) {
        const auto size = reader.take<std::uint64_t>();
        if (size > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
            refuse(reader.what(), where + " has a dimension of " + std::to_string(size));
        }
        entry.shape.insert(entry.shape.begin(), static_cast<std::int64_t>(size));
    }
    entry.dtype = dtype_of(reader.take<std::uint32_t>(), entry.name, reader.what());
    entry.offset = reader.take<std::uint64_t>();
    const std::optional<std::uint64_t> bytes = tensor_bytes(entry.dtype, entry.shape);
    if (!bytes) {
        refuse(reader.what(), where + " has a shape that its type contradicts");
    }
    entry.bytes = *bytes;
    if (const auto shape = metadata.shapes.find(entry.name); shape != metadata.shapes.end()) {
        if (!tensor_bytes(TensorDtype::u8, shape->second) ||
            numbers_in(shape->second) != numbers_in(entry.shape)) {
            refuse(reader.what(), where + " has another number of values than its original shape");
        }
        entry.shape = shape->second;
    }
    return entry;
}

void check_layout(std::span<const TensorEntry> tensors, std::uint64_t size, const std::string& what) {
    std::uint64_t end = 0;
    for (const TensorEntry& tensor : tensors) {
        if (tensor.offset > size || tensor.bytes > size - tensor.offset) {
            refuse(what, "tensor '" + tensor.name + "' lies beyond the file's end (truncated?)");
        }
        if (tensor.offset < end && tensor.bytes > 0) {
            refuse(what, "tensor '" + tensor.name + "' overlaps the one before it");
        }
        end = std::max(end, tensor.offset + tensor.bytes);
    }
}

} // namespace

WeightHeader parse_gguf_header(std::span<const std::byte> file, const std::string& what) {
    constexpr std::string_view magic = "GGUF";
    Reader reader(file, what);
    if (file.size() < magic.size() || std::memcmp(reader.skip(4).data(), magic.data(), 4) != 0) {
        refuse(what, "it does not start with 'GGUF'");
    }
    const auto version = reader.take<std::uint32_t>();
    if (version != 2 && version != 3) {
        refuse(what, "its version is " + std::to_string(version) + ", and 2 and 3 are known");
    }
    const auto tensors = reader.take<std::uint64_t>();
    const auto pairs = reader.take<std::uint64_t>();
    if (tensors > max_tensors || pairs > max_pairs) {
        refuse(what, "it claims " + std::to_string(std::max(tensors, pairs)) + " entries");
    }
    const Metadata metadata = read_metadata(reader, pairs);
    WeightHeader header{.tensors = {}, .metadata = metadata.texts, .file_size = file.size()};
    std::set<std::string> names;
    for (std::uint64_t i = 0; i < tensors; ++i) {
        header.tensors.push_back(read_tensor(reader, metadata));
        if (!names.insert(header.tensors.back().name).second) {
            refuse(what, "tensor '" + header.tensors.back().name + "' is there twice");
        }
    }
    const std::uint64_t begin =
        (reader.position() + metadata.alignment - 1) / metadata.alignment * metadata.alignment;
    for (TensorEntry& tensor : header.tensors) {
        if (tensor.offset > file.size() || begin > file.size() - tensor.offset) {
            refuse(what, "tensor '" + tensor.name + "' lies beyond the file's end (truncated?)");
        }
        tensor.offset += begin;
    }
    std::ranges::sort(header.tensors, {}, [](const TensorEntry& entry) {
        return std::pair(entry.offset, entry.bytes);
    });
    check_layout(header.tensors, file.size(), what);
    return header;
}

WeightHeader read_gguf_header(const std::filesystem::path& path) {
    return parse_gguf_header(MappedFile(path).bytes(), quoted(path));
}

} // namespace rushes
