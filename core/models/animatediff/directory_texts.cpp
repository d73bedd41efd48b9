#include "models/animatediff/directory_texts.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

namespace rushes::animatediff {

namespace {

using Json = nlohmann::ordered_json;

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

} // namespace

AdapterKind adapter_kind(const std::string& name) {
    const std::string text = lower(name);
    const auto says = [&](const char* word) { return text.find(word) != std::string::npos; };
    return says("lightning") ? AdapterKind::lightning : says("lcm") ? AdapterKind::lcm : AdapterKind::plain;
}

std::string index_text() {
    const Json index{
        {"_class_name", "AnimateDiffPipeline"},
        {"unet", {"diffusers", "UNet2DConditionModel"}},
        {"motion_adapter", {"diffusers", "MotionAdapter"}},
        {"vae", {"diffusers", "AutoencoderKL"}},
        {"text_encoder", {"transformers", "CLIPTextModel"}},
        {"tokenizer", {"transformers", "CLIPTokenizer"}},
        {"scheduler", {"diffusers", "DDIMScheduler"}},
    };
    return index.dump(2) + "\n";
}

std::string scheduler_text(AdapterKind kind) {
    Json json{
        {"_class_name", "DDIMScheduler"},
        {"num_train_timesteps", 1000},
        {"beta_start", 0.00085},
        {"beta_end", 0.012},
        {"beta_schedule", "linear"},
    };
    switch (kind) {
    case AdapterKind::plain:
        json["clip_sample"] = false;
        json["steps_offset"] = 1;
        break;
    case AdapterKind::lightning:
        json["_class_name"] = "EulerDiscreteScheduler";
        json["timestep_spacing"] = "trailing";
        break;
    case AdapterKind::lcm:
        json["_class_name"] = "LCMScheduler";
        break;
    }
    return json.dump(2) + "\n";
}

} // namespace rushes::animatediff
