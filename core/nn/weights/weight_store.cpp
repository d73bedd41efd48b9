#include "nn/weights/weight_store.h"

#include "base/error.h"
#include "nn/transfer.h"
#include "nn/weights/allowed_keys.h"
#include "nn/weights/finite.h"
#include "nn/weights/safetensors.h"
#include "nn/work_unit.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <tuple>
#include <utility>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

namespace rushes {

namespace {

/// Bytes that one reader takes between two looks at a stop request: a twentieth of a second of a slow disk.
constexpr std::uint64_t fetch_bytes = std::uint64_t{4} << 20;

std::string shape_text(at::IntArrayRef shape) {
    std::ostringstream text;
    text << shape;
    return text.str();
}

} // namespace

/// What all scopes of one store share.
class WeightState {
public:
    WeightState(WeightIndex index, WeightOptions options)
        : index_(std::move(index)),
          options_(std::move(options)),
          progress_(options_.progress),
          stop_(options_.stop),
          total_bytes_(index_.bytes()),
          mapped_(index_.files.size()) {}

    const WeightOptions& options() const { return options_; }

    const WeightIndex& index() const { return index_; }

    const std::stop_token& stop() const { return stop_; }

    void read_again(std::function<void(double)> progress, std::stop_token stop) {
        progress_ = std::move(progress);
        stop_ = std::move(stop);
        read_bytes_ = 0;
        read_.clear();
    }

    bool has(const std::string& key) const { return index_.places.contains(key); }

    bool used(const std::string& key) const { return used_.contains(key); }

    /// `small`: whether it may stay, or be made, smaller than `dtype`.
    StoredWeight read(const std::string& key, at::IntArrayRef shape, at::ScalarType dtype, bool small) {
        const TensorEntry& entry = entry_of(key, shape);
        const MappedFile& mapped = file(index_.places.at(key).file);
        fetch_checked(mapped, entry, key);
        StoredWeight weight = stored(mapped, entry, key, dtype);
        weight.deltas = deltas_of(key);
        const bool to_fp8 =
            small && options_.fp8_layers && !weight.is_compact() && is_block_layer(key, entry.shape);
        const bool as_it_is =
            !weight.data.is_floating_point() || weight.is_compact() || to_fp8 || !weight.deltas.empty();
        weight.data = converted(weight.data, as_it_is ? weight.data.scalar_type() : dtype);
        if (weight.scale.defined()) {
            weight.scale = weight.scale.to(options_.device);
        }
        if (to_fp8) {
            weight = weight.in_fp8(stop_);
        }
        if (const void* const file = mapped.bytes().data() + entry.offset;
            weight.data.const_data_ptr() != file) {
            mapped.release(entry.offset, entry.bytes); // a copy of another type, or on a card
        }
        note_read(key, entry.bytes);
        return weight;
    }

    StoredWeight table(const std::string& key, at::IntArrayRef shape, at::ScalarType dtype) {
        const TensorEntry& entry = entry_of(key, shape);
        StoredWeight weight = stored(file(index_.places.at(key).file), entry, key, dtype);
        weight.deltas = deltas_of(key);
        note_read(key, entry.bytes);
        return weight;
    }

    void use_loras(std::span<const LoraUse> loras) {
        std::vector<ActiveLora> active;
        for (const LoraUse& use : loras) {
            if (!std::isfinite(use.strength)) {
                throw Error(ErrorKind::user, "The strength of " + quoted(use.file) + " is not a number.");
            }
            std::shared_ptr<const LoraWeights> weights = opened(use.file);
            if (use.strength != 0) {
                active.push_back({std::move(weights), use.strength});
            }
        }
        loras_ = std::move(active);
    }

private:
    using LoraKey = std::tuple<std::filesystem::path, std::filesystem::file_time_type, std::uintmax_t>;

    struct ActiveLora {
        std::shared_ptr<const LoraWeights> file;
        double strength = 1;
    };

    /// Once for each state of a file: strengths change often, files seldom.
    std::shared_ptr<const LoraWeights> opened(const std::filesystem::path& file) {
        std::error_code error;
        const LoraKey key{
            file, std::filesystem::last_write_time(file, error), std::filesystem::file_size(file, error)
        };
        auto& weights = lora_files_[key];
        if (!weights) {
            weights = std::make_shared<const LoraWeights>(file, index_, options_.names);
        }
        return weights;
    }

    std::vector<WeightDelta> deltas_of(const std::string& key) const {
        std::vector<WeightDelta> deltas;
        for (const ActiveLora& lora : loras_) {
            if (const WeightDelta* delta = lora.file->find(key)) {
                deltas.push_back(*delta);
                deltas.back().strength *= lora.strength;
            }
        }
        return deltas;
    }

    /// As the file holds it, on the CPU.
    StoredWeight
    stored(const MappedFile& mapped, const TensorEntry& entry, const std::string& key, at::ScalarType dtype) {
        StoredWeight weight{
            .name = key,
            .data = tensor_view(mapped, entry),
            .type = entry.dtype,
            .shape = entry.shape,
            .dtype = dtype,
            .scale = {}
        };
        if (entry.dtype == TensorDtype::f8_e4m3 || entry.dtype == TensorDtype::f8_e5m2) {
            weight.scale = scale_of(key, entry);
        }
        return weight;
    }

    /// Of an fp8 weight: "scale_weight" beside it (ComfyUI) or "weight_scale" (its later files and others);
    /// undefined: there is none.
    at::Tensor scale_of(const std::string& key, const TensorEntry& entry) {
        const std::string layer = key.substr(0, key.rfind('.') + 1);
        for (const char* name : {"scale_weight", "weight_scale"}) {
            const auto place = index_.places.find(layer + name);
            if (!key.ends_with(".weight") || place == index_.places.end()) {
                continue;
            }
            const TensorEntry& found = index_.entry(place->second);
            fetch_checked(file(place->second.file), found, layer + name);
            const at::Tensor scale = tensor_view(file(place->second.file), found).to(at::kFloat);
            const std::int64_t rows = entry.shape.empty() ? 1 : entry.shape.front();
            if (scale.numel() != 1 && scale.numel() != rows) {
                throw Error(
                    ErrorKind::user,
                    "'" + layer + name + "' in " + quoted(index_.source) + " has the shape " +
                        shape_text(scale.sizes()) + ", expected one scale or one for each of " +
                        std::to_string(rows) + " rows."
                );
            }
            note_read(layer + name, found.bytes);
            return scale.flatten();
        }
        return {};
    }

    /// Has a tensor's bytes in memory and looks at each once. Throws Error{user} for what is no finite
    /// number; Stopped.
    void fetch_checked(const MappedFile& mapped, const TensorEntry& entry, const std::string& key) const {
        const std::uint64_t item = dtype_bytes(entry.dtype);
        const std::uint64_t part = fetch_bytes / item * item;
        const auto parts = static_cast<std::int64_t>((entry.bytes + part - 1) / part);
        std::atomic<bool> finite = true;
        // Several readers: a disk answers many questions at once faster than one after the other.
        at::parallel_for(0, parts, 1, [&](std::int64_t first, std::int64_t last) {
            for (std::int64_t i = first; i < last; ++i) {
                throw_if_stopped(stop_);
                const std::uint64_t begin = static_cast<std::uint64_t>(i) * part;
                const std::uint64_t count = std::min(part, entry.bytes - begin);
                mapped.fetch(entry.offset + begin, count);
                if (!all_finite(mapped.bytes().subspan(entry.offset + begin, count), entry.dtype)) {
                    finite = false;
                }
            }
        });
        if (!finite) {
            throw Error(
                ErrorKind::user,
                "The tensor '" + key + "' in " + quoted(index_.source) +
                    " holds numbers that are not finite.",
                "Download or convert the file again."
            );
        }
    }

    const TensorEntry& entry_of(const std::string& key, at::IntArrayRef shape) const {
        throw_if_stopped(stop_);
        const auto place = index_.places.find(key);
        if (place == index_.places.end()) {
            throw Error(
                ErrorKind::user,
                quoted(index_.source) + " lacks the tensor '" + key + "'.",
                "The download may be incomplete, or the file is of another model: download it again from the "
                "model's page."
            );
        }
        const TensorEntry& entry = index_.entry(place->second);
        if (shape != at::IntArrayRef(entry.shape)) {
            throw Error(
                ErrorKind::user,
                "'" + key + "' in " + quoted(index_.source) + " has the shape " + shape_text(entry.shape) +
                    " where the config demands " + shape_text(shape) + ".",
                "Config and weights are of two models: take both from the same page."
            );
        }
        return entry;
    }

    at::Tensor converted(const at::Tensor& view, at::ScalarType dtype) const {
        // Of a view that is not dense products would be other ones in their last bits.
        if (options_.device.is_cpu() && view.scalar_type() == dtype && view.is_contiguous()) {
            return view;
        }
        if (!options_.device.is_cpu()) {
            return sent(view, dtype);
        }
        at::Tensor result = at::empty(view.sizes(), at::TensorOptions().device(options_.device).dtype(dtype));
        copy_in_units(result, view, stop_);
        return result;
    }

    /// Through pinned memory, as the file holds it and converted there; while one piece is on its way the
    /// next is read.
    at::Tensor sent(const at::Tensor& view, at::ScalarType dtype) const {
        const at::Tensor numbers = view.reshape({-1});
        if (numbers.numel() <= unit_numbers) {
            return sent_to(view, options_.device).to(dtype);
        }
        at::Tensor result = at::empty(view.sizes(), at::TensorOptions().device(options_.device).dtype(dtype));
        const at::Tensor target = result.view({-1});
        for (std::int64_t first = 0; first < numbers.numel(); first += unit_numbers) {
            throw_if_stopped(stop_);
            const std::int64_t count = std::min(unit_numbers, numbers.numel() - first);
            target.narrow(0, first, count).copy_(sent_to(numbers.narrow(0, first, count), options_.device));
        }
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
        used_.insert(key);
        if (read_.insert(key).second) {
            read_bytes_ += bytes;
        }
        if (progress_) {
            progress_(
                total_bytes_ == 0 ? 1.0 : static_cast<double>(read_bytes_) / static_cast<double>(total_bytes_)
            );
        }
    }

    const WeightIndex index_;
    const WeightOptions options_;
    std::function<void(double)> progress_;
    std::stop_token stop_;
    const std::uint64_t total_bytes_;
    std::uint64_t read_bytes_ = 0;
    std::set<std::string> read_; ///< since reading began, or began again
    std::vector<std::optional<MappedFile>> mapped_;
    std::set<std::string> used_;
    std::vector<ActiveLora> loras_;
    std::map<LoraKey, std::shared_ptr<const LoraWeights>> lora_files_;
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
    return state_->read(key(name), shape, dtype_, false).dense(state_->stop());
}

StoredWeight Weights::weight(std::string_view name, at::IntArrayRef shape) const {
    return state_->read(key(name), shape, dtype_, true);
}

StoredWeight Weights::table(std::string_view name, at::IntArrayRef shape) const {
    return state_->table(key(name), shape, dtype_);
}

WeightStore::WeightStore(const std::filesystem::path& source, WeightOptions options)
    : state_(std::make_shared<WeightState>(index_weights(source, options.names), std::move(options))) {}

void WeightStore::use_loras(std::span<const LoraUse> loras) const {
    state_->use_loras(loras);
}

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

void WeightStore::read_again(std::function<void(double)> progress, std::stop_token stop) const {
    state_->read_again(std::move(progress), std::move(stop));
}

void WeightStore::expect_all_used(std::span<const std::string_view> allowed) const {
    read_again({}, {});
    std::vector<std::string> unexpected = unused();
    std::erase_if(unexpected, [&](const std::string& key) { return is_allowed_key(key, allowed); });
    if (unexpected.empty()) {
        return;
    }
    std::string names = "'" + unexpected.front() + "'";
    if (unexpected.size() > 1) {
        names += " and " + std::to_string(unexpected.size() - 1) + " more";
    }
    throw Error(
        ErrorKind::user,
        quoted(state_->index().source) + " holds tensors that this architecture does not have: " + names +
            ".",
        "The checkpoint may belong to another model class."
    );
}

} // namespace rushes
