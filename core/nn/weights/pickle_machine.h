// The stack machine that a pickle is a program for, without the power to call anything (see torch_pickle.h).
// No libtorch.
#pragma once

#include "nn/weights/torch_pickle.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

namespace rushes::pickle {

constexpr std::size_t most_values = 1'000'000; ///< a published file has some ten thousand
constexpr std::size_t most_dimensions = 16;

// Values live in one vector and are known by their number there, so that a pickle that makes cycles costs
// nothing.
using Ref = std::size_t;

struct Nothing {}; // None, and everything that we have no use for

struct Global {
    std::string name;
};

struct Sequence {
    std::vector<Ref> items;
};

struct Dictionary {
    std::vector<std::pair<Ref, Ref>> items;
};

struct Storage {
    TensorDtype dtype = TensorDtype::f32;
    std::string key;
    std::uint64_t numbers = 0;
};

struct Mark {};

using Value = std::variant<
    Nothing,
    bool,
    std::int64_t,
    double,
    std::string,
    Global,
    Sequence,
    Dictionary,
    Storage,
    PickledTensor,
    Mark>;

/// A type of numbers, as storages and tensors name it.
struct Scalar {
    std::string_view module_name; ///< "torch.FloatStorage"
    std::string_view dtype_name;  ///< "torch.float32"
    TensorDtype dtype;
};

/// Null: there is none of that name.
const Scalar* scalar_of(std::string_view Scalar::*name, std::string_view value);

[[noreturn]] void refuse(const std::string& what, const std::string& problem);
[[noreturn]] void refuse_name(const std::string& what, const std::string& name);

/// `what` is the file's name for people; it must outlive the machine.
class Machine {
public:
    Machine(std::span<const std::byte> code, const std::string& what) : code_(code), what_(what) {}

    void run() {
        while (step()) {
        }
    }

    std::vector<PickledTensor> tensors() {
        std::vector<PickledTensor> found;
        collect(top(), "", 0, found);
        return found;
    }

private:
    bool step();
    bool step_of_containers(unsigned char code);
    bool step_of_plain_values(unsigned char code);
    bool step_of_memory(unsigned char code);

    [[noreturn]] void damaged() const { refuse(what_, "its pickle is damaged"); }

    [[noreturn]] void unbounded() const { refuse(what_, "its pickle grows without bounds"); }

    std::span<const std::byte> take_bytes(std::uint64_t count) {
        if (count > code_.size() - position_) {
            damaged();
        }
        const auto part = code_.subspan(position_, count);
        position_ += count;
        return part;
    }

    template <typename T>
    T take() {
        T value{};
        std::memcpy(&value, take_bytes(sizeof(T)).data(), sizeof(T));
        return value;
    }

    std::string take_text(std::uint64_t count) {
        const auto bytes = take_bytes(count);
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }

    std::string take_line() {
        std::string line;
        for (char c = take<char>(); c != '\n'; c = take<char>()) {
            line += c;
        }
        return line;
    }

    void push(Value value) {
        if (values_.size() == most_values) {
            unbounded();
        }
        values_.push_back(std::move(value));
        stack_.push_back(values_.size() - 1);
    }

    void remember(std::uint64_t key) {
        if (memo_.size() == most_values) {
            unbounded();
        }
        memo_[key] = top();
    }

    Ref top() const {
        if (stack_.empty()) {
            damaged();
        }
        return stack_.back();
    }

    Ref pop() {
        const Ref ref = top();
        stack_.pop_back();
        return ref;
    }

    /// What lies above the last mark, which goes too.
    std::vector<Ref> pop_to_mark() {
        std::vector<Ref> items;
        for (Ref ref = pop(); !std::holds_alternative<Mark>(values_[ref]); ref = pop()) {
            items.push_back(ref);
        }
        std::ranges::reverse(items);
        return items;
    }

    template <typename T>
    T& get(Ref ref) {
        if (T* value = std::get_if<T>(&values_[ref])) {
            return *value;
        }
        damaged();
    }

    void push_sequence(std::size_t count) {
        Sequence tuple;
        for (std::size_t i = 0; i < count; ++i) {
            tuple.items.insert(tuple.items.begin(), pop());
        }
        push(std::move(tuple));
    }

    void push_global(const std::string& module_name, const std::string& name);

    void add_items(Dictionary& dictionary, const std::vector<Ref>& items) {
        if (items.size() % 2 != 0) {
            damaged();
        }
        for (std::size_t i = 0; i < items.size(); i += 2) {
            dictionary.items.emplace_back(items[i], items[i + 1]);
        }
    }

    std::uint64_t count_of(Ref ref) {
        const std::int64_t value = get<std::int64_t>(ref);
        if (value < 0) {
            damaged();
        }
        return static_cast<std::uint64_t>(value);
    }

    std::vector<std::int64_t> counts_of(Ref ref) {
        const Sequence& sequence = get<Sequence>(ref);
        if (sequence.items.size() > most_dimensions) {
            damaged();
        }
        std::vector<std::int64_t> counts;
        for (const Ref item : sequence.items) {
            counts.push_back(static_cast<std::int64_t>(count_of(item)));
        }
        return counts;
    }

    void push_storage();
    void call();
    Value tensor_of(const std::vector<Ref>& arguments, std::optional<TensorDtype> dtype);
    void collect(Ref ref, const std::string& path, int depth, std::vector<PickledTensor>& found);

    std::span<const std::byte> code_;
    const std::string& what_;
    std::uint64_t position_ = 0;
    std::vector<Value> values_;
    std::vector<Ref> stack_;
    std::map<std::uint64_t, Ref> memo_;
    std::size_t visits_ = 0;
};

} // namespace rushes::pickle
