// The networks of a model that LoRAs change, each with the store that its weights come from: for other LoRAs
// they are read again, and the rest of the model stays.
#pragma once

#include "models/load_options.h"
#include "nn/weights/weight_store.h"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <stop_token>
#include <string_view>
#include <utility>
#include <vector>

namespace rushes {

/// Network is made of its config and a scope of weights, and reload() reads these once more.
template <typename Network>
class LoraNetworks {
public:
    /// Whether a LoRA's file is for the network with this index.
    using IsFor = bool (*)(const std::filesystem::path& file, std::size_t network);

    LoraNetworks(std::vector<LoraFile> loras, IsFor is_for) : loras_(std::move(loras)), is_for_(is_for) {}

    /// Reads one more; `allowed` as expect_all_used() takes it. Throws Error{user}; Stopped.
    template <typename Config, typename... More>
    void
    add(const std::filesystem::path& source,
        WeightOptions options,
        const Config& config,
        std::span<const std::string_view> allowed,
        More... more) {
        const WeightStore& store = stores_.emplace_back(source, std::move(options));
        use(loras_);
        networks_.push_back(std::make_unique<Network>(config, store.root(), more...));
        store.expect_all_used(allowed);
    }

    /// With the LoRAs in use. Throws Stopped: a change that was stopped half way is made up for first.
    std::vector<const Network*> current(const std::stop_token& stop) {
        if (stale_) {
            reload(stop);
        }
        std::vector<const Network*> result;
        for (const auto& network : networks_) {
            result.push_back(network.get());
        }
        return result;
    }

    /// Throws Error{user}; Stopped. Those from before stay then, and current() goes on with them.
    void change(const std::vector<LoraFile>& loras, const std::stop_token& stop) {
        try {
            use(loras);
            stale_ = true;
            reload(stop);
        } catch (...) {
            use(loras_);
            throw;
        }
        loras_ = loras;
    }

private:
    void use(const std::vector<LoraFile>& loras) {
        for (std::size_t i = 0; i < stores_.size(); ++i) {
            std::vector<LoraUse> uses;
            for (const LoraFile& lora : loras) {
                if (is_for_(lora.file, i)) {
                    uses.push_back({lora.file, lora.strength});
                }
            }
            stores_[i].use_loras(uses);
        }
    }

    void reload(const std::stop_token& stop) {
        for (std::size_t i = 0; i < networks_.size(); ++i) {
            stores_[i].read_again({}, stop);
            networks_[i]->reload();
            stores_[i].read_again({}, {});
        }
        stale_ = false;
    }

    std::vector<LoraFile> loras_; ///< of the stores
    IsFor is_for_;
    std::vector<WeightStore> stores_;
    std::vector<std::unique_ptr<Network>> networks_;
    bool stale_ = false; ///< the networks have other LoRAs than the stores
};

} // namespace rushes
