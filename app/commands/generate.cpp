// rushes generate PROMPT -o FILE
#include "base/paths.h"
#include "commands/interrupt.h"
#include "commands/plan_text.h"
#include "commands/progress_printer.h"
#include "commands/remember.h"
#include "commands/request.h"
#include "commands/run_command.h"
#include "commands/terminal.h"
#include "generation/memory_check.h"
#include "jobs/clip_file.h"
#include "jobs/kept_runs.h"
#include "jobs/record.h"
#include "jobs/unfinished.h"
#include "metrics/speed_book.h"
#include "models/lora_parts.h"

namespace rushes {
namespace {

ProgressStyle style_of(const GenerateCommand& command) {
    return command.json ? ProgressStyle::json : is_terminal() ? ProgressStyle::terminal : ProgressStyle::log;
}

/// What a run that was killed left is a clip now, and in the library.
void recover(bool remembered) {
    for (const std::filesystem::path& file : recover_unfinished(unfinished_notes())) {
        say("A run was cut off: its frames are saved as '" + file.string() + "'.");
        try {
            ClipRecord record = record_of_file(file);
            record.state = ClipState::stopped;
            if (remembered) {
                remember(record);
            }
        } catch (const Error&) {
            // Made without a recipe inside: a file and no more.
        }
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

/// What was asked for.
struct Wanted {
    Recipe recipe;
    ModelInfo model;
    std::optional<ModelInfo> drafter;
};

/// A wrong value is the command line's fault, whatever notices it, and known before the engine is loaded.
Wanted wanted_of(const GenerateCommand& command, int& code) {
    Recipe recipe = recipe_of(command);
    ModelInfo model = model_of(command, recipe);
    std::optional<ModelInfo> drafter = drafter_of(command, recipe);
    code = exit_usage;
    plan_of(command, recipe, model, {}, drafter);
    code = exit_failed;
    return {std::move(recipe), std::move(model), std::move(drafter)};
}

/// What a LoRA listens to, where its file says so.
void say_trigger_words(const Recipe& recipe) {
    for (const RecipeLora& lora : recipe.loras) {
        try {
            std::string words;
            for (const std::string& word : read_lora_parts(lora.path).trigger_words) {
                words += (words.empty() ? "" : ", ") + word;
            }
            if (!words.empty()) {
                const std::string file = std::filesystem::path(lora.path).filename().string();
                say("Note: '" + file + "' was trained with the words: " + words + ".");
            }
        } catch (const Error&) {
            // The run says what is wrong with the file.
        }
    }
}

} // namespace

int run_generate(const GenerateCommand& command) {
    int code = exit_failed;
    try {
        InterruptWatch interrupt;
        recover(!command.no_library);
        const Wanted wanted = wanted_of(command, code);
        const auto engine =
            load_engine({.device = command.device, .threads = command.threads, .memory = command.vram});
        const DeviceInfo device = engine->device();
        const JobRequest request = job_of(
            command, plan_of(command, wanted.recipe, wanted.model, load_options_for(device), wanted.drafter)
        );
        SpeedBook book(SpeedBook::default_file());
        const Estimate estimate = book.estimate(request.plan, device);
        if (command.json) {
            print(plan_json(request, estimate, device).dump() + "\n");
        } else if (command.dry_run) {
            print(plan_in_words(request, estimate, device));
        } else {
            if (!device.note.empty()) {
                say("Note: " + device.note);
            }
            for (const std::string& change : request.plan.changes) {
                say("Note: " + change);
            }
            say_trigger_words(request.plan.recipe);
        }
        if (command.dry_run) {
            if (const auto lack = lack_of_memory(request.plan, device)) {
                say_error(*lack);
            }
            return exit_ok;
        }
        ProgressPrinter printer(style_of(command));
        JobObserver observer;
        observer.progress = [&](const Progress& progress) { printer.show(progress); };
        observer.note = [](const std::string& sentence) { say("Note: " + sentence); };
        FrameStore store(request.store_bytes);
        const JobResult result = run_job(*engine, request, store, observer, interrupt.token());
        printer.end();
        if (command.go_on) { // of a run that was stopped, too
            keep_run(request.checkpoint, request.kept_runs, most_kept(request.kept_runs));
        }
        learn_from(result, request.plan, device, book);
        if (result.clip && !command.no_library) {
            remember(record_of(result, request.plan));
        }
        return report_end(command, request, result);
    } catch (const Error& error) {
        say_error(error);
        return code;
    }
}

} // namespace rushes
