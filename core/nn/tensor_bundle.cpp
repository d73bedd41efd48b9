#include "nn/tensor_bundle.h"

#include "base/atomic_file.h"
#include "base/error.h"
#include "nn/transfer.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include <ATen/ATen.h>

namespace rushes {

namespace {

using Json = nlohmann::json;

// A file: a checksum of all that follows, a line of JSON (texts; names, types and shapes of tensors), and the
// tensors' bytes one behind the other.
constexpr std::size_t sum_length = 16;
constexpr std::size_t most_bytes = std::size_t{4} << 30;
constexpr std::int64_t most_numbers = std::int64_t{1} << 32;

/// Against damage, not against malice: several gigabytes a second, for it runs at every step of a clip.
std::string sum_of(std::string_view bytes) {
    std::uint64_t sum = bytes.size();
    while (!bytes.empty()) {
        std::uint64_t word = 0;
        const std::size_t count = std::min(bytes.size(), sizeof word);
        std::memcpy(&word, bytes.data(), count);
        sum = (sum ^ word) * 0x9E3779B97F4A7C15U;
        sum ^= sum >> 29;
        bytes.remove_prefix(count);
    }
    std::string digits(sum_length, '0');
    for (std::size_t i = 0; i < sum_length; ++i) {
        digits[i] = "0123456789abcdef"[(sum >> (4 * i)) & 15];
    }
    return digits;
}

struct NumberType {
    at::ScalarType type;
    const char* name;
};

constexpr NumberType number_types[] = {
    {at::kFloat, "float"}, {at::kBFloat16, "bfloat16"}, {at::kByte, "byte"}
};

/// The next tensor of a file's data. Throws where it is not there.
at::Tensor take_tensor(const Json& entry, std::string_view& data) {
    const auto shape = entry.at("shape").get<std::vector<std::int64_t>>();
    std::int64_t numbers = 1;
    for (const std::int64_t size : shape) {
        if (size < 0 || size > most_numbers || (numbers *= std::max<std::int64_t>(size, 1)) > most_numbers) {
            throw Error(ErrorKind::user, "A size is out of range.");
        }
    }
    const auto type = std::ranges::find(number_types, entry.at("type").get<std::string>(), &NumberType::name);
    if (type == std::end(number_types)) {
        throw Error(ErrorKind::user, "The type is unknown.");
    }
    at::Tensor tensor = at::empty(shape, type->type);
    if (tensor.nbytes() > data.size()) {
        throw Error(ErrorKind::user, "Bytes are missing.");
    }
    std::memcpy(tensor.mutable_data_ptr(), data.data(), tensor.nbytes());
    data.remove_prefix(tensor.nbytes());
    return tensor;
}

TensorBundle parsed(const std::string& bytes) {
    const std::size_t line_end = bytes.find('\n');
    if (line_end == std::string::npos || line_end < sum_length ||
        sum_of(std::string_view(bytes).substr(sum_length)) != bytes.substr(0, sum_length)) {
        throw Error(ErrorKind::user, "The checksum is another one.");
    }
    const Json head = Json::parse(bytes.substr(sum_length, line_end - sum_length));
    TensorBundle bundle{.texts = head.at("texts").get<std::map<std::string, std::string>>(), .tensors = {}};
    std::string_view data = std::string_view(bytes).substr(line_end + 1);
    for (const Json& tensor : head.at("tensors")) {
        bundle.tensors[tensor.at("name").get<std::string>()] = take_tensor(tensor, data);
    }
    return bundle;
}

} // namespace

void write_bundle(const std::filesystem::path& file, const TensorBundle& bundle) {
    Json tensors = Json::array();
    std::string data;
    for (const auto& [name, tensor] : bundle.tensors) {
        const auto type = std::ranges::find(number_types, tensor.scalar_type(), &NumberType::type);
        if (type == std::end(number_types)) {
            throw Error(ErrorKind::bug, "A file was to hold numbers of an unexpected type.");
        }
        tensors.push_back({{"name", name}, {"type", type->name}, {"shape", tensor.sizes().vec()}});
        const at::Tensor dense = fetched(tensor).contiguous();
        data.append(static_cast<const char*>(dense.const_data_ptr()), dense.nbytes());
    }
    const std::string content = Json{{"texts", bundle.texts}, {"tensors", tensors}}.dump() + "\n" + data;
    write_file(file, sum_of(content) + content);
}

std::optional<TensorBundle> read_bundle(const std::filesystem::path& file) {
    try {
        return parsed(read_file(file, most_bytes));
    } catch (const std::exception&) { // ours, those of JSON, and of a memory that is too small
        return std::nullopt;
    }
}

} // namespace rushes
