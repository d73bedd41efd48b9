// The loops of winograd.h, compiled once for each width of vectors (lanes.h).
#include "nn/cpu/lanes.h"
#include "nn/cpu/winograd.h"

namespace rushes::cpu {
namespace {

/// Products that are summed up in one go: short sums lose less, and shorter ones cost time.
constexpr std::int64_t longest_sum = 768;
constexpr float a1 = 0.70710678118654752F; // sqrt(1/2); its square 1/2, its cube a1 / 2
constexpr float b1 = 1.41421356237309505F; // sqrt(2); its square 2, its cube 2 * b1

/// Six numbers of the input to six factors.
[[gnu::always_inline]] inline void spread(const Vector* d, std::int64_t step, Vector* v) {
    const Vector d0 = d[0];
    const Vector d1 = d[step];
    const Vector d2 = d[2 * step];
    const Vector d3 = d[3 * step];
    const Vector d4 = d[4 * step];
    const Vector d5 = d[5 * step];
    const Vector even_a = d4 - 2.0F * d2;
    const Vector odd_a = a1 * (d3 - 2.0F * d1);
    const Vector even_b = d4 - 0.5F * d2;
    const Vector odd_b = b1 * (d3 - 0.5F * d1);
    v[0] = d0 - 2.5F * d2 + d4;
    v[step] = even_a + odd_a;
    v[2 * step] = even_a - odd_a;
    v[3 * step] = even_b + odd_b;
    v[4 * step] = even_b - odd_b;
    v[5 * step] = d1 - 2.5F * d3 + d5;
}

/// Six sums to four numbers of the output.
[[gnu::always_inline]] inline void
gather(const Vector* m, std::int64_t step, Vector* y, std::int64_t y_step) {
    const Vector sum_a = m[step] + m[2 * step];
    const Vector difference_a = a1 * (m[step] - m[2 * step]);
    const Vector sum_b = m[3 * step] + m[4 * step];
    const Vector difference_b = b1 * (m[3 * step] - m[4 * step]);
    y[0] = m[0] + sum_a + sum_b;
    y[y_step] = difference_a + difference_b;
    y[2 * y_step] = 0.5F * sum_a + 2.0F * sum_b;
    y[3 * y_step] = 0.5F * difference_a + 2.0F * difference_b + m[5 * step];
}

/// Three numbers of the kernel to six factors.
[[gnu::always_inline]] inline void spread_kernel(const Vector* g, std::int64_t step, Vector* u) {
    const Vector g0 = g[0];
    const Vector g1 = g[step];
    const Vector g2 = g[2 * step];
    const Vector even_a = (g0 + 0.5F * g2) * (-1.0F / 1.5F);
    const Vector odd_a = g1 * (-a1 / 1.5F);
    const Vector even_b = (g0 + 2.0F * g2) * (1.0F / 6.0F);
    const Vector odd_b = g1 * (b1 / 6.0F);
    u[0] = g0;
    u[1] = even_a + odd_a;
    u[2] = even_a - odd_a;
    u[3] = even_b + odd_b;
    u[4] = even_b - odd_b;
    u[5] = g2;
}

/// [36][outs / panel][depth][panel], so that the products read one stream.
void transform(
    const float* weight,
    const WinogradShape& shape,
    WinogradGroup group,
    std::int64_t first,
    std::int64_t count,
    float* transformed
) {
    const std::int64_t depth = shape.depth();
    const std::int64_t coordinate = depth * group.count;
    for (std::int64_t begin = first; begin < first + count; begin += lanes) {
        const float* const kernels = weight + (group.first + begin) * depth * 9;
        float* const to = transformed + begin / panel * panel * depth + begin % panel;
        for (std::int64_t k = 0; k < depth; ++k) {
            const float* const from = kernels + (k % shape.in * shape.taps + k / shape.in) * 9;
            float numbers[9][lanes];
            for (std::int64_t lane = 0; lane < lanes; ++lane) {
                for (std::int64_t i = 0; i < 9; ++i) {
                    numbers[i][lane] = from[lane * depth * 9 + i];
                }
            }
            Vector g[9];
            for (std::int64_t i = 0; i < 9; ++i) {
                g[i] = load(numbers[i]);
            }
            Vector half[3][6];
            for (std::int64_t column = 0; column < 3; ++column) {
                spread_kernel(g + column, 3, half[column]);
            }
            for (std::int64_t row = 0; row < 6; ++row) {
                const Vector line[3] = {half[0][row], half[1][row], half[2][row]};
                Vector u[6];
                spread_kernel(line, 1, u);
                for (std::int64_t column = 0; column < 6; ++column) {
                    store(to + (6 * row + column) * coordinate + k * panel, u[column]);
                }
            }
        }
    }
}

struct Place {
    std::int64_t frame, row, column; ///< of the tile's first number
};

[[gnu::always_inline]] inline Place place_of(std::int64_t tile, const WinogradShape& shape) {
    const std::int64_t across = (shape.width + 3) / 4;
    const std::int64_t down = (shape.height + 3) / 4;
    return {tile / (across * down), tile / across % down * 4, tile % across * 4};
}

/// One tile's factors, to each of the 36 coordinates; `zeros` stands for what is beyond the edges.
void spread_tile(
    const float* x,
    const Place& place,
    const WinogradShape& shape,
    const float* zeros,
    float* factors,
    std::int64_t coordinate
) {
    const std::int64_t enlarged = shape.enlarged;
    const float* pixels[36];
    for (std::int64_t i = 0; i < 36; ++i) {
        const std::int64_t row = place.row + i / 6 - 1;
        const std::int64_t column = place.column + i % 6 - 1;
        const bool inside = row >= 0 && row < shape.height && column >= 0 && column < shape.width;
        const std::int64_t source = row / enlarged * (shape.width / enlarged) + column / enlarged;
        pixels[i] = inside ? x + source * shape.in : nullptr;
    }
    for (std::int64_t c = 0; c < shape.in; c += lanes) {
        Vector half[36];
        for (std::int64_t row = 0; row < 6; ++row) {
            Vector line[6];
            for (std::int64_t column = 0; column < 6; ++column) {
                const float* const pixel = pixels[6 * row + column];
                line[column] = load(pixel != nullptr ? pixel + c : zeros);
            }
            spread(line, 1, half + 6 * row);
        }
        for (std::int64_t column = 0; column < 6; ++column) {
            Vector whole[36];
            spread(half + column, 6, whole + column);
            for (std::int64_t row = 0; row < 6; ++row) {
                store(factors + (6 * row + column) * coordinate + c, whole[6 * row + column]);
            }
        }
    }
}

void gather_tile(
    const float* sums,
    std::int64_t coordinate,
    const Place& place,
    const WinogradShape& shape,
    WinogradGroup group,
    const float* bias,
    float* y
) {
    const std::int64_t rows = shape.height - place.row < 4 ? shape.height - place.row : 4;
    const std::int64_t columns = shape.width - place.column < 4 ? shape.width - place.column : 4;
    float* const corner =
        y + ((place.frame * shape.height + place.row) * shape.width + place.column) * shape.out + group.first;
    for (std::int64_t o = 0; o < group.count; o += lanes) {
        Vector half[24]; // [4][6]
        for (std::int64_t column = 0; column < 6; ++column) {
            Vector m[6];
            for (std::int64_t row = 0; row < 6; ++row) {
                m[row] = load(sums + (6 * row + column) * coordinate + o);
            }
            gather(m, 1, half + column, 6);
        }
        const Vector added = bias != nullptr ? load(bias + group.first + o) : Vector{};
        for (std::int64_t row = 0; row < rows; ++row) {
            Vector line[4];
            gather(half + 6 * row, 1, line, 1);
            for (std::int64_t column = 0; column < columns; ++column) {
                store(corner + (row * shape.width + column) * shape.out + o, line[column] + added);
            }
        }
    }
}

void tiles(
    const float* x,
    const float* transformed,
    const float* bias,
    float* y,
    const WinogradShape& shape,
    WinogradGroup group,
    std::int64_t first,
    std::int64_t count,
    float* room
) {
    const std::int64_t depth = shape.depth();
    const std::int64_t pieces = (depth + longest_sum - 1) / longest_sum;
    const std::int64_t piece = (depth + pieces - 1) / pieces;
    const std::int64_t frame =
        (shape.height / shape.enlarged) * (shape.width / shape.enlarged) * shape.in; // of the input
    float* const zeros = room;
    float* const factors = zeros + shape.in;          // [36][count][depth]
    float* const sums = factors + 36 * count * depth; // [36][count][outs]
    for (std::int64_t c = 0; c < shape.in; ++c) {
        zeros[c] = 0;
    }
    for (std::int64_t tile = 0; tile < count; ++tile) {
        const Place place = place_of(first + tile, shape);
        for (std::int64_t tap = 0; tap < shape.taps; ++tap) {
            spread_tile(
                x + (place.frame + tap) * frame,
                place,
                shape,
                zeros,
                factors + tile * depth + tap * shape.in,
                count * depth
            );
        }
    }
    for (std::int64_t i = 0; i < 36; ++i) {
        for (std::int64_t o = 0; o < group.count; o += panel) {
            const float* const weights = transformed + (i * group.count + o) * depth;
            for (std::int64_t begin = 0; begin < depth; begin += piece) {
                const std::int64_t end = depth - begin < piece ? depth : begin + piece;
                for (std::int64_t tile = 0; tile < count; tile += strip) {
                    const std::int64_t rows = count - tile < strip ? count - tile : strip;
                    multiply_rows<2>[rows](
                        {factors + (i * count + tile) * depth + begin, depth},
                        end - begin,
                        weights + begin * panel,
                        {sums + (i * count + tile) * group.count + o, group.count},
                        begin > 0
                    );
                }
            }
        }
    }
    for (std::int64_t tile = 0; tile < count; ++tile) {
        gather_tile(
            sums + tile * group.count,
            count * group.count,
            place_of(first + tile, shape),
            shape,
            group,
            bias,
            y
        );
    }
}

} // namespace
} // namespace rushes::cpu
