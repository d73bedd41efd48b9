// Files that serve a model without being a part of it, and where people keep them. No libtorch here.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace rushes {

/// The part of ModelInfo::parts that decodes quickly and a little roughly (tiny_decoder.h).
inline constexpr const char* tiny_decoder_part = "tiny_decoder";

/// The file, or the folder, of this name: in the model's directory, in its folder vae_approx, or, for a model
/// whose latents are those that everybody's files are `published` for, in the user's models/vae_approx.
std::optional<std::filesystem::path>
find_companion(const std::filesystem::path& model, const std::string& name, bool published);

} // namespace rushes
