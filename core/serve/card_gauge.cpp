#include "serve/card_gauge.h"

#include <array>

namespace rushes::serve {
namespace {

struct Utilization { // nvmlUtilization_t, percent
    unsigned gpu = 0;
    unsigned memory = 0;
};

struct Memory { // nvmlMemory_t
    unsigned long long total = 0;
    unsigned long long free = 0;
    unsigned long long used = 0;
};

/// The library's functions, each of which may be missing.
class Functions {
public:
    explicit Functions(LibraryLoader& loader)
        : loader_(loader), library_(loader.open("libnvidia-ml.so.1", false)) {}

    /// Whether there is such a function and it succeeded.
    template <typename... Arguments>
    bool call(const char* name, Arguments... arguments) const {
        using Signature = int(Arguments...);
        auto* const function = reinterpret_cast<Signature*>(loader_.symbol(library_, name));
        return function != nullptr && function(arguments...) == 0;
    }

private:
    LibraryLoader& loader_;
    void* library_;
};

} // namespace

CardUse card_use(const std::string& name, LibraryLoader& loader) {
    const Functions nvml(loader);
    CardUse busiest;
    unsigned cards = 0;
    // It counts who has begun; once more costs nothing.
    if (!nvml.call("nvmlInit_v2") || !nvml.call("nvmlDeviceGetCount_v2", &cards)) {
        return busiest;
    }
    for (unsigned index = 0; index < cards; ++index) {
        void* card = nullptr;
        std::array<char, 96> own{}; // NVML_DEVICE_NAME_V2_BUFFER_SIZE
        if (!nvml.call("nvmlDeviceGetHandleByIndex_v2", index, &card) ||
            !nvml.call("nvmlDeviceGetName", card, own.data(), static_cast<unsigned>(own.size() - 1)) ||
            !name.starts_with(own.data())) {
            continue;
        }
        Utilization use;
        Memory memory;
        if (nvml.call("nvmlDeviceGetUtilizationRates", card, &use) && use.gpu / 100.0 > busiest.use) {
            busiest.use = use.gpu / 100.0;
            busiest.memory_bytes = nvml.call("nvmlDeviceGetMemoryInfo", card, &memory) ? memory.used : 0;
        }
    }
    return busiest;
}

} // namespace rushes::serve
