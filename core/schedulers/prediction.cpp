#include "schedulers/prediction.h"

#include <ATen/ATen.h>

namespace rushes {

at::Tensor
predicted_x0(Prediction prediction, const at::Tensor& output, const at::Tensor& sample, NoiseLevel level) {
    switch (prediction) {
    case Prediction::epsilon:
        return (sample - output * level.sigma) / level.alpha;
    case Prediction::v:
        return sample * level.alpha - output * level.sigma;
    case Prediction::sample:
        return output;
    case Prediction::flow:
        break;
    }
    return sample - output * level.sigma;
}

at::Tensor
predicted_noise(Prediction prediction, const at::Tensor& output, const at::Tensor& sample, NoiseLevel level) {
    switch (prediction) {
    case Prediction::epsilon:
        return output;
    case Prediction::v:
        return output * level.alpha + sample * level.sigma;
    case Prediction::sample:
        return (sample - output * level.alpha) / level.sigma;
    case Prediction::flow:
        break;
    }
    return sample + output * level.alpha;
}

} // namespace rushes
