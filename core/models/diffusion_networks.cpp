#include "models/diffusion_networks.h"

#include "base/error.h"
#include "models/lora_parts.h"
#include "models/unet/original_names.h"

#include <utility>

namespace rushes {

DiffusionNetworks::DiffusionNetworks(Parts parts, UNetConfig config, std::vector<LoraFile> loras)
    : config_(std::move(config)), unet_source_(std::move(parts.unet)), loras_(std::move(loras)) {
    if (parts.motion) {
        motion_source_.emplace(std::move(*parts.motion));
    }
    for (Part& part : parts.text_encoders) {
        const ClipConfig text = read_clip_config(part.source);
        texts_.push_back({Source(std::move(part)), text, nullptr});
    }
    use(loras_);
    for (Text& text : texts_) {
        build(text);
    }
    build_unet();
}

/// Which networks a file is for, its names say.
void DiffusionNetworks::use(const std::vector<LoraFile>& loras) {
    std::vector<LoraParts> parts;
    for (const LoraFile& lora : loras) {
        parts.push_back(read_lora_parts(lora.file));
        check_lora_base(lora.file, parts.back(), config_);
    }
    const auto give = [&](Source& source, const auto& is_for) {
        std::vector<LoraFile> files;
        std::vector<LoraUse> uses;
        for (std::size_t i = 0; i < loras.size(); ++i) {
            if (is_for(parts[i])) {
                files.push_back(loras[i]);
                uses.push_back({loras[i].file, loras[i].strength});
            }
        }
        source.store.use_loras(uses);
        source.wanted = std::move(files);
    };
    const bool apart = motion_source_.has_value();
    give(unet_source_, [&](const LoraParts& p) { return p.unet || (p.motion && !apart); });
    if (apart) {
        give(*motion_source_, [](const LoraParts& p) { return p.motion; });
    }
    for (std::size_t i = 0; i < texts_.size(); ++i) {
        give(texts_[i].source, [&](const LoraParts& p) { return i == 0 ? p.text : p.text_2; });
    }
}

void DiffusionNetworks::build_unet() {
    const Weights root = unet_source_.store.root();
    const Weights motion = motion_source_ ? motion_source_->store.root() : root;
    unet_.reset(); // two of them may not fit
    unet_ = std::make_unique<UNet>(root, motion, config_);
    unet_source_.store.expect_all_used();
    unet_source_.built = unet_source_.wanted;
    if (motion_source_) {
        motion_source_->store.expect_all_used(repeated_positions);
        motion_source_->built = motion_source_->wanted;
    }
}

void DiffusionNetworks::build(Text& text) {
    text.encoder = std::make_unique<ClipEncoder>(text.source.store.root(), text.config);
    text.source.store.expect_all_used(left_over_in_clip);
    text.source.built = text.source.wanted;
}

const UNet& DiffusionNetworks::unet(const std::stop_token& stop) {
    if (!unet_ || !unet_source_.is_fresh() || (motion_source_ && !motion_source_->is_fresh())) {
        unet_source_.store.read_again({}, stop);
        if (motion_source_) {
            motion_source_->store.read_again({}, stop);
        }
        build_unet();
    }
    return *unet_;
}

const ClipEncoder& DiffusionNetworks::text_encoder(std::size_t which, const std::stop_token& stop) {
    Text& text = texts_.at(which);
    if (!text.encoder || !text.source.is_fresh()) {
        text.source.store.read_again({}, stop);
        build(text);
    }
    return *text.encoder;
}

void DiffusionNetworks::release_text_encoders() {
    for (Text& text : texts_) {
        text.encoder.reset();
    }
}

void DiffusionNetworks::change(const std::vector<LoraFile>& loras, const std::stop_token& stop) {
    try {
        use(loras);
    } catch (...) {
        use(loras_);
        throw;
    }
    try {
        for (std::size_t i = 0; i < texts_.size(); ++i) {
            text_encoder(i, stop);
        }
        unet(stop);
    } catch (...) {
        use(loras_);
        throw;
    }
    loras_ = loras;
}

} // namespace rushes
