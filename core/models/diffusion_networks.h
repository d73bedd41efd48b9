// The networks of the Stable Diffusion family that LoRAs change: the UNet, with the motion modules of an
// adapter beside it, and the text encoders. For other LoRAs only those are read again whose weights change.
#pragma once

#include "models/load_options.h"
#include "models/unet/unet.h"
#include "nn/weights/weight_store.h"
#include "text/clip_encoder.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace rushes {

class DiffusionNetworks {
public:
    struct Part {
        std::filesystem::path source;
        WeightOptions options;
    };

    struct Parts {
        Part unet;
        std::optional<Part> motion; ///< none: the UNet's own, or no motion
        std::vector<Part> text_encoders;
    };

    /// Reads all of them. Throws Error{user}; Stopped.
    DiffusionNetworks(Parts parts, UNetConfig config, std::vector<LoraFile> loras);

    /// With the LoRAs in use. Throws Stopped: what was stopped half way is made up for first.
    const UNet& unet(const std::stop_token& stop = {});
    const ClipEncoder& text_encoder(std::size_t which = 0, const std::stop_token& stop = {});

    std::size_t text_encoders() const { return texts_.size(); }

    /// Their memory is free until they are asked for again.
    void release_text_encoders();

    /// Throws Error{user}: an unsound file, one for another base, nothing in it that belongs to a network
    /// here. Those from before stay then.
    void change(const std::vector<LoraFile>& loras, const std::stop_token& stop);

private:
    /// A store with the LoRAs that are for it: what it shall have, and what was built from it has.
    struct Source {
        explicit Source(Part part) : store(part.source, std::move(part.options)) {}

        WeightStore store;
        std::vector<LoraFile> wanted;
        std::vector<LoraFile> built;

        bool is_fresh() const { return wanted == built; }
    };

    struct Text {
        Source source;
        ClipConfig config;
        std::unique_ptr<ClipEncoder> encoder;
    };

    void use(const std::vector<LoraFile>& loras);
    void build_unet();
    static void build(Text& text);

    UNetConfig config_;
    Source unet_source_;
    std::optional<Source> motion_source_;
    std::unique_ptr<UNet> unet_;
    std::vector<Text> texts_;
    std::vector<LoraFile> loras_;
};

} // namespace rushes
