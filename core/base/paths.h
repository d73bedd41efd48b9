// Where files live (XDG base directories), and where the program's own resources are.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace rushes {

std::filesystem::path config_dir(); ///< settings
std::filesystem::path data_dir();   ///< library database, models/
std::filesystem::path cache_dir();  ///< thumbnails, prompt embeddings
std::filesystem::path state_dir();  ///< logs, learned speeds
std::filesystem::path videos_dir(); ///< clips: the user's video folder / Rushes

/// Folder of the program's resources (the built-in model, icons): $RUSHES_RESOURCES, else beside the
/// executable
/// (../share/rushes), else the source tree that it was built from.
std::filesystem::path resources_dir();

/// Folder of the running executable.
std::filesystem::path executable_dir();

/// ".mp4" of "Clip.MP4": what kind of file a name means.
std::string lower_extension(const std::filesystem::path& path);

/// `path` if nothing has that name, else "name-1.ext", "name-2.ext" ...: nothing is ever overwritten.
std::filesystem::path unused_name(const std::filesystem::path& path);

/// What a file may be called after `text`: its letters (of every script, in lower case) and digits, '-'
/// between them; at most `max_length` bytes, never empty.
std::string file_slug(std::string_view text, std::size_t max_length = 40);

} // namespace rushes
