#include "start.h"

#include "base/module.h"

#include <cstdlib>
#include <iostream>

namespace rushes {
namespace {

bool has_display() {
    for (const char* variable : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}) {
        const char* const value = std::getenv(variable);
        if (value != nullptr && *value != '\0') {
            return true;
        }
    }
    return false;
}

/// libtorch's threads spin for a moment when they wait for each other, then they sleep. With the encoder, the
/// window or another program on the same cores, spinning on made a clip take 20 times as long; without any
/// spinning the small steps of a denoiser wake a thread each and take twice as long (both measured on two
/// cores). OpenMP reads this when it is loaded, so it is said before any module is; who has set it knows
/// better.
void let_waiting_threads_sleep() {
    ::setenv("OMP_WAIT_POLICY", "passive", /*overwrite=*/0);
    ::setenv("GOMP_SPINCOUNT", "2000", /*overwrite=*/0); // some 30 microseconds
}

/// Features of a large picture are fresh memory for each layer. Taken in pages of 4 KiB, the kernel had a
/// quarter of the processor time of a small AnimateDiff clip, reading the model included. libtorch reads this
/// when it takes the first.
void take_memory_in_large_pages() {
    ::setenv("THP_MEM_ALLOC_ENABLE", "1", /*overwrite=*/0);
}

int start_studio(const StudioCommand& command) {
    if (!has_display()) {
        std::cerr << "rushes: there is no display for the window here. Use 'rushes generate PROMPT -o FILE', "
                     "or see "
                     "'rushes --help'.\n";
        return exit_failed;
    }
    const auto studio = reinterpret_cast<RunStudio*>(load_module_symbol("rushes_studio", run_studio_symbol));
    std::vector<std::string> arguments{"rushes"};
    arguments.insert(arguments.end(), command.arguments.begin(), command.arguments.end());
    std::vector<char*> argv;
    argv.reserve(arguments.size() + 1);
    for (std::string& argument : arguments) {
        argv.push_back(argument.data());
    }
    argv.push_back(nullptr);
    return studio(static_cast<int>(arguments.size()), argv.data());
}

int leave(const Exit& exit) {
    (exit.code == exit_ok ? std::cout : std::cerr) << exit.text;
    return exit.code;
}

} // namespace

int start(const CommandLine& line) {
    if (const auto* const exit = std::get_if<Exit>(&line)) {
        return leave(*exit);
    }
    let_waiting_threads_sleep();
    take_memory_in_large_pages();
    if (const auto* const studio = std::get_if<StudioCommand>(&line)) {
        return start_studio(*studio);
    }
    const auto run = reinterpret_cast<RunCommand*>(load_module_symbol("rushes_commands", run_command_symbol));
    return run(&std::get<ModuleCommand>(line));
}

} // namespace rushes
