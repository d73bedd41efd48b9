// rushes models --convert, --random, --fit-previews: commands that write weights, and what is made of them.
#pragma once

#include "command_line.h"

namespace rushes {

int convert_weight_file(const ModelsCommand& command);
int write_random_weights(const ModelsCommand& command);
int fit_model_previews(const ModelsCommand& command);

} // namespace rushes
