#include "nn/weights/convert_weights.h"

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/new_directory.h"
#include "nn/weights/finite.h"
#include "nn/weights/mapped_file.h"
#include "nn/weights/safetensors_writer.h"
#include "nn/weights/weight_index.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>

namespace rushes {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t shard_bytes = 5'000'000'000; ///< as the tools of the Hugging Face Hub cut them
constexpr std::uint64_t piece_bytes = std::uint64_t{16} << 20;

std::vector<TensorShape> shapes_of(const WeightIndex& index) {
    std::vector<TensorShape> shapes;
    for (const auto& [name, place] : index.places) {
        const TensorEntry& entry = index.entry(place);
        shapes.push_back({.name = name, .dtype = entry.dtype, .shape = entry.shape});
    }
    return shapes;
}

std::uint64_t bytes_of(const std::vector<TensorShape>& tensors) {
    std::uint64_t sum = 0;
    for (const TensorShape& tensor : tensors) {
        sum += tensor.bytes();
    }
    return sum;
}

/// The numbers of a strided tensor one behind the other.
std::vector<std::byte> gathered(const TensorEntry& entry, std::span<const std::byte> bytes) {
    const std::size_t item = dtype_bytes(entry.dtype);
    std::vector<std::byte> result(tensor_bytes(entry.dtype, entry.shape).value_or(0));
    std::vector<std::int64_t> position(entry.shape.size(), 0);
    std::uint64_t from = 0;
    for (std::size_t to = 0; to < result.size(); to += item) {
        std::memcpy(result.data() + to, bytes.data() + from * item, item);
        for (std::size_t axis = position.size(); axis-- > 0;) { // the next position
            from += static_cast<std::uint64_t>(entry.strides[axis]);
            if (++position[axis] < entry.shape[axis]) {
                break;
            }
            from -= static_cast<std::uint64_t>(entry.strides[axis] * entry.shape[axis]);
            position[axis] = 0;
        }
    }
    return result;
}

class Converter {
public:
    Converter(WeightIndex index, const std::function<void(double)>& progress, const std::stop_token& stop)
        : index_(std::move(index)),
          progress_(progress),
          stop_(stop),
          total_(bytes_of(shapes_of(index_))),
          mapped_(index_.files.size()) {}

    const WeightIndex& index() const { return index_; }

    void write(const fs::path& target, const std::vector<TensorShape>& tensors) {
        SafetensorsWriter writer(target, tensors, {{"format", "pt"}});
        for (const TensorShape& tensor : tensors) {
            copy(tensor.name, writer);
        }
        writer.finish();
    }

private:
    void copy(const std::string& name, SafetensorsWriter& writer) {
        const WeightPlace place = index_.places.at(name);
        const TensorEntry& entry = index_.entry(place);
        auto& file = mapped_[place.file];
        if (!file) {
            file.emplace(index_.files[place.file].path);
            if (file->bytes().size() != index_.files[place.file].header.file_size) {
                throw Error(
                    ErrorKind::user, quoted(index_.files[place.file].path) + " changed while it was opened."
                );
            }
        }
        const auto bytes = file->bytes().subspan(entry.offset, entry.bytes);
        const std::vector<std::byte> dense =
            entry.strides.empty() ? std::vector<std::byte>() : gathered(entry, bytes);
        const std::span<const std::byte> numbers = entry.strides.empty() ? bytes : std::span(dense);
        for (std::uint64_t at = 0; at < numbers.size(); at += piece_bytes) {
            throw_if_stopped(stop_);
            const auto piece = numbers.subspan(at, std::min<std::uint64_t>(piece_bytes, numbers.size() - at));
            if (!all_finite(piece, entry.dtype)) {
                throw Error(
                    ErrorKind::user,
                    "The tensor '" + name + "' in " + quoted(index_.source) +
                        " holds numbers that are not finite."
                );
            }
            writer.write(piece);
            done_ += piece.size();
            if (progress_) {
                progress_(std::min(
                    1.0, static_cast<double>(done_) / static_cast<double>(std::max<std::uint64_t>(1, total_))
                ));
            }
        }
    }

    const WeightIndex index_;
    const std::function<void(double)>& progress_;
    const std::stop_token& stop_;
    const std::uint64_t total_;
    std::uint64_t done_ = 0;
    std::vector<std::optional<MappedFile>> mapped_;
};

} // namespace

Conversion describe_conversion(const fs::path& source) {
    const std::vector<TensorShape> tensors = shapes_of(index_weights(source));
    return {.tensors = tensors.size(), .bytes = bytes_of(tensors)};
}

void convert_weights(
    const fs::path& source,
    const fs::path& target,
    const std::function<void(double)>& progress,
    const std::stop_token& stop
) {
    Converter converter(index_weights(source), progress, stop);
    const std::vector<TensorShape> tensors = shapes_of(converter.index());
    require_room(target, bytes_of(tensors));
    if (target.extension() == ".safetensors") {
        converter.write(target, tensors);
        return;
    }
    NewDirectory directory(target);
    const ShardPlan plan = plan_shards(tensors, "model", shard_bytes);
    for (const ShardPlan::Shard& shard : plan.shards) {
        converter.write(directory.path() / shard.file, shard.tensors);
    }
    if (!plan.index.empty()) {
        write_file(directory.path() / "model.safetensors.index.json", plan.index);
    }
    directory.keep();
}

} // namespace rushes
