#include "command_line.h"

#include "bench_options.h"
#include "clip_options.h"
#include "generate_options.h"
#include "option_checks.h"
#include "service_options.h"

#include <CLI/CLI.hpp>

namespace rushes {
namespace {

constexpr const char* summary = "Rushes makes video clips from words, on this machine.\n"
                                "Without a command it opens the studio.";

constexpr const char* examples =
    "Examples:\n"
    "  rushes generate \"a red ball bounces over the sea\" -o ball.mp4\n"
    "  rushes generate \"a star spins in the night\" -o star.mp4 --duration 3 --seed 7\n"
    "  rushes generate \"a blue ring glides to the left\" -o story.mp4 --size 1080x1920 --fit blur\n"
    "  rushes generate --recipe ball.mp4 -o again.mkv\n"
    "  rushes recipe ball.mp4\n"
    "  rushes edit ball.mp4:0.5-2 star.mp4 -o both.mp4\n"
    "\n"
    "'rushes COMMAND --help' tells more about a command.\n"
    "Exit codes: 0 done, 1 failed, 2 wrong command line, 130 stopped by Ctrl+C.";

/// CLI11's help with fewer details: no "Excludes:", no "INT", one usage line.
class HelpFormatter : public CLI::Formatter {
public:
    HelpFormatter() { column_width(26); }

    std::string make_usage(const CLI::App* app, std::string name) const override {
        std::string line = "Usage: " + name;
        for (const CLI::Option* option : app->get_options()) {
            if (option->get_positional()) {
                line += option->get_required() ? " " + option->get_name(true)
                                               : " [" + option->get_name(true) + "]";
            }
        }
        return line + (app->get_subcommands({}).empty() ? " [OPTIONS]\n" : " [COMMAND] [OPTIONS]\n");
    }

    std::string make_option_opts(const CLI::Option* option) const override {
        if (option->get_type_size() == 0) {
            return {};
        }
        const std::string type = option->get_type_name();
        const bool number = type == "INT" || type == "UINT" || type == "FLOAT";
        return option->get_positional() ? std::string() : number ? " N" : " " + type;
    }
};

/// The help of a command without the runs of empty lines that groups leave behind.
std::string help_of(const CLI::App& app, const std::string& before) {
    std::string text = app.help(before);
    for (std::size_t at = 0; (at = text.find("\n\n\n", at)) != std::string::npos;) {
        text.erase(at, 1);
    }
    return text + (text.ends_with('\n') ? "" : "\n");
}

/// One sentence and where to look further; CLI11's messages name the flag.
Exit usage_error(const CLI::App& app, const CLI::ParseError& error) {
    std::string where = "rushes";
    for (const CLI::App* sub : app.get_subcommands()) {
        where += " " + sub->get_name();
    }
    std::string sentence = error.what();
    while (!sentence.empty() && (sentence.back() == '\n' || sentence.back() == '.')) {
        sentence.pop_back();
    }
    return {exit_usage, "rushes: " + sentence + ". See '" + where + " --help'.\n"};
}

} // namespace

CommandLine parse_command_line(int argc, const char* const* argv) {
    if (argc <= 1) {
        return StudioCommand{};
    }
    CLI::App app(summary, "rushes");
    app.formatter(std::make_shared<HelpFormatter>());
    app.require_subcommand(0, 1);
    app.set_version_flag("--version", "rushes " RUSHES_VERSION);

    ModelsCommand models;
    DoctorCommand doctor;
    CLI::App& studio_app = *app.add_subcommand("studio", "Open the window (the same as no command)");
    studio_app.allow_extras();
    studio_app.prefix_command();
    studio_app.footer("rushes studio FILE shows a clip and brings back the settings that made it.\n"
                      "--measure-start prints the milliseconds until the window is painted and the engine "
                      "ready, and ends.\n"
                      "Qt's own options (-platform, -style ...) are passed on.");
    GenerateOptions generate(app);
    ClipOptions clips(app);
    CLI::App& models_app =
        *app.add_subcommand("models", "List the models, look into a model's directory, add one");
    CLI::Option* models_dir =
        models_app.add_option("DIR", models.directory, "A directory in the diffusers layout");
    models_app.add_flag("--add", models.add, "Put DIR on the list, for the window too; nothing is copied")
        ->needs(models_dir);
    CLI::Option* convert = models_app
                               .add_option(
                                   "--convert",
                                   models.convert,
                                   "Write the weights IN (.pt, .pth, .ckpt, .safetensors or a folder) as "
                                   "safetensors: OUT.safetensors, "
                                   "or a folder OUT with shards"
                               )
                               ->expected(2)
                               ->type_name("IN OUT")
                               ->excludes(models_dir);
    models_app
        .add_option(
            "--random",
            models.random,
            "Write a model of random weights in the shapes of a published one (FAMILY/NAME) into the new "
            "folder DIR, "
            "to time it"
        )
        ->expected(2)
        ->type_name("PRESET DIR")
        ->excludes(models_dir)
        ->excludes(convert);
    auto* const fit = models_app
                          .add_option(
                              "--fit-previews",
                              models.fit_previews,
                              "Fit the colours of a model's previews to drawn pictures, before its first clip"
                          )
                          ->type_name("MODEL")
                          ->excludes(models_dir)
                          ->excludes(convert);
    models_app.add_option("--device", models.device, "auto, cpu, cuda or cuda:N")
        ->check(device_check())
        ->needs(fit);
    models_app.add_flag("--json", models.json, "As JSON");
    BenchOptions bench(app);
    CLI::App& doctor_app =
        *app.add_subcommand("doctor", "Tell what this machine is, what would run on it and what is missing");
    doctor_app.add_option("--device", doctor.device, "auto, cpu, cuda or cuda:N")->check(device_check());
    doctor_app.add_flag("--json", doctor.json, "As JSON");
    ServiceOptions service(app);
    CLI::App& version_app = *app.add_subcommand("version", "Print the version");

    app.footer(examples); // after the commands: they would inherit it

    try {
        app.parse(argc, argv);
        if (const auto command = generate.parsed()) {
            return ModuleCommand(*command);
        }
    } catch (const CLI::CallForHelp&) {
        const auto chosen = app.get_subcommands();
        return Exit{exit_ok, chosen.empty() ? help_of(app, "") : help_of(*chosen.front(), "rushes")};
    } catch (const CLI::CallForVersion&) {
        return Exit{exit_ok, "rushes " RUSHES_VERSION "\n"};
    } catch (const CLI::ParseError& error) {
        return usage_error(app, error);
    }
    if (const auto command = clips.parsed()) {
        return *command;
    }
    if (models_app.parsed()) {
        return ModuleCommand(models);
    }
    if (auto command = bench.parsed()) {
        return *std::move(command);
    }
    if (doctor_app.parsed()) {
        return ModuleCommand(doctor);
    }
    if (const auto command = service.parsed()) {
        return *command;
    }
    if (version_app.parsed()) {
        return Exit{exit_ok, "rushes " RUSHES_VERSION "\n"};
    }
    return StudioCommand{studio_app.remaining()};
}

} // namespace rushes
