#include "nn/weights/torch_file.h"

#include "base/error.h"
#include "nn/weights/mapped_file.h"
#include "nn/weights/torch_pickle.h"
#include "nn/weights/zip_directory.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

namespace rushes {

namespace {

constexpr std::string_view pickle_name = "/data.pkl";
constexpr std::uint64_t largest_pickle = std::uint64_t{1} << 26;

[[noreturn]] void refuse(const std::string& what, const std::string& problem) {
    throw Error(
        ErrorKind::user,
        what + " is not a sound PyTorch file: " + problem + ".",
        "Download or convert the file again."
    );
}

using Archive = std::map<std::string, ZipEntry>;

/// The folder within the archive that everything lies in.
std::string folder_of(const Archive& archive, const std::string& what) {
    const auto found = std::ranges::find_if(archive, [](const auto& entry) {
        return entry.first.ends_with(pickle_name) &&
               entry.first.find('/') == entry.first.size() - pickle_name.size();
    });
    if (found == archive.end()) {
        refuse(what, "its archive holds no pickled tensors");
    }
    return found->first.substr(0, found->first.size() - pickle_name.size());
}

std::vector<std::int64_t> dense_strides(const std::vector<std::int64_t>& shape) {
    std::vector<std::int64_t> strides(shape.size(), 1);
    for (std::size_t i = shape.size(); i-- > 1;) {
        strides[i - 1] = strides[i] * std::max<std::int64_t>(1, shape[i]);
    }
    return strides;
}

/// A dimension of one number may have any stride.
bool is_dense(const PickledTensor& tensor) {
    const std::vector<std::int64_t> dense = dense_strides(tensor.shape);
    for (std::size_t i = 0; i < dense.size(); ++i) {
        if (tensor.shape[i] > 1 && tensor.strides[i] != dense[i]) {
            return false;
        }
    }
    return true;
}

/// How many numbers of the storage the tensor spans from its first one; nothing when they are too many.
std::optional<std::uint64_t> span_of(const PickledTensor& tensor) {
    std::uint64_t span = 1;
    for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
        if (tensor.shape[i] == 0) {
            return 0;
        }
        const auto steps = static_cast<std::uint64_t>(tensor.shape[i] - 1);
        const auto stride = static_cast<std::uint64_t>(tensor.strides[i]);
        if (stride != 0 && steps > (std::numeric_limits<std::uint64_t>::max() / 2 - span) / stride) {
            return std::nullopt;
        }
        span += steps * stride;
    }
    return span;
}

TensorEntry entry_of(
    const PickledTensor& tensor, const Archive& archive, const std::string& folder, const std::string& what
) {
    const std::string where = "tensor '" + tensor.name + "'";
    const auto storage = archive.find(folder + "/data/" + tensor.storage);
    if (storage == archive.end()) {
        refuse(what, where + " lies in a storage that is not there");
    }
    const std::uint64_t item = dtype_bytes(tensor.dtype);
    const std::uint64_t numbers = storage->second.bytes / item;
    const std::optional<std::uint64_t> span = span_of(tensor);
    const std::optional<std::uint64_t> bytes = tensor_bytes(tensor.dtype, tensor.shape);
    // A tensor that repeats the numbers of a small storage would be as large as it likes once it is dense.
    if (!span || !bytes || *bytes / item > numbers || tensor.first > numbers ||
        *span > numbers - tensor.first) {
        refuse(what, where + " is larger than its storage");
    }
    return {
        .name = tensor.name,
        .dtype = tensor.dtype,
        .shape = tensor.shape,
        .offset = storage->second.offset + tensor.first * item,
        .bytes = *span * item,
        .strides = is_dense(tensor) ? std::vector<std::int64_t>() : tensor.strides,
    };
}

} // namespace

WeightHeader parse_torch_file(std::span<const std::byte> file, const std::string& what) {
    const Archive archive = read_zip_directory(file, what);
    const std::string folder = folder_of(archive, what);
    const ZipEntry pickle = archive.at(folder + std::string(pickle_name));
    if (pickle.bytes > largest_pickle) {
        refuse(what, "its pickle has " + std::to_string(pickle.bytes) + " bytes");
    }
    if (const auto order = archive.find(folder + "/byteorder"); order != archive.end()) {
        const auto bytes = file.subspan(order->second.offset, order->second.bytes);
        if (std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()) != "little") {
            refuse(what, "its numbers are not little-endian");
        }
    }
    WeightHeader header{.tensors = {}, .metadata = {}, .file_size = file.size()};
    std::set<std::string> names;
    for (const PickledTensor& tensor : read_torch_pickle(file.subspan(pickle.offset, pickle.bytes), what)) {
        header.tensors.push_back(entry_of(tensor, archive, folder, what));
        if (!names.insert(tensor.name).second) {
            refuse(what, "tensor '" + tensor.name + "' is there twice");
        }
    }
    std::ranges::sort(header.tensors, {}, [](const TensorEntry& entry) {
        return std::pair(entry.offset, entry.bytes);
    });
    return header;
}

WeightHeader read_torch_file(const std::filesystem::path& path) {
    return parse_torch_file(MappedFile(path).bytes(), quoted(path));
}

} // namespace rushes
