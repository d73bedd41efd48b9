// rushes generate PROMPT -o FILE
#include "base/memory.h"
#include "base/paths.h"
#include "commands/interrupt.h"
#include "commands/plan_text.h"
#include "commands/progress_printer.h"
#include "commands/request.h"
#include "commands/run_command.h"
#include "commands/terminal.h"
#include "generation/memory_check.h"
#include "library/clip_library.h"
#include "metrics/speed_book.h"

#include <chrono>

namespace rushes {
namespace {

ProgressStyle style_of(const GenerateCommand& command) {
    return command.json ? ProgressStyle::json : is_terminal() ? ProgressStyle::terminal : ProgressStyle::log;
}

/// The clip appears in the studio's film strip too. A library that cannot be written costs a line, not the
/// clip.
void remember(const JobRequest& request, const JobResult& result) {
    ClipRecord record;
    std::error_code error;
    record.file = std::filesystem::absolute(result.clip->path, error);
    record.recipe = request.plan.recipe;
    record.state = std::holds_alternative<Finished>(result.outcome)       ? ClipState::finished
                   : std::holds_alternative<StoppedEarly>(result.outcome) ? ClipState::stopped
                                                                          : ClipState::failed;
    record.width = request.settings.width > 0 ? request.settings.width : request.plan.recipe.width;
    record.height = request.settings.height > 0 ? request.settings.height : request.plan.recipe.height;
    record.frames = result.clip->frames;
    record.seconds_to_make = result.seconds;
    record.report_json = result_json(result)["report"].dump();
    record.created_unix_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                                 std::chrono::system_clock::now().time_since_epoch()
    )
                                 .count();
    try {
        ClipLibrary(data_dir() / "library.db").add(record);
    } catch (const Error& failure) {
        say("The clip is made, but not in the library: " + std::string(failure.what()));
    }
}

int report_end(const GenerateCommand& command, const JobRequest& request, const JobResult& result) {
    if (command.json) {
        print(result_json(result).dump() + "\n");
    } else if (result.clip) {
        say(result_in_words(request, result));
        if (!result.clip->note.empty()) {
            say("Note: " + result.clip->note);
        }
    } else if (std::holds_alternative<StoppedEarly>(result.outcome)) {
        say("Stopped before the first frame: there is no file.");
    }
    if (const auto* const failed = std::get_if<Failed>(&result.outcome)) {
        say_error(failed->error);
        return exit_failed;
    }
    return std::holds_alternative<Finished>(result.outcome) ? exit_ok : exit_interrupted;
}

/// What was asked for, as a plan; a wrong value is the command line's fault, whatever noticed it.
Plan plan_or_usage_error(const GenerateCommand& command, int& code) {
    const Recipe recipe = recipe_of(command);
    const ModelInfo model = model_of(command, recipe);
    code = exit_usage;
    Plan plan = plan_of(command, recipe, model);
    code = exit_failed;
    return plan;
}

} // namespace

int run_generate(const GenerateCommand& command) {
    int code = exit_failed;
    try {
        InterruptWatch interrupt;
        const JobRequest request = job_of(command, plan_or_usage_error(command, code));
        const auto engine =
            load_engine({.device = command.device, .threads = command.threads, .background = false});
        SpeedBook book(SpeedBook::default_file());
        const Estimate estimate = book.estimate(request.plan, engine->device_name());
        if (command.json) {
            print(plan_json(request, estimate, engine->device_name()).dump() + "\n");
        } else if (command.dry_run) {
            print(plan_in_words(request, estimate, engine->device_name()));
        } else {
            for (const std::string& change : request.plan.changes) {
                say("Note: " + change);
            }
        }
        if (command.dry_run) {
            const bool on_cpu = engine->device_name().starts_with("CPU");
            if (const auto lack = lack_of_memory(request.plan, on_cpu ? machine_memory().all() : 0)) {
                say_error(*lack);
            }
            return exit_ok;
        }
        ProgressPrinter printer(style_of(command));
        JobObserver observer;
        observer.progress = [&](const Progress& progress) { printer.show(progress); };
        FrameStore store(request.store_bytes);
        const JobResult result = run_job(*engine, request, store, observer, interrupt.token());
        printer.end();
        if (const auto* const finished = std::get_if<Finished>(&result.outcome)) {
            book.learn(request.plan, engine->device_name(), finished->report);
        }
        if (result.clip && !command.no_library) {
            remember(request, result);
        }
        return report_end(command, request, result);
    } catch (const Error& error) {
        say_error(error);
        return code;
    }
}

} // namespace rushes
