// The command line as plain values. Parsing links nothing but CLI11: `rushes --help` must not wait for a
// library.
#pragma once

#include "generation/recipe_fields.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace rushes {

enum ExitCode { exit_ok = 0, exit_failed = 1, exit_usage = 2, exit_interrupted = 130 };

/// Opens the window; the arguments are passed on to it.
struct StudioCommand {
    std::vector<std::string> arguments;
};

/// What is not given is left to the recipe file, or to the model.
struct GenerateCommand {
    RecipeChanges given;                 ///< on top of the recipe file
    std::filesystem::path output;        ///< empty: named after the prompt, in the current folder
    std::filesystem::path recipe;        ///< a clip or a JSON file to begin with
    std::string preset;                  ///< its name; between the recipe file and the flags
    std::optional<std::string> model;    ///< name or directory
    std::filesystem::path image;         ///< that the clip begins with; empty: none
    std::filesystem::path last_image;    ///< that it ends with
    std::vector<std::string> keyframes;  ///< "SECONDS:FILE"; empty: those of the recipe
    std::filesystem::path extend;        ///< a clip whose last frames it goes on from
    std::vector<std::string> loras;      ///< "FILE" or "FILE:STRENGTH"; empty: those of the recipe
    std::vector<std::string> prompts_at; ///< "SECONDS:TEXT"; empty: those of the recipe
    std::vector<std::string> steps_then; ///< "STEPS:TEXT" or "STEPS:guidance=N"; empty: those of the recipe
    std::filesystem::path checkpoint;    ///< folder to go on from; empty: none
    bool go_on = false;                  ///< begins with what earlier runs left, and leaves its own
    std::optional<double> duration;      ///< seconds
    std::string device = "auto";
    std::uint64_t vram = 0; ///< bytes of a graphics card; 0: all of them
    int threads = 0;
    int export_width = 0; ///< of the file; 0: native
    int export_height = 0;
    std::string fit = "blur"; ///< crop | pad | blur
    int quality = 18;
    bool no_recipe = false;
    bool no_library = false;
    bool json = false;
    bool dry_run = false;
};

struct RecipeCommand {
    std::filesystem::path file;
};

struct ModelsCommand {
    std::filesystem::path directory;            ///< empty: list what is installed
    bool add = false;                           ///< the directory goes on the list
    std::vector<std::filesystem::path> convert; ///< a weight file and what it is to become; or empty
    std::vector<std::string> random;            ///< a preset and a directory to be; or empty
    std::string fit_previews;                   ///< name or directory of a model; or empty
    std::string device = "auto";                ///< that fits them
    bool json = false;
};

/// How alike two clips are, and how still each stands.
struct CompareCommand {
    std::filesystem::path first;
    std::filesystem::path second;
    bool json = false;
};

/// A clip made of clips.
struct EditCommand {
    std::vector<std::string> parts; ///< "CLIP" or "CLIP:FROM-TO" in seconds, one after the other
    std::filesystem::path output;   ///< empty: beside the first one, named after it
    std::string loop;               ///< fade | back; empty: it ends
    double fade_seconds = 0;        ///< 0: half a second
    bool fit = false;
    bool no_library = false;
};

/// One clip of every combination; a list that is empty holds what the model usually has.
struct BenchMatrix {
    std::vector<std::string> models; ///< names, directories, or presets of random weights (FAMILY/NAME)
    std::vector<std::string> sizes;  ///< "832x480"
    std::vector<int> steps;
    std::vector<std::string> dtypes;   ///< fp32 | bf16
    std::vector<std::string> decoders; ///< full | fast
    int frames = 0;                    ///< 0: the model's own
};

struct BenchCommand {
    std::string model;
    std::string device = "auto";
    std::string dtype = "auto";
    int threads = 0;
    std::uint64_t vram = 0; ///< as of GenerateCommand
    int runs = 0;           ///< 0: 5, or 1 of each combination of a matrix
    bool no_memory = false; ///< leave out the comparison of a 3 s and a 30 s clip
    std::optional<BenchMatrix> matrix;
    bool json = false;
};

struct DoctorCommand {
    std::string device = "auto";
    bool json = false;
};

/// Clips for a browser and for programs, over HTTP.
struct ServeCommand {
    int port = 8800;
    std::string address = "127.0.0.1";
    std::string token; ///< empty: a new one
    std::vector<std::string> guests;
    std::vector<std::string> origins;
    std::filesystem::path certificate; ///< empty: no TLS
    std::filesystem::path private_key;
    int most_waiting = 100;
    double price_per_hour = 0;
    int drain_seconds = 30;
    std::string device = "auto";
    int threads = 0;
};

/// A look at a running service.
struct TopCommand {
    std::string url; ///< empty: the one that this machine's last `serve` noted
    std::string token;
    bool once = false;
    bool json = false;
};

/// Clips that are made ahead.
struct WarmCommand {
    std::filesystem::path prompts;
    std::string model;
    std::uint64_t seed = 0;
    std::string device = "auto";
    int threads = 0;
};

using ModuleCommand = std::variant<
    GenerateCommand,
    RecipeCommand,
    ModelsCommand,
    CompareCommand,
    EditCommand,
    BenchCommand,
    DoctorCommand,
    ServeCommand,
    TopCommand,
    WarmCommand>;

/// Nothing to run: print and leave.
struct Exit {
    int code = exit_ok;
    std::string text; ///< to stdout when the code is 0, else to stderr
};

using CommandLine = std::variant<StudioCommand, ModuleCommand, Exit>;

/// Never throws: a wrong command line is an Exit with one sentence and exit_usage.
CommandLine parse_command_line(int argc, const char* const* argv);

/// The border of librushes_commands.so, by name: int (const ModuleCommand*), the exit code.
inline constexpr const char* run_command_symbol = "rushes_run_command";
using RunCommand = int(const ModuleCommand*);

/// The border of librushes_studio.so, by name: int (int argc, char** argv), the exit code.
inline constexpr const char* run_studio_symbol = "rushes_studio_main";
using RunStudio = int(int, char**);

} // namespace rushes
