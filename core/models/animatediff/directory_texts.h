// What the files of a directory say that this program puts together itself. No libtorch here.
#pragma once

#include <string>

namespace rushes::animatediff {

/// What a motion adapter was trained or distilled for, which decides how it is sampled (the model cards of
/// guoyww/animatediff, ByteDance/AnimateDiff-Lightning and wangfuyun/AnimateLCM).
enum class AdapterKind {
    plain,     ///< DDIM
    lightning, ///< Euler from trailing timesteps
    lcm,
};

/// By a file's name: the files themselves do not say.
AdapterKind adapter_kind(const std::string& name);

/// model_index.json of Stable Diffusion with a motion adapter's folder in it.
std::string index_text();

/// scheduler_config.json.
std::string scheduler_text(AdapterKind kind);

} // namespace rushes::animatediff
