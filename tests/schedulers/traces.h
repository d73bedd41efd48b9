// Traces of diffusers' schedulers (tests/parity/make_scheduler_fixtures.py): settings, outputs of a model,
// samples.
#pragma once

#include "schedulers/scheduler.h"
#include "support/parity.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <stdexcept>
#include <string>
#include <vector>

#include <ATen/CPUGeneratorImpl.h>

namespace rushes {

struct Case {
    std::string name;
    StepRequest request;
    std::size_t begin = 0; ///< first step of the trace
    SchedulerConfig config;
};

inline StepRequest read_request(const JsonConfig& json, const SchedulerConfig& config) {
    StepRequest request;
    request.steps = static_cast<int>(json.integer("steps", {1, 1000}, 0));
    request.tokens = json.integer("tokens", {1, 1'000'000}, 0);
    if (json.has("sigmas")) {
        request.sigmas = json.numbers("sigmas", {0, 1}, 1000);
    }
    if (json.has("timesteps")) {
        request.timesteps = json.numbers("timesteps", {0, 1000}, 1000);
    }
    if (json.boolean("training_grid", false)) {
        request.sigmas = training_sigmas(config, request.timesteps);
        request.shifted = true;
    }
    return request;
}

class Schedulers : public testing::Test {
protected:
    std::vector<Case> cases() const {
        std::vector<Case> result;
        for (const auto& [name, text] : file_.header().metadata) {
            const JsonConfig entry = JsonConfig::parse(text, name);
            const SchedulerConfig config = read_scheduler_config(entry.child("config"));
            const JsonConfig request = entry.child("request");
            const auto begin = static_cast<std::size_t>(request.integer("begin", {0, 1000}, 0));
            result.push_back({name, read_request(request, config), begin, config});
        }
        return result;
    }

    Case find(const std::string& name) const {
        for (const Case& c : cases()) {
            if (c.name == name) {
                return c;
            }
        }
        throw std::runtime_error("no case " + name);
    }

    bool has(const Case& c, const std::string& what) const {
        const auto& tensors = file_.header().tensors;
        return std::any_of(tensors.begin(), tensors.end(), [&](const TensorEntry& entry) {
            return entry.name == c.name + "." + what;
        });
    }

    at::Tensor tensor(const Case& c, const std::string& what) const {
        return file_.tensor(c.name + "." + what);
    }

    /// Largest error of any sample of the trace, and of what the model is given.
    double trace_error(const Case& c, const SchedulerConfig& config, const StepRequest& request) const {
        const auto scheduler = make_scheduler(config, request, at::make_generator<at::CPUGeneratorImpl>(7));
        scheduler->begin_at(c.begin);
        const at::Tensor outputs = tensor(c, "outputs");
        const at::Tensor samples = tensor(c, "samples");
        const at::Tensor inputs = has(c, "inputs") ? tensor(c, "inputs") : samples;
        at::Tensor sample = samples[0];
        double error = 0;
        if (c.begin > 0) {
            sample = scheduler->add_noise(tensor(c, "clean"), tensor(c, "noise"), c.begin);
            error = test::parity_error(sample, samples[0]);
        }
        for (int i = 0; i < outputs.size(0); ++i) {
            error = std::max(error, test::parity_error(scheduler->scale_model_input(sample), inputs[i]));
            sample = scheduler->step(outputs[i], sample).prev_sample;
            error = std::max(error, test::parity_error(sample, samples[i + 1]));
        }
        return error;
    }

    double trace_error(const Case& c, const SchedulerConfig& config) const {
        return trace_error(c, config, c.request);
    }

    double trace_error(const Case& c) const { return trace_error(c, c.config); }

    SafetensorsFile file_{test::fixture_path("schedulers.safetensors")};
};

} // namespace rushes
