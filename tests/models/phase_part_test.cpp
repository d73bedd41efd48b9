#include "models/phase_part.h"
#include "models/residency.h"

#include <gtest/gtest.h>
#include <vector>

namespace rushes {
namespace {

class PhasePartTest : public ::testing::Test {
protected:
    PhasePart<int> part(bool stays) {
        return {
            [this](const PhasePart<int>::Progress& progress, const std::stop_token&) {
                if (progress) {
                    progress(1);
                }
                return ++loads_;
            },
            stays,
            [this](double fraction) { at_start_.push_back(fraction); },
            {}
        };
    }

    int use(const PhasePart<int>& part) {
        return part.with([](int value) { return value; }, [this](double f) { later_.push_back(f); }, {});
    }

    int loads_ = 0;
    std::vector<double> at_start_;
    std::vector<double> later_;
};

TEST_F(PhasePartTest, WhatStaysIsReadOnceAtTheStart) {
    const PhasePart<int> held = part(true);
    EXPECT_EQ(at_start_, std::vector<double>{1});
    EXPECT_EQ(use(held), 1);
    EXPECT_EQ(use(held), 1);
    EXPECT_TRUE(later_.empty());
}

TEST_F(PhasePartTest, TheRestIsReadForEachUseAndTellsOfIt) {
    const PhasePart<int> read = part(false);
    EXPECT_EQ(loads_, 0);
    EXPECT_EQ(use(read), 1);
    EXPECT_EQ(use(read), 2);
    EXPECT_EQ(later_, (std::vector<double>{1, 1}));
    EXPECT_TRUE(at_start_.empty());
}

TEST(Residency, ALargeTextEncoderIsReadAgainUnlessAskedOtherwise) {
    EXPECT_TRUE(text_encoder_stays(100'000'000, {}));
    EXPECT_FALSE(text_encoder_stays(9'000'000'000, {}));
    EXPECT_TRUE(text_encoder_stays(9'000'000'000, {.residency = Residency::all}));
    EXPECT_FALSE(text_encoder_stays(100'000'000, {.residency = Residency::by_phase}));
}

} // namespace
} // namespace rushes
