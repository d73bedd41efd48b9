#include "nn/weights/torch_pickle.h"

#include "nn/weights/pickle_machine.h"

namespace rushes {

namespace pickle {

namespace {

constexpr int deepest = 32;                    ///< dictionaries within dictionaries
constexpr std::size_t most_visits = 1'000'000; ///< of values, while tensors are collected
constexpr std::size_t longest_name = 4096;

} // namespace

/// A persistent id: ("storage", type, key, location, count).
void Machine::push_storage() {
    const Sequence& id = get<Sequence>(pop());
    if (id.items.size() != 5 || get<std::string>(id.items[0]) != "storage") {
        damaged();
    }
    const Global& type = get<Global>(id.items[1]);
    const Scalar* scalar = scalar_of(&Scalar::module_name, type.name);
    if (scalar == nullptr) {
        refuse_name(what_, type.name);
    }
    push(Storage{
        .dtype = scalar->dtype, .key = get<std::string>(id.items[2]), .numbers = count_of(id.items[4])
    });
}

/// (storage, first number, shape, strides, ...).
Value Machine::tensor_of(const std::vector<Ref>& arguments, std::optional<TensorDtype> dtype) {
    if (arguments.size() < 4) {
        damaged();
    }
    const Storage& storage = get<Storage>(arguments[0]);
    const TensorDtype type = dtype.value_or(storage.dtype);
    PickledTensor tensor{
        .name = {},
        .dtype = type,
        .storage = storage.key,
        .storage_numbers = storage.numbers * dtype_bytes(storage.dtype) / dtype_bytes(type),
        .first = count_of(arguments[1]),
        .shape = counts_of(arguments[2]),
        .strides = counts_of(arguments[3]),
    };
    if (tensor.shape.size() != tensor.strides.size()) {
        damaged();
    }
    return tensor;
}

/// REDUCE: what a function would make of its arguments.
void Machine::call() {
    const Sequence& arguments = get<Sequence>(pop()); // valid until the result is pushed
    const std::string name = get<Global>(pop()).name;
    if (name == "collections.OrderedDict") {
        if (!arguments.items.empty()) {
            damaged();
        }
        push(Dictionary{});
    } else if (name == "torch._utils._rebuild_tensor_v2") {
        push(tensor_of(arguments.items, std::nullopt));
    } else if (name == "torch._utils._rebuild_tensor_v3") {
        if (arguments.items.size() < 7) {
            damaged();
        }
        const Scalar* scalar = scalar_of(&Scalar::dtype_name, get<Global>(arguments.items[6]).name);
        if (scalar == nullptr) {
            damaged();
        }
        push(tensor_of(arguments.items, scalar->dtype));
    } else if (name == "torch._utils._rebuild_parameter") {
        if (arguments.items.empty()) {
            damaged();
        }
        stack_.push_back(arguments.items.front());
    } else if (name == "torch.Size") {
        if (arguments.items.size() != 1) {
            damaged();
        }
        stack_.push_back(arguments.items.front());
    } else if (name == "torch.device") {
        push(Nothing{});
    } else {
        refuse_name(what_, name); // a storage or a type is no function
    }
}

void Machine::collect(Ref ref, const std::string& path, int depth, std::vector<PickledTensor>& found) {
    if (++visits_ > most_visits || depth > deepest || path.size() > longest_name) {
        unbounded();
    }
    const auto inner = [&](const std::string& key) { return path.empty() ? key : path + "." + key; };
    if (const auto* tensor = std::get_if<PickledTensor>(&values_[ref])) {
        found.push_back(*tensor);
        found.back().name = path;
    } else if (const auto* dictionary = std::get_if<Dictionary>(&values_[ref])) {
        for (const auto& [key, value] : dictionary->items) {
            if (const auto* text = std::get_if<std::string>(&values_[key])) {
                collect(value, inner(*text), depth + 1, found);
            } else if (const auto* number = std::get_if<std::int64_t>(&values_[key])) {
                collect(value, inner(std::to_string(*number)), depth + 1, found);
            }
        }
    } else if (const auto* sequence = std::get_if<Sequence>(&values_[ref])) {
        for (std::size_t i = 0; i < sequence->items.size(); ++i) {
            collect(sequence->items[i], inner(std::to_string(i)), depth + 1, found);
        }
    }
}

} // namespace pickle

std::vector<PickledTensor> read_torch_pickle(std::span<const std::byte> pickle, const std::string& what) {
    pickle::Machine machine(pickle, what);
    machine.run();
    return machine.tensors();
}

} // namespace rushes
