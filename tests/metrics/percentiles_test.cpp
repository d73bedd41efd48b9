#include "metrics/percentiles.h"

#include <gtest/gtest.h>

namespace rushes {
namespace {

TEST(Percentiles, InterpolateBetweenRanks) {
    EXPECT_EQ(percentile({3, 1, 2}, 50), 2);
    EXPECT_EQ(percentile({1, 2, 3, 4}, 50), 2.5);
    EXPECT_EQ(percentile({10, 20}, 95), 19.5);
    EXPECT_EQ(percentile({5}, 99), 5);
    EXPECT_EQ(percentile({1, 2}, 0), 1);
    EXPECT_EQ(percentile({1, 2}, 100), 2);
    EXPECT_EQ(percentile({}, 50), 0);
}

TEST(Percentiles, OfAHundredEvenSteps) {
    std::vector<double> values;
    for (int i = 100; i >= 0; --i) {
        values.push_back(i);
    }
    const Spread spread = spread_of(values);
    EXPECT_DOUBLE_EQ(spread.p50, 50);
    EXPECT_DOUBLE_EQ(spread.p95, 95);
    EXPECT_DOUBLE_EQ(spread.p99, 99);
}

} // namespace
} // namespace rushes
