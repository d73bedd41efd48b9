// rushes models --convert, --random: commands that write weights.
#pragma once

#include "command_line.h"

namespace rushes {

int convert_weight_file(const ModelsCommand& command);
int write_random_weights(const ModelsCommand& command);

} // namespace rushes
