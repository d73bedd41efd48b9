#include "commands/run_command.h"

#include "commands/terminal.h"

#include <exception>

namespace rushes {
namespace {

struct Runner {
    int operator()(const GenerateCommand& command) const { return run_generate(command); }

    int operator()(const RecipeCommand& command) const { return run_recipe(command); }

    int operator()(const ModelsCommand& command) const { return run_models(command); }

    int operator()(const CompareCommand& command) const { return run_compare(command); }

    int operator()(const EditCommand& command) const { return run_edit(command); }

    int operator()(const BenchCommand& command) const { return run_bench(command); }

    int operator()(const DoctorCommand& command) const { return run_doctor(command); }

    int operator()(const ServeCommand& command) const { return run_serve(command); }

    int operator()(const TopCommand& command) const { return run_top(command); }

    int operator()(const WarmCommand& command) const { return run_warm(command); }
};

int run(const ModuleCommand& command) {
    try {
        return std::visit(Runner(), command);
    } catch (const Stopped&) {
        return exit_interrupted;
    } catch (const Error& error) {
        say_error(error);
    } catch (const std::exception& error) {
        say(std::string("rushes: ") + error.what());
    }
    return exit_failed;
}

} // namespace
} // namespace rushes

// Found by name through run_command_symbol.
extern "C" __attribute__((visibility("default"))) int rushes_run_command(const rushes::ModuleCommand* command
);

extern "C" int rushes_run_command(const rushes::ModuleCommand* command) {
    return rushes::run(*command);
}
