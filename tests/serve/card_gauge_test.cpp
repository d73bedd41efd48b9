// How busy a card is, with a management library that a test plays.
#include "serve/card_gauge.h"
#include "serve/device_watch.h"

#include <cstring>
#include <gtest/gtest.h>
#include <vector>

namespace rushes::serve_test {
namespace {

struct FakeCard {
    const char* name;
    unsigned percent;
    unsigned long long used;
};

struct FakeManagement final : LibraryLoader {
    bool there = true;
    static inline std::vector<FakeCard> cards;

    void* open(const std::string& name, bool /*global*/) override {
        return there && name == "libnvidia-ml.so.1" ? this : nullptr;
    }

    static const FakeCard& card(void* handle) { return *static_cast<FakeCard*>(handle); }

    void* symbol(void* library, const char* name) override {
        const auto is = [&](const char* wanted) {
            return library != nullptr && std::strcmp(name, wanted) == 0;
        };
        if (is("nvmlInit_v2")) {
            return reinterpret_cast<void*>(+[] { return 0; });
        }
        if (is("nvmlDeviceGetCount_v2")) {
            return reinterpret_cast<void*>(+[](unsigned* count) {
                *count = static_cast<unsigned>(cards.size());
                return 0;
            });
        }
        if (is("nvmlDeviceGetHandleByIndex_v2")) {
            return reinterpret_cast<void*>(+[](unsigned index, void** handle) {
                *handle = &cards.at(index);
                return 0;
            });
        }
        if (is("nvmlDeviceGetName")) {
            return reinterpret_cast<void*>(+[](void* handle, char* text, unsigned size) {
                std::strncpy(text, card(handle).name, size);
                return 0;
            });
        }
        if (is("nvmlDeviceGetUtilizationRates")) {
            return reinterpret_cast<void*>(+[](void* handle, unsigned* percents) {
                percents[0] = card(handle).percent;
                return 0;
            });
        }
        if (is("nvmlDeviceGetMemoryInfo")) {
            return reinterpret_cast<void*>(+[](void* handle, unsigned long long* bytes) {
                bytes[2] = card(handle).used; // total, free, used
                return 0;
            });
        }
        return nullptr;
    }

    std::string problem() override { return {}; }
};

TEST(CardGauge, IsTheBusiestOfTheCardsWithThatName) {
    FakeManagement management;
    FakeManagement::cards = {
        {"NVIDIA T4", 99, 1}, {"NVIDIA H200", 30, 2}, {"NVIDIA H200", 70, 3}, {"NVIDIA H200", 10, 4}
    };
    const serve::CardUse use = serve::card_use("NVIDIA H200, 140 GB", management);
    EXPECT_DOUBLE_EQ(use.use, 0.7);
    EXPECT_EQ(use.memory_bytes, 3U);
    EXPECT_LT(serve::card_use("Another", management).use, 0);
    management.there = false;
    EXPECT_LT(serve::card_use("NVIDIA H200, 140 GB", management).use, 0) << "a driver without it";
}

TEST(DeviceWatch, OfACardIsWhatTheCardSaysWhileClipsAreMade) {
    double now_used = 0;
    serve::DeviceWatch watch([&] { return serve::CardUse{now_used, 1 << 20}; });
    serve::DeviceWatch::Clock::time_point now{};
    const auto second = [&](double used, bool busy) {
        now_used = used;
        now += std::chrono::seconds(1);
        watch.look(now, busy);
    };
    for (int i = 0; i < 10; ++i) {
        second(0.01, false); // others use it, or nobody
    }
    EXPECT_LT(watch.use(), 0) << "nothing was made yet";
    second(0.02, true); // it began in the middle of this one
    for (int i = 0; i < 10; ++i) {
        second(i % 2 == 0 ? 0.8 : 0.9, true);
    }
    EXPECT_NEAR(watch.use(), 0.85, 1e-9);
    EXPECT_EQ(watch.card_memory(), std::uint64_t{1} << 20);
}

} // namespace
} // namespace rushes::serve_test
