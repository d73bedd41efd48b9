// rushes models --convert, --random, --fit-previews: commands that write weights, and what is made of them.
#pragma once

#include "command_line.h"

#include <filesystem>
#include <stop_token>
#include <string>

namespace rushes {

/// `name`: FAMILY/NAME. Throws Error, also where there is no such preset; Stopped.
void write_random_weights(
    const std::string& name, const std::filesystem::path& directory, const std::stop_token& stop
);

int convert_weight_file(const ModelsCommand& command);
int write_random_weights(const ModelsCommand& command);
int fit_model_previews(const ModelsCommand& command);

} // namespace rushes
