#include "nn/weights/safetensors.h"

#include "base/error.h"

#include <algorithm>
#include <cstring>

#include <ATen/ATen.h>

namespace rushes {

at::ScalarType scalar_type(TensorDtype dtype) {
    switch (dtype) {
    case TensorDtype::f64:
        return at::kDouble;
    case TensorDtype::f32:
        return at::kFloat;
    case TensorDtype::f16:
        return at::kHalf;
    case TensorDtype::bf16:
        return at::kBFloat16;
    case TensorDtype::f8_e4m3:
        return at::kFloat8_e4m3fn;
    case TensorDtype::f8_e5m2:
        return at::kFloat8_e5m2;
    case TensorDtype::i64:
        return at::kLong;
    case TensorDtype::i32:
        return at::kInt;
    case TensorDtype::i16:
        return at::kShort;
    case TensorDtype::i8:
        return at::kChar;
    case TensorDtype::u8:
        return at::kByte;
    case TensorDtype::boolean:
        return at::kBool;
    default:
        break; // blocks are no numbers of libtorch's
    }
    throw Error(ErrorKind::bug, "a tensor type without a libtorch type");
}

at::Tensor tensor_view(const MappedFile& file, const TensorEntry& entry) {
    const auto item = static_cast<std::int64_t>(dtype_bytes(entry.dtype));
    const bool blocks = is_block_format(entry.dtype);
    const at::TensorOptions options(blocks ? at::kByte : scalar_type(entry.dtype));
    const std::vector<std::int64_t> shape =
        blocks ? std::vector{static_cast<std::int64_t>(entry.bytes) / item, item} : entry.shape;
    if (entry.bytes == 0) {
        return at::empty(shape, options);
    }
    // from_blob wants a pointer to changeable memory; nobody changes weights.
    auto* const bytes = const_cast<std::byte*>(file.data().get() + entry.offset);
    // Most are copied sooner or later, in the order that a product wants.
    const auto no_owner = [mapping = file, offset = entry.offset, count = entry.bytes](void*) {
        mapping.release(offset, count);
    };
    if (!blocks && reinterpret_cast<std::uintptr_t>(bytes) % dtype_bytes(entry.dtype) != 0) {
        at::Tensor copy = at::empty(static_cast<std::int64_t>(entry.bytes) / item, options);
        std::memcpy(copy.data_ptr(), bytes, entry.bytes);
        return entry.strides.empty() ? copy.view(shape) : copy.as_strided(shape, entry.strides);
    }
    return entry.strides.empty() ? at::from_blob(bytes, shape, no_owner, options)
                                 : at::from_blob(bytes, shape, entry.strides, no_owner, options);
}

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path)
    : path_(path),
      file_(path),
      header_(parse_safetensors_header(file_.bytes(), file_.bytes().size(), quoted(path))) {}

const TensorEntry* SafetensorsFile::find(std::string_view name) const {
    const auto found = std::ranges::find(header_.tensors, name, &TensorEntry::name);
    return found == header_.tensors.end() ? nullptr : &*found;
}

bool SafetensorsFile::contains(std::string_view name) const {
    return find(name) != nullptr;
}

at::Tensor SafetensorsFile::tensor(std::string_view name) const {
    const TensorEntry* entry = find(name);
    if (entry == nullptr) {
        throw Error(ErrorKind::user, quoted(path_) + " holds no tensor '" + std::string(name) + "'.");
    }
    return tensor_view(file_, *entry);
}

} // namespace rushes
