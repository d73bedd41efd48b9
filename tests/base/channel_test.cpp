#include "base/channel.h"

#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace rushes {
namespace {

std::size_t four_bytes(const int&) {
    return 4;
}

TEST(Channel, KeepsOrderAndLosesNothing) {
    Channel<int> channel(3, 1000, four_bytes);
    std::vector<int> received;
    std::jthread consumer([&](std::stop_token stop) {
        while (auto value = channel.pop(stop)) {
            received.push_back(*value);
        }
    });
    for (int i = 0; i < 1000; ++i) {
        ASSERT_TRUE(channel.push(i, {}));
    }
    channel.close();
    consumer.join();
    ASSERT_EQ(received.size(), 1000U);
    for (int i = 0; i < 1000; ++i) {
        EXPECT_EQ(received[static_cast<std::size_t>(i)], i);
    }
}

TEST(Channel, BytesBoundHoldsTheProducerUntilStopIsRequested) {
    Channel<int> channel(100, 8, four_bytes);
    ASSERT_TRUE(channel.push(1, {}));
    ASSERT_TRUE(channel.push(2, {}));
    std::stop_source source;
    bool taken = true;
    std::thread producer([&] { taken = channel.push(3, source.get_token()); });
    source.request_stop();
    producer.join();
    EXPECT_FALSE(taken);
    EXPECT_EQ(channel.try_pop(), 1);
    EXPECT_EQ(channel.try_pop(), 2);
    EXPECT_EQ(channel.try_pop(), std::nullopt);
}

TEST(Channel, AnItemLargerThanTheBoundPassesWhenEmpty) {
    Channel<int> channel(1, 1, four_bytes);
    EXPECT_TRUE(channel.push(7, {}));
    EXPECT_EQ(channel.pop({}), 7);
}

TEST(Channel, CloseEndsPopAfterDrainingAndRefusesPush) {
    Channel<int> channel(4, 1000, four_bytes);
    ASSERT_TRUE(channel.push(1, {}));
    channel.close();
    EXPECT_FALSE(channel.push(2, {}));
    EXPECT_EQ(channel.pop({}), 1);
    EXPECT_EQ(channel.pop({}), std::nullopt);
}

TEST(Channel, WakesOnlyOnTheChangeFromEmpty) {
    int wakes = 0;
    Channel<int> channel(4, 1000, four_bytes, [&] { ++wakes; });
    ASSERT_TRUE(channel.push(1, {}));
    ASSERT_TRUE(channel.push(2, {}));
    EXPECT_EQ(wakes, 1);
    channel.try_pop();
    channel.try_pop();
    ASSERT_TRUE(channel.push(3, {}));
    EXPECT_EQ(wakes, 2);
}

TEST(Mailbox, LatestWinsAndWakesOnce) {
    int wakes = 0;
    Mailbox<int> mailbox([&] { ++wakes; });
    mailbox.put(1);
    mailbox.put(2);
    EXPECT_EQ(wakes, 1);
    EXPECT_EQ(mailbox.take(), 2);
    EXPECT_EQ(mailbox.take(), std::nullopt);
}

} // namespace
} // namespace rushes
