// The commands, one file each; each returns its exit code and throws Error for what fails.
#pragma once

#include "command_line.h"

namespace rushes {

int run_generate(const GenerateCommand& command);
int run_recipe(const RecipeCommand& command);
int run_models(const ModelsCommand& command);
int run_compare(const CompareCommand& command);
int run_edit(const EditCommand& command);
int run_bench(const BenchCommand& command);
int run_doctor(const DoctorCommand& command);
int run_serve(const ServeCommand& command);
int run_top(const TopCommand& command);
int run_warm(const WarmCommand& command);

} // namespace rushes
