#include "generation/torch_engine.h"

#include "base/memory.h"
#include "base/sha256.h"
#include "generation/computing_threads.h"
#include "generation/device_errors.h"
#include "generation/device_memory.h"
#include "generation/memory_check.h"
#include "generation/phase_gauge.h"
#include "generation/plan_run.h"
#include "generation/warm_up.h"
#include "nn/kept_memory.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/ScopeExit.h>

namespace rushes {
namespace {

using Clock = PlanRun::Clock;

/// Of the memory of tensors: as much as the built-in model's next run begins with.
constexpr std::uint64_t kept_between_runs = std::uint64_t{64} << 20;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

std::vector<LoraFile> lora_files(const Recipe& recipe) {
    std::vector<LoraFile> files;
    for (const RecipeLora& lora : recipe.loras) {
        files.push_back({lora.path, lora.strength});
    }
    return files;
}

/// What the numbers of a run depend on, but for what changes on its way: who has the same may go on with its
/// checkpoint (Note [lineage]).
std::string identity_of(const Plan& plan, const Device& device) {
    Sha256 hash;
    Recipe unchanged = plan.recipe;
    unchanged.prompt_changes.clear();
    unchanged.step_changes.clear();
    unchanged.fast_decode = false; // what is kept comes before it
    hash.update(to_json(unchanged) + '\n' + plan.model.hash + '\n' + device.info.name + "\n" RUSHES_VERSION);
    return hash.finish();
}

/// What is other from the step on, to the last bit: what two changes have in common is computed once.
std::string other_values_of(const StepChange& change) {
    return nlohmann::json{change.after_steps, change.prompt, change.guidance_scale}.dump();
}

/// The device as it may be used.
Device within(std::uint64_t memory, Device device) {
    if (memory > 0 && device.info.kind != DeviceKind::cpu) {
        device.info.memory = device.info.memory > 0 ? std::min(memory, device.info.memory) : memory;
        device.info.limited = true;
    }
    return device;
}

/// Without the pictures that so many frames do not come by.
RunInputs within(int frames, RunInputs inputs) {
    const auto keyframes = inputs.pictures.find(role_keyframe);
    if (keyframes != inputs.pictures.end()) {
        std::erase_if(keyframes->second, [&](const FramePtr& picture) {
            return picture->index >= frames - 1;
        });
    }
    return inputs;
}

RunCheckpoint::Note note_of(const RunSinks& sinks) {
    return [&sinks](const std::string& sentence) {
        if (sinks.note) {
            sinks.note(sentence);
        }
    };
}

} // namespace

TorchEngine::TorchEngine(EngineOptions options, PipelineLoader loader)
    : TorchEngine(options, resolve_device(options.device, options.threads), std::move(loader)) {}

TorchEngine::TorchEngine(EngineOptions options, Device device, PipelineLoader loader)
    : options_(std::move(options)),
      device_(within(options_.memory, std::move(device))),
      model_(loader, at::Device(device_.torch_name)),
      drafter_(std::move(loader), at::Device(device_.torch_name)) {
    KeptMemory::use();
}

Outcome
TorchEngine::run(const Plan& plan, const RunInputs& inputs, const RunSinks& sinks, std::stop_token stop) {
    const auto start = Clock::now();
    const at::Device torch_device(device_.torch_name);
    RunReport report;
    PhaseGauge gauge(torch_device, sinks.measure);
    const auto leave = c10::make_scope_exit([] { KeptMemory::use().give_back(kept_between_runs); });
    const auto complete_report = [&] {
        report.total_seconds = seconds_since(start);
        report.peak_memory_bytes = gauge.peak_memory_bytes();
        if (report.draft && report.draft->first_preview_seconds >= 0) {
            report.first_preview_seconds = report.draft->first_preview_seconds;
        }
        return report;
    };
    try {
        forget_peak_memory(torch_device);
        if (const auto lack = lack_of_memory(plan, device_.info)) {
            throw Error(*lack);
        }
        ComputingThreads threads(options_.threads, options_.background);
        const c10::InferenceMode no_gradients;
        RunSinks told = sinks;
        told.progress = [&](const Progress& progress) {
            threads.make_room();
            if (sinks.progress) {
                sinks.progress(progress);
            }
        };
        const Call call{inputs, told, gauge, start, std::move(stop)};
        RunCheckpoint checkpoint(told.checkpoint, told.kept_runs, identity_of(plan, device_), note_of(told));
        make_room_for(plan);
        if (plan.draft && checkpoint.empty()) { // a first look is not needed twice
            report.draft = std::make_shared<const RunReport>(draft(plan, call));
        }
        ProgressTracker tracker(plan, Clock::now());
        make(plan, model_, tracker, checkpoint, report, call);
        if (!told.keep_checkpoint) {
            checkpoint.forget();
        }
        Finished finished{complete_report()};
        model_.get_ready();
        return finished;
    } catch (const Stopped&) {
        return StoppedEarly{complete_report()};
    } catch (...) {
        // The cache may be half of what failed: what a later run needs is made again.
        Error error = translated(std::current_exception());
        for (LoadedModel* loaded : {&model_, &drafter_}) {
            loaded->forget_prompts();
            if (error.kind() == ErrorKind::transient) { // of a device that failed nothing is trusted any more
                loaded->release();
            }
        }
        if (error.kind() == ErrorKind::resource) {
            give_back_memory(torch_device);
        }
        return Failed{std::move(error), complete_report()};
    }
}

/// What the plan did not count with goes.
void TorchEngine::make_room_for(const Plan& plan) {
    if (!plan.draft) {
        drafter_.release();
    } else if (!plan.draft_stays || !model_.holds(plan.model, options_for(plan))) {
        model_.release();
    }
}

/// Leaves the other model in memory only where the plan has room for both.
RunReport TorchEngine::draft(const Plan& plan, const Call& call) {
    RunReport report;
    const RunInputs inputs = within(plan.draft->passes.front().frames, call.inputs);
    RunSinks sinks = call.sinks;
    sinks.next_prompt = {}; // those are of the clip
    sinks.audio = {};
    RunCheckpoint none({}, {}, {}, {});
    ProgressTracker tracker(*plan.draft, Clock::now(), plan.work);
    make(*plan.draft, drafter_, tracker, none, report, {inputs, sinks, call.gauge, call.start, call.stop});
    if (!plan.draft_stays) {
        drafter_.release();
        give_back_memory(at::Device(device_.torch_name));
    }
    return report;
}

/// Loads the model where it is not there yet, reads the prompts and runs all passes.
void TorchEngine::make(
    const Plan& plan,
    LoadedModel& loaded,
    ProgressTracker& tracker,
    RunCheckpoint& checkpoint,
    RunReport& report,
    const Call& call
) {
    const auto begin = Clock::now();
    const auto tell = [&] { call.sinks.progress(tracker.progress()); };
    const auto loading = [&](double fraction) {
        tracker.loading(fraction, Clock::now());
        tell();
    };
    loading(0);
    const int loads_before = loaded.loads();
    const std::vector<LoraFile> loras_before = loaded.loras();
    LoadOptions options = options_for(plan);
    options.progress = loading;
    Pipeline& pipeline = loaded.get(plan.model, std::move(options), call.stop);
    const bool was_read = loaded.loads() > loads_before;
    report.load_seconds = was_read ? seconds_since(begin) : 0;
    report.lora_seconds = !was_read && loaded.loras() != loras_before ? seconds_since(begin) : 0;

    const auto begin_of_text = Clock::now();
    const auto reading = [&](double fraction) {
        tracker.reading_text(fraction, Clock::now());
        tell();
    };
    reading(0);
    call.gauge.begin();
    const auto condition = [&](const std::string& prompt, const ShareDone& done) {
        return loaded.condition(plan, prompt, call.inputs, done, call.stop);
    };
    RunConditions conditions{
        .first = condition(plan.recipe.prompt, reading),
        .turns = {},
        .step_turns = {},
        .condition = [&](const std::string& prompt) { return condition(prompt, {}); }
    };
    for (const PromptChange& change : plan.recipe.prompt_changes) {
        conditions.turns.push_back({change.frame, change.prompt, condition(change.prompt, {})});
    }
    for (const StepChange& change : plan.recipe.step_changes) {
        conditions.step_turns.push_back(
            {change.after_steps,
             other_values_of(change),
             change.prompt.empty() ? Conditioning() : condition(change.prompt, {}),
             change.guidance_scale}
        );
    }
    call.gauge.end(report.text);
    report.text_seconds = seconds_since(begin_of_text);
    const at::Device device(device_.torch_name);
    PlanRun(plan, call.sinks, report, tracker, checkpoint, call.gauge, device, call.stop)
        .run(pipeline, conditions, call.start);
}

LoadOptions TorchEngine::options_for(const Plan& plan) const {
    return load_options_of(
        plan,
        with_numbers({.device = device_.torch_name, .loras = lora_files(plan.recipe)}, plan.recipe.dtype)
    );
}

void TorchEngine::release() {
    model_.release();
    drafter_.release();
    give_back_memory(at::Device(device_.torch_name));
    give_back_process_memory();
}

void TorchEngine::preload(const ModelInfo& model, const std::string& dtype, std::stop_token stop) {
    try {
        prepare_computing_thread(options_.threads, options_.background);
        const c10::InferenceMode no_gradients;
        LoadOptions options = with_numbers({.device = device_.torch_name}, dtype);
        if (lack_of_memory_to_load(model, options, device_.info)) {
            options.denoiser = DenoiserPlace::streamed;
        }
        // Nobody has asked for this model's memory yet: a system that lacks it would end the program.
        if (const auto lack = lack_of_memory_to_load(model, options, device_.info)) {
            throw Error(*lack);
        }
        if (!model_.holds(model, options)) {
            drafter_.release();
        }
        model_.get(model, std::move(options), stop);
        warm_up(at::Device(device_.torch_name));
    } catch (const Stopped&) {
        throw;
    } catch (...) {
        throw translated(std::current_exception());
    }
}

} // namespace rushes
