// What the bodies of kernels share that are compiled once for each width of vectors: RUSHES_LANES numbers,
// set by the file that includes it. In an unnamed namespace each: nothing here may be shared between the
// widths.
#include <cstdint>

namespace rushes::cpu {
namespace {

constexpr std::int64_t lanes = RUSHES_LANES;
constexpr std::int64_t panel = 2 * lanes;                 // columns that are computed together
constexpr std::int64_t strip = RUSHES_LANES > 8 ? 12 : 6; // rows: accumulators fill the registers

using Vector [[gnu::vector_size(4 * RUSHES_LANES), gnu::aligned(4), gnu::may_alias]] = float;

[[gnu::always_inline]] inline Vector load(const float* from) {
    return *reinterpret_cast<const Vector*>(from);
}

[[gnu::always_inline]] inline void store(float* to, Vector value) {
    *reinterpret_cast<Vector*>(to) = value;
}

/// Rows of numbers with so many from one to the next.
template <typename Number>
struct Rows {
    Number* first;
    std::int64_t stride;
};

/// sums [rows, columns] (+)= factors [rows, depth] * weights [depth, columns]; of `vectors` vectors of
/// columns.
template <int rows, int vectors>
void multiply(
    Rows<const float> factors, std::int64_t depth, const float* weights, Rows<float> sums, bool add
) {
    Vector sum[rows][vectors] = {};
    for (std::int64_t k = 0; k < depth; ++k) {
        Vector weight[vectors];
        for (int i = 0; i < vectors; ++i) {
            weight[i] = load(weights + (k * vectors + i) * lanes);
        }
        for (int row = 0; row < rows; ++row) {
            const float factor = factors.first[row * factors.stride + k];
            for (int i = 0; i < vectors; ++i) {
                sum[row][i] += factor * weight[i];
            }
        }
    }
    for (int row = 0; row < rows; ++row) {
        for (int i = 0; i < vectors; ++i) {
            float* const to = sums.first + row * sums.stride + i * lanes;
            store(to, add ? load(to) + sum[row][i] : sum[row][i]);
        }
    }
}

using Multiply = void (*)(Rows<const float>, std::int64_t, const float*, Rows<float>, bool);

/// By the number of rows, up to a strip of them.
template <int vectors>
constexpr Multiply multiply_rows[] = {
    nullptr,
    multiply<1, vectors>,
    multiply<2, vectors>,
    multiply<3, vectors>,
    multiply<4, vectors>,
    multiply<5, vectors>,
    multiply<6, vectors>,
#if RUSHES_LANES > 8
    multiply<7, vectors>,
    multiply<8, vectors>,
    multiply<9, vectors>,
    multiply<10, vectors>,
    multiply<11, vectors>,
    multiply<12, vectors>,
#endif
};

} // namespace
} // namespace rushes::cpu
