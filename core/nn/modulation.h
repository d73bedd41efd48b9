// How a timestep steers a transformer's layers: adaptive layer norm (Peebles & Xie, "DiT", arXiv 2212.09748).
#pragma once

#include <cstdint>
#include <initializer_list>

#include <ATen/core/Tensor.h>

namespace rushes {

/// [cos, sin] of timestep * 10000^(-i / half), fp32 [n, size]: never from a rounded timestep. As diffusers'
/// Timesteps with flip_sin_to_cos and a downscale_freq_shift of 0.
at::Tensor timestep_sinusoid(const at::Tensor& timesteps, std::int64_t size);

/// What a timestep does around one part of a layer: norm(x) * scale + shift goes in, and what comes out is
/// added times gate. Each [dim], or [groups, 1, dim] for several timesteps; wide (compute_type).
struct Modulation {
    at::Tensor shift;
    at::Tensor scale; ///< with its 1
    at::Tensor gate;  ///< undefined where nothing is added
};

/// Adds the 1 of a scale to these rows of a table [..., n, dim]; of all layers at once.
void add_ones(const at::Tensor& table, std::initializer_list<std::int64_t> rows);

/// Rows `first` (shift), `first + 1` (scale, with its 1) and, where there is one, `first + 2` (gate) of a
/// table [groups, n, dim].
Modulation modulation_of(const at::Tensor& table, std::int64_t first);

// Note [the stream is wide]
// Between the parts of a layer the tokens are kept in fp32 also where the model computes in bf16. The
// reference rounds them at every sum and widens them again at every norm: more launches for less precision.

/// layer_norm(x) * scale + shift, rounded once: to `dtype`. x is wide.
at::Tensor
modulated_norm(const at::Tensor& x, const Modulation& modulation, double eps, at::ScalarType dtype);

/// The same with x / sqrt(mean(x^2) + eps) in place of the layer norm.
at::Tensor
modulated_rms_norm(const at::Tensor& x, const Modulation& modulation, double eps, at::ScalarType dtype);

/// x + y * gate; x and the result wide, y of any type.
at::Tensor gated_sum(const at::Tensor& x, const at::Tensor& y, const at::Tensor& gate);

} // namespace rushes
