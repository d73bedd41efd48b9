// Checks of what stands behind a flag, each with a sentence of ours: CLI11's own name types, not values.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace rushes {

CLI::Validator check(std::function<bool(const std::string&)> good, std::string sentence);
CLI::Validator number_between(double low, double high, const std::string& range);
CLI::Validator whole_between(long low, long high);
CLI::Validator one_of(const std::vector<std::string>& choices);
CLI::Validator device_check();

/// A file name with a format that can be written.
CLI::Validator output_check();

inline constexpr const char* quality_group = "Quality and speed";

/// --device and --threads.
void add_device_options(CLI::App& app, std::string& device, int& threads);

/// --vram; 0: not given.
void add_vram_option(CLI::App& app, std::uint64_t& bytes);

} // namespace rushes
