#include "generation/frame_store.h"

#include <gtest/gtest.h>
#include <thread>

namespace rushes {
namespace {

FramePtr frame_of(std::size_t bytes, std::int64_t index) {
    return std::make_shared<const Frame>(
        Frame{.width = 1, .height = 1, .index = index, .rgb = std::vector<std::uint8_t>(bytes)}
    );
}

TEST(FrameStore, KeepsFramesByTheirIndex) {
    FrameStore store(1000);
    store.add(frame_of(10, 0));
    store.add(frame_of(10, 1));
    EXPECT_EQ(store.size(), 2);
    EXPECT_EQ(store.get(1)->index, 1);
    EXPECT_EQ(store.try_get(0)->index, 0);
    EXPECT_EQ(store.get(2), nullptr);
    EXPECT_EQ(store.get(-1), nullptr);
}

TEST(FrameStore, DropsTheOldestBeyondItsBytesAndReadsThemBack) {
    std::vector<std::int64_t> read;
    FrameStore store(30, [&](std::int64_t index) {
        read.push_back(index);
        return frame_of(10, index);
    });
    for (int i = 0; i < 5; ++i) {
        store.add(frame_of(10, i));
    }
    EXPECT_EQ(store.size(), 5);
    EXPECT_EQ(store.try_get(1), nullptr);
    EXPECT_NE(store.try_get(2), nullptr);
    EXPECT_EQ(store.get(1)->index, 1);
    EXPECT_EQ(read, std::vector<std::int64_t>{1});
}

TEST(FrameStore, WithoutAFileToReadADroppedFrameIsGone) {
    FrameStore store(10);
    store.add(frame_of(10, 0));
    store.add(frame_of(10, 1));
    EXPECT_EQ(store.get(0), nullptr);
    store.read_back_from([](std::int64_t index) { return frame_of(10, index); });
    EXPECT_EQ(store.get(0)->index, 0);
}

TEST(FrameStore, TheNewestFrameStaysHoweverLarge) {
    FrameStore store(10);
    store.add(frame_of(1000, 0));
    EXPECT_NE(store.try_get(0), nullptr);
}

TEST(FrameStore, ReadersAndTheWriterMeetWithoutHarm) {
    FrameStore store(200, [](std::int64_t index) { return frame_of(10, index); });
    std::jthread reader([&](std::stop_token stop) {
        while (!stop.stop_requested()) {
            for (std::int64_t i = 0; i < store.size(); ++i) {
                ASSERT_EQ(store.get(i)->index, i);
            }
        }
    });
    for (int i = 0; i < 2000; ++i) {
        store.add(frame_of(10, i));
    }
    EXPECT_EQ(store.size(), 2000);
}

} // namespace
} // namespace rushes
