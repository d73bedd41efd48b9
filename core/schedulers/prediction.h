// From what a model says of a sample to the two things that it consists of.
#pragma once

#include "schedulers/scheduler_config.h"

#include <ATen/core/Tensor.h>

namespace rushes {

/// sample = alpha * x0 + sigma * noise.
struct NoiseLevel {
    double alpha = 1;
    double sigma = 0;
};

at::Tensor
predicted_x0(Prediction prediction, const at::Tensor& output, const at::Tensor& sample, NoiseLevel level);
at::Tensor
predicted_noise(Prediction prediction, const at::Tensor& output, const at::Tensor& sample, NoiseLevel level);

} // namespace rushes
