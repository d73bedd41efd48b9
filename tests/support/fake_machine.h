// A machine with NVIDIA's driver, or a broken one, played for code that loads libraries by name.
#pragma once

#include "base/library_loader.h"

#include <cstring>
#include <string>
#include <vector>

namespace rushes::testing {

struct FakeCard {
    std::string name = "NVIDIA Fake";
    std::size_t bytes = std::size_t{24} << 30;
    int major = 9;
    int minor = 0;
    int processors = 132;
    int kilohertz = 1'830'000;
};

/// What the driver is to say; one machine at a time.
struct FakeMachine final : LibraryLoader {
    bool driver = true;
    int init_code = 0;
    int version = 13000;
    std::vector<FakeCard> cards{FakeCard()};
    std::string broken;      ///< the library whose name holds this cannot be loaded ...
    std::string broken_says; ///< ... and the loader says so
    std::vector<std::string> opened;

    FakeMachine() { current() = this; }

    ~FakeMachine() override { current() = nullptr; }

    FakeMachine(const FakeMachine&) = delete;
    FakeMachine& operator=(const FakeMachine&) = delete;

    void* open(const std::string& name, bool /*global*/) override {
        opened.push_back(name);
        const bool fails = (name == "libcuda.so.1" && !driver) ||
                           (!broken.empty() && name.find(broken) != std::string::npos);
        return fails ? nullptr : this;
    }

    void* symbol(void* library, const char* name) override {
        if (library == nullptr) {
            return nullptr;
        }
        const auto is = [&](const char* wanted) { return std::strcmp(name, wanted) == 0; };
        if (is("cuInit")) {
            return reinterpret_cast<void*>(+[](unsigned) { return current()->init_code; });
        }
        if (is("cuDriverGetVersion")) {
            return reinterpret_cast<void*>(+[](int* said) {
                *said = current()->version;
                return 0;
            });
        }
        if (is("cuDeviceGetCount")) {
            return reinterpret_cast<void*>(+[](int* count) {
                *count = static_cast<int>(current()->cards.size());
                return 0;
            });
        }
        if (is("cuDeviceGet")) {
            return reinterpret_cast<void*>(+[](int* device, int index) {
                *device = index;
                return 0;
            });
        }
        if (is("cuDeviceGetName")) {
            return reinterpret_cast<void*>(+[](char* text, int size, int device) {
                std::strncpy(text, card(device).name.c_str(), static_cast<std::size_t>(size));
                return 0;
            });
        }
        if (is("cuDeviceTotalMem_v2")) {
            return reinterpret_cast<void*>(+[](std::size_t* bytes, int device) {
                *bytes = card(device).bytes;
                return 0;
            });
        }
        if (is("cuDeviceGetAttribute")) {
            return reinterpret_cast<void*>(+[](int* value, int attribute, int device) {
                const FakeCard& asked = card(device);
                *value = attribute == 75   ? asked.major
                         : attribute == 76 ? asked.minor
                         : attribute == 16 ? asked.processors
                                           : asked.kilohertz;
                return 0;
            });
        }
        return nullptr;
    }

    std::string problem() override { return broken_says; }

private:
    static FakeMachine*& current() {
        static FakeMachine* machine = nullptr;
        return machine;
    }

    static const FakeCard& card(int index) { return current()->cards.at(static_cast<std::size_t>(index)); }
};

} // namespace rushes::testing
