#include "base/memory.h"
#include "nn/kept_memory.h"
#include "support/tensor_bytes.h"

#include <gtest/gtest.h>
#include <thread>

#include <ATen/ATen.h>

namespace rushes {
namespace {

constexpr std::int64_t mebibyte = std::int64_t{1} << 20;

at::Tensor large(std::int64_t mebibytes) {
    return at::empty({mebibytes * mebibyte}, at::kByte);
}

class KeptMemoryTest : public testing::Test {
protected:
    KeptMemoryTest() { memory_.give_back(); }

    ~KeptMemoryTest() override { memory_.give_back(); }

    KeptMemory& memory_ = KeptMemory::use();
};

TEST_F(KeptMemoryTest, WhatOneTensorLeavesTheNextOneTakes) {
    at::Tensor first = large(64);
    const void* const place = first.data_ptr();
    first.reset();
    EXPECT_EQ(memory_.kept_bytes(), 64 * mebibyte);
    const at::Tensor second = large(60);
    EXPECT_EQ(second.data_ptr(), place);
    EXPECT_EQ(memory_.kept_bytes(), 0);
}

TEST_F(KeptMemoryTest, AMuchSmallerTensorDoesNotHoldALargeBlock) {
    at::Tensor first = large(64);
    const void* const place = first.data_ptr();
    first.reset();
    const at::Tensor second = large(32);
    EXPECT_NE(second.data_ptr(), place);
}

TEST_F(KeptMemoryTest, NeverHoldsMoreThanWasUsedAtATime) {
    large(64);
    EXPECT_EQ(memory_.kept_bytes(), 64 * mebibyte);
    const at::Tensor other = large(32); // 64 and 32 together were never in use
    EXPECT_EQ(memory_.kept_bytes(), 0);
}

TEST_F(KeptMemoryTest, KeepsBesideWhatIsUsedAsLongAsBothFitIntoThePeak) {
    at::Tensor first = large(64);
    at::Tensor second = large(40);
    second.reset();
    const at::Tensor third = large(20); // used 84, kept 40: more than 104
    EXPECT_EQ(memory_.kept_bytes(), 0);
    first.reset();
    const at::Tensor fourth = large(30); // used 50, kept 64: more than 104
    EXPECT_EQ(memory_.kept_bytes(), 0);
    large(3);                           // 53
    const at::Tensor fifth = large(10); // 60 used and 3 kept
    EXPECT_EQ(memory_.kept_bytes(), 3 * mebibyte);
}

TEST_F(KeptMemoryTest, GivesBackToTheSystem) {
    at::Tensor first = at::zeros({256 * mebibyte}, at::kByte); // its pages are there
    const std::uint64_t before = process_memory();
    first.reset();
    EXPECT_GT(process_memory() + 16 * mebibyte, before) << "it was kept";
    memory_.give_back();
    EXPECT_LT(process_memory() + 200 * mebibyte, before);
}

TEST_F(KeptMemoryTest, LeavesTheLastOnesWhereTheyAreWanted) {
    at::Tensor first = large(64);
    at::Tensor second = large(8);
    first.reset();
    second.reset();
    memory_.give_back(16 * mebibyte);
    EXPECT_EQ(memory_.kept_bytes(), 8 * mebibyte);
}

TEST_F(KeptMemoryTest, AnotherThreadMayGiveATensorFree) {
    at::Tensor tensor = large(16);
    std::jthread([moved = std::move(tensor)]() mutable { moved.reset(); }).join();
    EXPECT_EQ(memory_.kept_bytes(), 16 * mebibyte);
}

TEST_F(KeptMemoryTest, SmallTensorsStayWithTheCLibrary) {
    at::empty({1000}, at::kByte);
    EXPECT_EQ(memory_.kept_bytes(), 0);
}

TEST_F(KeptMemoryTest, ProfilersSeeTensorsComeAndGo) {
    large(16); // whose memory the next one takes
    const test::TensorBytes bytes;
    at::Tensor tensor = large(15);
    EXPECT_EQ(bytes.live(), 15 * mebibyte);
    tensor.reset();
    EXPECT_EQ(bytes.live(), 0);
}

TEST_F(KeptMemoryTest, StoragesGrowInIt) {
    at::Tensor tensor = at::arange(1 << 18, at::kFloat); // of a mebibyte
    tensor.resize_({1 << 20});
    EXPECT_TRUE(at::equal(tensor.narrow(0, 0, 1 << 18), at::arange(1 << 18, at::kFloat)));
}

} // namespace
} // namespace rushes
