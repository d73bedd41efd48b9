// Each operation of adaptive layer norm against its definition, written out in fp64.
#include "nn/modulation.h"

#include <cmath>
#include <gtest/gtest.h>

#include <ATen/ATen.h>

namespace rushes {
namespace {

constexpr double eps = 1e-6;

double worst(const at::Tensor& a, const at::Tensor& b) {
    return (a.to(at::kDouble) - b.to(at::kDouble)).abs().max().item<double>();
}

Modulation random_modulation(std::int64_t dim) {
    return {at::randn({dim}), at::randn({dim}) + 1, at::randn({dim})};
}

TEST(Modulation, TheSinusoidIsCosineThenSineOfFallingFrequencies) {
    const at::Tensor sinusoid = timestep_sinusoid(at::tensor({937.5, 3.0}, at::kFloat), 9);
    ASSERT_EQ(sinusoid.sizes(), at::IntArrayRef({2, 9}));
    for (int i = 0; i < 4; ++i) {
        const double angle = 937.5 * std::pow(10000.0, -i / 4.0);
        EXPECT_NEAR(sinusoid[0][i].item<double>(), std::cos(angle), 1e-4) << i;
        EXPECT_NEAR(sinusoid[0][4 + i].item<double>(), std::sin(angle), 1e-4) << i;
    }
    EXPECT_EQ(sinusoid[0][8].item<double>(), 0) << "an odd size ends in a zero";
    EXPECT_NEAR(sinusoid[1][0].item<double>(), std::cos(3.0), 1e-6);
}

TEST(Modulation, RowsOfATableAreShiftScaleAndGate) {
    const at::Tensor table = at::arange(2 * 5 * 3, at::kFloat).view({2, 5, 3});
    const Modulation both = modulation_of(table, 2);
    EXPECT_TRUE(at::equal(both.shift, table.select(1, 2).unsqueeze(1)));
    EXPECT_TRUE(at::equal(both.scale, table.select(1, 3).unsqueeze(1)));
    EXPECT_TRUE(at::equal(both.gate, table.select(1, 4).unsqueeze(1)));
    const Modulation one = modulation_of(table.narrow(0, 0, 1), 3);
    EXPECT_TRUE(at::equal(one.shift, table[0][3])) << "one timestep for all needs no group";
    EXPECT_FALSE(one.gate.defined()) << "the table ends";
}

TEST(Modulation, ScalesGetTheirOneInAllLayersAtOnce) {
    const at::Tensor before = at::randn({4, 2, 6, 3});
    const at::Tensor tables = before.clone();
    add_ones(tables, {1, 4});
    for (std::int64_t row = 0; row < 6; ++row) {
        const double one = row == 1 || row == 4 ? 1 : 0;
        EXPECT_TRUE(at::equal(tables.select(2, row), before.select(2, row) + one)) << row;
    }
}

TEST(Modulation, TheNormIsScaledAndShifted) {
    const at::Tensor x = at::randn({1, 2, 7, 12}) * 3 + 1;
    const Modulation m = random_modulation(12);
    const at::Tensor wide = x.to(at::kDouble);
    const at::Tensor centred = wide - wide.mean(-1, true);
    const at::Tensor normed = centred / (centred.square().mean(-1, true) + eps).sqrt();
    const at::Tensor expected = normed * m.scale.to(at::kDouble) + m.shift.to(at::kDouble);
    EXPECT_LT(worst(modulated_norm(x, m, eps, at::kFloat), expected), 1e-5);
    const Modulation grouped{
        m.shift.expand({2, 12}).unsqueeze(1), m.scale.expand({2, 12}).unsqueeze(1), at::Tensor()
    };
    EXPECT_LT(worst(modulated_norm(x, grouped, eps, at::kFloat), expected), 1e-5);
}

TEST(Modulation, HalfPrecisionIsRoundedOnlyBeforeAProduct) {
    const at::Tensor x = at::randn({1, 1, 64, 32});
    const at::Tensor y = at::randn({1, 1, 64, 32}).to(at::kBFloat16);
    const Modulation m = random_modulation(32);
    EXPECT_TRUE(at::equal(
        modulated_norm(x, m, eps, at::kBFloat16), modulated_norm(x, m, eps, at::kFloat).to(at::kBFloat16)
    ));
    // The sum stays wide: what is rounded is y alone, which came so.
    const at::Tensor sum = gated_sum(x, y, m.gate);
    EXPECT_EQ(sum.scalar_type(), at::kFloat);
    const at::Tensor exact = x.to(at::kDouble) + y.to(at::kDouble) * m.gate.to(at::kDouble);
    EXPECT_LT(worst(sum, exact), 1e-5);
}

} // namespace
} // namespace rushes
