// StudioSession: what a clip would take, and what the machine holds.
#include "base/bytes_in_words.h"
#include "base/error.h"
#include "convert.h"
#include "generation/cuda_driver.h"
#include "generation/drafting.h"
#include "generation/fitting.h"
#include "session/studio_session.h"
#include "work/home_call.h"

#include <algorithm>

namespace rushes::ui {

namespace {

std::uint64_t shareOf(std::uint64_t memory, double share) {
    return static_cast<std::uint64_t>(static_cast<double>(memory) * share);
}

} // namespace

/// The driver is asked off the UI thread.
void StudioSession::findCards() {
    shelf_.runOnDisk([this] {
        const CudaDriver driver = ask_cuda_driver();
        QStringList cards;
        if (driver.usable()) {
            for (const GraphicsCard& card : driver.cards) {
                cards << toQString(card.words());
            }
        }
        callHome(this, [this, cards] { cards_ = cards; });
    });
}

/// What a clip may fill; 0: not known.
std::uint64_t StudioSession::memory() const {
    return shareOf(device_.memory, memory_share_);
}

void StudioSession::setMemoryShare(double share) {
    memory_share_ = std::clamp(share, 0.1, 1.0);
    emit pricesChanged();
}

/// The device as far as a clip may fill it: plans stream layers before they ask for more.
DeviceInfo StudioSession::allowedDevice() const {
    DeviceInfo device = device_;
    device.memory = memory();
    return device;
}

Plan StudioSession::planOn(const DeviceInfo& device, const Recipe& recipe) const {
    return make_plan(recipe, modelOf(recipe), load_options_for(device), drafter_of(recipe, models_));
}

ClipCost StudioSession::price(const Recipe& recipe) const {
    const Plan plan = planOn(allowedDevice(), recipe);
    ClipCost cost;
    cost.bytes = plan.peak_memory_bytes;
    cost.memory = memory();
    cost.fit = memoryFit(cost.bytes, cost.memory);
    if (plan.draft) {
        cost.drafter = toQString(plan.draft->model.name);
    }
    if (speeds_) {
        cost.seconds = speeds_->estimate(plan, device_).seconds;
    }
    return cost;
}

std::optional<std::uint64_t> StudioSession::memoryOf(const Recipe& recipe) const {
    try {
        return price(recipe).bytes;
    } catch (const Error&) {
        return std::nullopt;
    }
}

std::optional<Recipe> StudioSession::nearestThatFits(const Recipe& recipe) const {
    try {
        const Plan plan = planOn(allowedDevice(), recipe);
        if (memory() == 0 || plan.peak_memory_bytes <= memory()) {
            return std::nullopt;
        }
        const auto nearest = nearest_that_fits(plan, load_options_for(allowedDevice()), memory());
        return nearest ? std::optional(nearest->recipe) : std::nullopt;
    } catch (const Error&) {
        return std::nullopt; // it is refused for another reason
    }
}

std::optional<int> StudioSession::budgetFor(const Recipe& recipe) const {
    for (const int percent : {50, 75, 100}) {
        DeviceInfo device = device_;
        device.memory = shareOf(device_.memory, percent / 100.0);
        try {
            if (device.memory > memory() && planOn(device, recipe).peak_memory_bytes <= device.memory) {
                return percent;
            }
        } catch (const Error&) {
            return std::nullopt; // it is refused for another reason
        }
    }
    return std::nullopt;
}

Plan StudioSession::planOf(const Recipe& recipe) const {
    Plan plan = planOn(allowedDevice(), recipe);
    // The whole memory is the engine's to judge, which leaves room for doubt; a share was chosen by a person.
    if (memory_share_ < 1 && memory() > 0 && plan.peak_memory_bytes > memory()) {
        throw Error(
            ErrorKind::resource,
            "This clip needs about " + bytes_in_words(plan.peak_memory_bytes) +
                ", and the memory budget is " + bytes_in_words(memory()) + ".",
            "Make the clip smaller, or raise the budget in the settings.",
            Lever::smaller_clip
        );
    }
    return plan;
}

} // namespace rushes::ui
