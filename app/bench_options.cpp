#include "bench_options.h"

#include "option_checks.h"

namespace rushes {
namespace {

constexpr const char* matrix_group = "Matrix (lists with commas; without one, what the model usually has)";

CLI::Validator size_check() {
    return check(
        [](const std::string& text) {
            const std::size_t by = text.find('x');
            const auto is_side = [](const std::string& side) {
                return !side.empty() && side.size() <= 5 &&
                       side.find_first_not_of("0123456789") == std::string::npos;
            };
            return by != std::string::npos && is_side(text.substr(0, by)) && is_side(text.substr(by + 1));
        },
        "is no size: use for example 832x480"
    );
}

void add_matrix_flags(CLI::App& app, BenchMatrix& matrix, bool& wanted) {
    CLI::Option* const flag =
        app.add_flag("--matrix", wanted, "One clip of every combination, a line each")->group(matrix_group);
    const auto list = [&](CLI::Option* option, const char* type) {
        return option->delimiter(',')->type_name(type)->needs(flag)->group(matrix_group);
    };
    list(
        app.add_option(
            "--models", matrix.models, "Names, directories, or shapes to write for it (FAMILY/NAME)"
        ),
        "M,..."
    );
    list(app.add_option("--sizes", matrix.sizes, "Of the pictures"), "WxH,...")->check(size_check());
    list(app.add_option("--steps", matrix.steps, "Of the solver"), "N,...")->check(whole_between(1, 1000));
    list(app.add_option("--dtypes", matrix.dtypes, "Number formats"), "T,...")
        ->check(one_of({"fp32", "bf16", "fp8"}));
    list(
        app.add_option("--decoders", matrix.decoders, "full, or fast: the tiny one beside the model"), "D,..."
    )
        ->check(one_of({"full", "fast"}));
    app.add_option("--frames", matrix.frames, "Of each clip")
        ->check(whole_between(1, 100'000))
        ->needs(flag)
        ->group(matrix_group);
}

} // namespace

BenchOptions::BenchOptions(CLI::App& app)
    : bench_app_(*app.add_subcommand("bench", "Measure this machine: phases, frame rate, previews, memory")),
      window_app_(
          *bench_app_.add_subcommand("ui", "Measure the window instead: what a frame costs its thread")
      ) {
    bench_app_.add_option("--model", bench_.model, "Name or directory (default: the built-in model)");
    bench_app_
        .add_option(
            "--runs",
            bench_.runs,
            "Measured runs after one to warm up (default 5; in a matrix 1, none to warm up)"
        )
        ->check(whole_between(1, 1000));
    bench_app_.add_option("--dtype", bench_.dtype, "Number format: auto, fp32, bf16 or fp8")
        ->check(one_of({"auto", "fp32", "bf16", "fp8"}));
    bench_app_.add_flag("--no-memory", bench_.no_memory, "Leave out the comparison of a 3 s and a 30 s clip");
    bench_app_.add_flag("--json", bench_.json, "As JSON");
    add_device_options(bench_app_, bench_.device, bench_.threads);
    add_vram_option(bench_app_, bench_.vram);
    add_matrix_flags(bench_app_, matrix_, wants_matrix_);
    window_app_.add_flag("--json", bench_.json, "As JSON");
    window_app_.add_flag(
        "--library",
        library_,
        "The studio with 100,000 clips: its start, searches, scrolling, 1,000 jobs, nine drafts"
    );
}

std::optional<CommandLine> BenchOptions::parsed() const {
    if (window_app_.parsed()) {
        StudioCommand window{{library_ ? "--measure-library" : "--measure-stage"}};
        if (bench_.json) {
            window.arguments.emplace_back("--json");
        }
        return window;
    }
    if (!bench_app_.parsed()) {
        return std::nullopt;
    }
    BenchCommand command = bench_;
    if (wants_matrix_) {
        command.matrix = matrix_;
    }
    return ModuleCommand(command);
}

} // namespace rushes
