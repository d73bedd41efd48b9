// Counts the operations and copies that libtorch is asked for, call by call, through its own hooks: a measure
// of work that does not depend on the machine.
#pragma once

#include "base/error.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <stop_token>
#include <string_view>

#include <ATen/ATen.h>
#include <ATen/record_function.h>

namespace rushes::test {

/// Tells `on_call` of every call into libtorch that this thread makes, before it runs. One at a time.
class CallWatch {
public:
    using Inputs = c10::ArrayRef<const c10::IValue>;
    using OnCall = std::function<void(std::string_view name, Inputs inputs)>;

    explicit CallWatch(OnCall on_call) : on_call_(std::move(on_call)) {
        current() = this;
        handle_ = at::addThreadLocalCallback(at::RecordFunctionCallback(&CallWatch::started)
                                                 .needsInputs(true)
                                                 .scopes({at::RecordScope::FUNCTION}));
    }

    ~CallWatch() {
        at::removeCallback(handle_);
        current() = nullptr;
    }

    CallWatch(const CallWatch&) = delete;
    CallWatch& operator=(const CallWatch&) = delete;

private:
    static CallWatch*& current() {
        thread_local CallWatch* watch = nullptr;
        return watch;
    }

    static std::unique_ptr<at::ObserverContext> started(const at::RecordFunction& function) {
        current()->on_call_(function.name(), function.inputs());
        return nullptr;
    }

    OnCall on_call_;
    at::CallbackHandle handle_ = 0;
};

/// Of a heavy call (linear layer, attention, convolution); 0 of any other.
inline double flop_of(std::string_view name, c10::ArrayRef<const c10::IValue> inputs) {
    const auto numbers = [&](std::size_t index) {
        return static_cast<double>(inputs[index].toTensor().numel());
    };
    if (name == "aten::linear" || name == "mkldnn::_linear_pointwise") {
        return 2 * numbers(0) * static_cast<double>(inputs[1].toTensor().size(0));
    }
    if (name == "aten::scaled_dot_product_attention") {
        return 4 * numbers(0) * static_cast<double>(inputs[1].toTensor().size(2));
    }
    if (name == "rushes::winograd" || name == "rushes::attention") {
        return inputs[0].toDouble();
    }
    if (name == "aten::conv3d" || name == "mkldnn::_convolution_pointwise") {
        const bool packed = name != "aten::conv3d";
        const auto padding = inputs[packed ? 3 : 4].toIntVector();
        const auto stride = inputs[packed ? 4 : 3].toIntVector();
        double flop = 2 * numbers(1);
        for (std::size_t i = 0; i < 3; ++i) {
            const auto axis = static_cast<std::int64_t>(i) + 2;
            const std::int64_t room = inputs[0].toTensor().size(axis) + 2 * padding[i];
            flop *= static_cast<double>((room - inputs[1].toTensor().size(axis)) / stride[i] + 1);
        }
        return flop;
    }
    return 0;
}

/// Tells `on_call` the operations of each heavy call.
class WorkCounter {
public:
    explicit WorkCounter(std::function<void(double flop)> on_call)
        : watch_([on_call = std::move(on_call)](std::string_view name, CallWatch::Inputs inputs) {
              if (const double flop = flop_of(name, inputs); flop > 0) {
                  on_call(flop);
              }
          }) {}

private:
    CallWatch watch_;
};

/// The most numbers that one call of `work` copies or adds.
inline std::int64_t largest_copy(const std::function<void()>& work) {
    std::int64_t largest = 0;
    const CallWatch watch([&](std::string_view name, CallWatch::Inputs inputs) {
        if (name == "aten::copy_" || name == "aten::add_" || name == "aten::fill_") {
            largest = std::max(largest, inputs[0].toTensor().numel());
        }
    });
    work();
    return largest;
}

/// Runs `work` again and again with a stop request during its first heavy call, its second and so on: no
/// other may follow. Returns how many there are.
inline int expect_stop_after_each_call(const std::function<void(std::stop_token)>& work) {
    int calls = 0;
    {
        const WorkCounter counter([&](double) { ++calls; });
        work({});
    }
    for (int last = 0; last < calls; ++last) {
        std::stop_source source;
        int seen = 0;
        const WorkCounter counter([&](double) {
            if (seen++ == last) {
                source.request_stop();
            }
        });
        try {
            work(source.get_token());
        } catch (const Stopped&) {
        }
        EXPECT_EQ(seen, last + 1) << "work goes on after a stop request";
    }
    return calls;
}

} // namespace rushes::test
