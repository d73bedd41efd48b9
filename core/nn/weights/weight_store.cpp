#include "nn/weights/weight_store.h"

#include "base/error.h"
#include "nn/weights/safetensors.h"
#include "nn/work_unit.h"

#include <algorithm>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

#include <ATen/ATen.h>

namespace rushes {

namespace {

/// Bytes between two looks at a stop request: a fifth of a second of a slow disk.
constexpr std::uint64_t fetch_bytes = std::uint64_t{16} << 20;

std::string shape_text(at::IntArrayRef shape) {
    std::ostringstream text;
    text << shape;
    return text.str();
}

/// ".name.": so that a name is found only between dots.
std::string between_dots(std::string_view name) {
    std::string dotted(".");
    dotted.append(name).append(".");
    return dotted;
}

bool is_allowed(std::string_view key, std::span<const std::string_view> allowed) {
    const std::string dotted = between_dots(key);
    return std::ranges::any_of(allowed, [&](std::string_view name) {
        return dotted.find(between_dots(name)) != std::string::npos;
    });
}

} // namespace

/// What all scopes of one store share.
class WeightState {
public:
    WeightState(WeightIndex index, WeightOptions options)
        : index_(std::move(index)),
          options_(std::move(options)),
          total_bytes_(index_.bytes()),
          mapped_(index_.files.size()) {}

    const WeightOptions& options() const { return options_; }

    const WeightIndex& index() const { return index_; }

    bool has(const std::string& key) const { return index_.places.contains(key); }

    bool used(const std::string& key) const { return used_.contains(key); }

    at::Tensor read(const std::string& key, at::IntArrayRef shape, at::ScalarType dtype) {
        const TensorEntry& entry = entry_of(key, shape);
        const MappedFile& mapped = file(index_.places.at(key).file);
        for (std::uint64_t done = 0; done < entry.bytes; done += fetch_bytes) {
            throw_if_stopped(options_.stop);
            mapped.fetch(entry.offset + done, std::min(fetch_bytes, entry.bytes - done));
        }
        at::Tensor tensor = converted(tensor_view(mapped, entry), dtype);
        note_read(key, entry.bytes);
        return tensor;
    }

    at::Tensor table(const std::string& key, at::IntArrayRef shape) {
        const TensorEntry& entry = entry_of(key, shape);
        at::Tensor view = tensor_view(file(index_.places.at(key).file), entry);
        note_read(key, entry.bytes);
        return view;
    }

private:
    const TensorEntry& entry_of(const std::string& key, at::IntArrayRef shape) const {
        throw_if_stopped(options_.stop);
        const auto place = index_.places.find(key);
        if (place == index_.places.end()) {
            throw Error(ErrorKind::user, quoted(index_.directory) + " lacks the tensor '" + key + "'.");
        }
        const TensorEntry& entry = index_.files[place->second.file].header.tensors[place->second.tensor];
        if (shape != at::IntArrayRef(entry.shape)) {
            throw Error(
                ErrorKind::user,
                "'" + key + "' in " + quoted(index_.directory) + " has the shape " + shape_text(entry.shape) +
                    " where the config demands " + shape_text(shape) + "."
            );
        }
        return entry;
    }

    at::Tensor converted(const at::Tensor& view, at::ScalarType dtype) const {
        const at::ScalarType target = view.is_floating_point() ? dtype : view.scalar_type();
        if (options_.device.is_cpu() && view.scalar_type() == target) {
            return view;
        }
        at::Tensor result =
            at::empty(view.sizes(), at::TensorOptions().device(options_.device).dtype(target));
        copy_in_units(result, view, options_.stop);
        return result;
    }

    const MappedFile& file(std::size_t number) {
        auto& slot = mapped_[number];
        if (!slot) {
            slot.emplace(index_.files[number].path);
            if (slot->bytes().size() != index_.files[number].header.file_size) {
                throw Error(
                    ErrorKind::user, quoted(index_.files[number].path) + " changed while it was opened."
                );
            }
        }
        return *slot;
    }

    void note_read(const std::string& key, std::uint64_t bytes) {
        if (used_.insert(key).second) {
            read_bytes_ += bytes;
        }
        if (options_.progress) {
            options_.progress(
                total_bytes_ == 0 ? 1.0 : static_cast<double>(read_bytes_) / static_cast<double>(total_bytes_)
            );
        }
    }

    const WeightIndex index_;
    const WeightOptions options_;
    const std::uint64_t total_bytes_;
    std::uint64_t read_bytes_ = 0;
    std::vector<std::optional<MappedFile>> mapped_;
    std::set<std::string> used_;
};

Weights::Weights(std::shared_ptr<WeightState> state, std::string prefix, at::ScalarType dtype)
    : state_(std::move(state)), prefix_(std::move(prefix)), dtype_(dtype) {}

std::string Weights::key(std::string_view name) const {
    return prefix_.empty() ? std::string(name) : prefix_ + "." + std::string(name);
}

Weights Weights::operator[](std::string_view name) const {
    return {state_, key(name), dtype_};
}

Weights Weights::operator[](std::int64_t number) const {
    return (*this)[std::to_string(number)];
}

Weights Weights::as(at::ScalarType dtype) const {
    return {state_, prefix_, dtype};
}

at::Device Weights::device() const {
    return state_->options().device;
}

bool Weights::has(std::string_view name) const {
    return state_->has(key(name));
}

at::Tensor Weights::tensor(std::string_view name, at::IntArrayRef shape) const {
    return state_->read(key(name), shape, dtype_);
}

at::Tensor Weights::table(std::string_view name, at::IntArrayRef shape) const {
    return state_->table(key(name), shape);
}

WeightStore::WeightStore(const std::filesystem::path& directory, WeightOptions options)
    : state_(std::make_shared<WeightState>(index_weights(directory), std::move(options))) {}

Weights WeightStore::root() const {
    return {state_, "", state_->options().dtype};
}

std::vector<std::string> WeightStore::unused() const {
    std::vector<std::string> keys;
    for (const auto& [key, place] : state_->index().places) {
        if (!state_->used(key)) {
            keys.push_back(key);
        }
    }
    return keys;
}

void WeightStore::expect_all_used(std::span<const std::string_view> allowed) const {
    std::vector<std::string> unexpected = unused();
    std::erase_if(unexpected, [&](const std::string& key) { return is_allowed(key, allowed); });
    if (unexpected.empty()) {
        return;
    }
    std::string names = "'" + unexpected.front() + "'";
    if (unexpected.size() > 1) {
        names += " and " + std::to_string(unexpected.size() - 1) + " more";
    }
    throw Error(
        ErrorKind::user,
        quoted(state_->index().directory) + " holds tensors that this architecture does not have: " + names +
            ".",
        "The checkpoint may belong to another model class."
    );
}

} // namespace rushes
