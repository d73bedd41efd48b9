#include "nn/weights/dequantise.h"

#include "base/error.h"

#include <string>

#include <ATen/ATen.h>

namespace rushes {

namespace {

/// A half-precision number of each block, at `offset`, as fp32 [n, 1].
at::Tensor half_at(const at::Tensor& blocks, std::int64_t offset) {
    return blocks.narrow(1, offset, 2).contiguous().view(at::kHalf).to(at::kFloat);
}

at::Tensor signed_bytes(const at::Tensor& bytes) {
    return bytes.contiguous().view(at::kChar).to(at::kFloat);
}

at::Tensor low_nibbles(const at::Tensor& bytes) {
    return bytes.bitwise_and(15);
}

at::Tensor high_nibbles(const at::Tensor& bytes) {
    return bytes.bitwise_right_shift(4);
}

/// Two bits of each byte, as they add to the low four.
at::Tensor two_bits(const at::Tensor& bytes, int shift) {
    return bytes.bitwise_right_shift(shift).bitwise_and(3).bitwise_left_shift(4);
}

at::Tensor q8_0(const at::Tensor& blocks) {
    return half_at(blocks, 0) * signed_bytes(blocks.narrow(1, 2, 32));
}

/// 32 numbers: the low halves of 16 bytes, then the high ones.
at::Tensor q4_0(const at::Tensor& blocks) {
    const at::Tensor bytes = blocks.narrow(1, 2, 16);
    const at::Tensor q = at::cat({low_nibbles(bytes), high_nibbles(bytes)}, 1);
    return half_at(blocks, 0) * (q.to(at::kFloat) - 8);
}

/// Eight scales and eight minima of six bits each in 12 bytes.
struct ScaleMin {
    at::Tensor scale; ///< fp32 [n, 8, 1]
    at::Tensor min;
};

ScaleMin scales_of(const at::Tensor& blocks) {
    const at::Tensor first = blocks.narrow(1, 4, 4);
    const at::Tensor second = blocks.narrow(1, 8, 4);
    const at::Tensor third = blocks.narrow(1, 12, 4);
    const auto upper = [](const at::Tensor& bytes) {
        return bytes.bitwise_right_shift(6).bitwise_left_shift(4);
    };
    const at::Tensor scale = at::cat({first.bitwise_and(63), low_nibbles(third).bitwise_or(upper(first))}, 1);
    const at::Tensor min =
        at::cat({second.bitwise_and(63), high_nibbles(third).bitwise_or(upper(second))}, 1);
    return {
        (half_at(blocks, 0) * scale.to(at::kFloat)).unsqueeze(2),
        (half_at(blocks, 2) * min.to(at::kFloat)).unsqueeze(2)
    };
}

/// Four times 32 bytes of nibbles: [n, 8, 32], the low halves of 32 bytes before their high ones.
at::Tensor nibbles_of(const at::Tensor& bytes) {
    const at::Tensor chunks = bytes.unflatten(1, {4, 32});
    return at::stack({low_nibbles(chunks), high_nibbles(chunks)}, 2).flatten(1, 2);
}

at::Tensor q4_k(const at::Tensor& blocks) {
    const ScaleMin s = scales_of(blocks);
    return (s.scale * nibbles_of(blocks.narrow(1, 16, 128)).to(at::kFloat) - s.min).flatten(1);
}

/// The fifth bit of number l of part j is bit j of byte l.
at::Tensor q5_k(const at::Tensor& blocks) {
    const ScaleMin s = scales_of(blocks);
    const at::Tensor high = blocks.narrow(1, 16, 32);
    std::vector<at::Tensor> parts;
    for (int j = 0; j < 8; ++j) {
        parts.push_back(high.bitwise_right_shift(j).bitwise_and(1).bitwise_left_shift(4));
    }
    const at::Tensor q = nibbles_of(blocks.narrow(1, 48, 128)).bitwise_or(at::stack(parts, 1));
    return (s.scale * q.to(at::kFloat) - s.min).flatten(1);
}

/// Two halves of 128 numbers: 64 bytes of nibbles and 32 bytes of two more bits each; a scale for 16 numbers.
at::Tensor q6_k(const at::Tensor& blocks) {
    const at::Tensor low = blocks.narrow(1, 0, 128).unflatten(1, {2, 2, 32});
    const at::Tensor high = blocks.narrow(1, 128, 64).unflatten(1, {2, 32});
    const at::Tensor a = low.select(2, 0);
    const at::Tensor b = low.select(2, 1);
    const at::Tensor q = at::stack(
        {low_nibbles(a).bitwise_or(two_bits(high, 0)),
         low_nibbles(b).bitwise_or(two_bits(high, 2)),
         high_nibbles(a).bitwise_or(two_bits(high, 4)),
         high_nibbles(b).bitwise_or(two_bits(high, 6))},
        2
    );
    const at::Tensor scale = half_at(blocks, 208) * signed_bytes(blocks.narrow(1, 192, 16));
    return (scale.unsqueeze(2) * (q.view({-1, 16, 16}).to(at::kFloat) - 32)).flatten(1);
}

} // namespace

at::Tensor dequantise(const at::Tensor& blocks, TensorDtype dtype) {
    switch (dtype) {
    case TensorDtype::q8_0:
        return q8_0(blocks);
    case TensorDtype::q4_0:
        return q4_0(blocks);
    case TensorDtype::q4_k:
        return q4_k(blocks);
    case TensorDtype::q5_k:
        return q5_k(blocks);
    case TensorDtype::q6_k:
        return q6_k(blocks);
    default:
        throw Error(ErrorKind::bug, std::string(dtype_name(dtype)) + " is no block format.");
    }
}

} // namespace rushes
