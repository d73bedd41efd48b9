// Single pictures: thumbnails of the film strip, posters, stills, sequences.
#pragma once

#include "base/frame.h"

#include <filesystem>
#include <string>

namespace rushes {

/// A PNG file's bytes, lossless. `recipe_json` goes in as XMP unless it is empty.
std::string encode_png(const Frame& frame, const std::string& recipe_json = {});

/// A JPEG file's bytes, with a colour for each pixel. `quality`: 0 (best) to 51 (smallest). `recipe_json`
/// goes in as XMP unless it is empty, or longer than a JPEG's segment can be. Throws Error{resource}.
std::string encode_jpeg(const Frame& frame, int quality, const std::string& recipe_json = {});

/// The same as AVIF, smaller and slower to make; with any recipe. Throws Error{resource}: this machine's
/// FFmpeg has no encoder for it.
std::string encode_avif(const Frame& frame, int quality, const std::string& recipe_json = {});

/// Writes a PNG beside `path` and renames it; replaces an older one (thumbnails are a cache). Missing folders
/// are made. Throws Error{resource}.
void write_png(const std::filesystem::path& path, const Frame& frame, const std::string& recipe_json = {});

/// Reads a PNG (or any other picture that FFmpeg knows). Throws Error{user} for what is no picture.
Frame read_png(const std::filesystem::path& path);

/// The frame in a smaller size: at most `max_width` x `max_height`, its aspect kept. Never larger than the
/// frame.
Frame thumbnail(const Frame& frame, int max_width, int max_height);

} // namespace rushes
