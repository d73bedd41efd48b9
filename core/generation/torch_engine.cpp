#include "generation/torch_engine.h"

#include "base/memory.h"
#include "base/sha256.h"
#include "generation/computing_threads.h"
#include "generation/device_errors.h"
#include "generation/device_memory.h"
#include "generation/memory_check.h"
#include "generation/plan_run.h"
#include "generation/warm_up.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

namespace rushes {
namespace {

constexpr std::size_t conditionings_kept = 8; ///< a few megabytes each at most

std::vector<LoraFile> lora_files(const Recipe& recipe) {
    std::vector<LoraFile> files;
    for (const RecipeLora& lora : recipe.loras) {
        files.push_back({lora.path, lora.strength});
    }
    return files;
}

/// All that a conditioning is made of. No text of a recipe holds a NUL.
std::string key_of(const std::string& prompt, const Recipe& recipe, bool guided) {
    std::string key;
    const auto add = [&](const std::string& text) { key.append(text).push_back('\0'); };
    add(prompt);
    add(guided ? "guided" : "");
    add(guided ? recipe.negative_prompt : "");
    for (const RecipeInput& input : recipe.inputs) {
        add(input.role);
        add(input.hash);
        add(std::to_string(input.frame));
    }
    for (const RecipeLora& lora : recipe.loras) { // they may change the text encoder too
        add(lora.hash);
        add(std::to_string(lora.strength));
    }
    return key;
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
    : options_(std::move(options)), loader_(std::move(loader)), device_(within(options_.memory, device)) {}

Outcome
TorchEngine::run(const Plan& plan, const RunInputs& inputs, const RunSinks& sinks, std::stop_token stop) {
    using Clock = PlanRun::Clock;
    const auto start = Clock::now();
    const auto seconds = [&](Clock::time_point since) {
        return std::chrono::duration<double>(Clock::now() - since).count();
    };
    const at::Device torch_device(device_.torch_name);
    RunReport report;
    const auto complete_report = [&] {
        report.total_seconds = seconds(start);
        report.peak_memory_bytes = peak_memory(torch_device);
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
        ProgressTracker tracker(plan, start);
        const auto tell = [&] { told.progress(tracker.progress()); };
        const auto loading = [&](double fraction) {
            tracker.loading(fraction, Clock::now());
            tell();
        };
        loading(0);
        const int loads_before = loads_;
        const std::vector<LoraFile> loras_before = loras_;
        Pipeline& pipeline = pipeline_for(
            plan.model,
            load_options_of(
                plan,
                {.device = device_.torch_name,
                 .dtype = settled_dtype(plan.recipe.dtype, device_.torch_name),
                 .progress = loading,
                 .loras = lora_files(plan.recipe)}
            ),
            stop
        );
        const bool loaded = loads_ > loads_before;
        report.load_seconds = loaded ? seconds(start) : 0;
        report.lora_seconds = !loaded && loras_ != loras_before ? seconds(start) : 0;

        const auto begin_of_text = Clock::now();
        const auto reading = [&](double fraction) {
            tracker.reading_text(fraction, Clock::now());
            tell();
        };
        reading(0);
        const auto condition = [&](const std::string& prompt, const ShareDone& done) {
            return conditioning_for(pipeline, plan, prompt, inputs, done, stop);
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
        report.text_seconds = seconds(begin_of_text);

        RunCheckpoint checkpoint(told.checkpoint, told.kept_runs, identity_of(plan, device_), note_of(told));
        PlanRun(plan, told, report, tracker, checkpoint, torch_device, stop).run(pipeline, conditions, start);
        if (!told.keep_checkpoint) {
            checkpoint.forget();
        }
        return Finished{complete_report()};
    } catch (const Stopped&) {
        return StoppedEarly{complete_report()};
    } catch (...) {
        // The cache may be half of what failed: what a later run needs is made again.
        Error error = translated(std::current_exception());
        conditionings_.clear();
        if (error.kind() == ErrorKind::transient) { // of a device that failed nothing is trusted any more
            pipeline_.reset();
        }
        if (error.kind() == ErrorKind::resource) {
            give_back_memory(torch_device);
        }
        return Failed{std::move(error), complete_report()};
    }
}

void TorchEngine::release() {
    pipeline_.reset();
    conditionings_.clear();
    loras_.clear();
    loaded_key_.clear();
    give_back_memory(at::Device(device_.torch_name));
    give_back_process_memory();
}

void TorchEngine::preload(const ModelInfo& model, const std::string& dtype, std::stop_token stop) {
    try {
        prepare_computing_thread(options_.threads, options_.background);
        const c10::InferenceMode no_gradients;
        LoadOptions options{.device = device_.torch_name, .dtype = settled_dtype(dtype, device_.torch_name)};
        if (lack_of_memory_to_load(model, options, device_.info)) {
            options.denoiser = DenoiserPlace::streamed;
        }
        // Nobody has asked for this model's memory yet: a system that lacks it would end the program.
        if (const auto lack = lack_of_memory_to_load(model, options, device_.info)) {
            throw Error(*lack);
        }
        pipeline_for(model, std::move(options), stop);
        warm_up(at::Device(device_.torch_name));
    } catch (const Stopped&) {
        throw;
    } catch (...) {
        throw translated(std::current_exception());
    }
}

Pipeline& TorchEngine::pipeline_for(const ModelInfo& model, LoadOptions options, std::stop_token stop) {
    const std::string key = model.directory.string() + '\n' + model.hash + '\n' + options.dtype + "\n" +
                            std::to_string(static_cast<int>(options.denoiser)) +
                            (options.device_of("text_encoder") == "cpu" ? "\ntext on the CPU" : "");
    if (pipeline_ != nullptr && key == loaded_key_ &&
        (options.loras == loras_ || pipeline_->change_loras(options.loras, stop))) {
        loras_ = std::move(options.loras);
        return *pipeline_;
    }
    // The old model goes first: two of them may not fit.
    conditionings_.clear();
    pipeline_.reset();
    throw_if_stopped(stop);
    pipeline_ = loader_(model, options, stop);
    ++loads_;
    loaded_key_ = key;
    loras_ = std::move(options.loras);
    return *pipeline_;
}

const Conditioning& TorchEngine::conditioning_for(
    Pipeline& pipeline,
    const Plan& plan,
    const std::string& prompt,
    const RunInputs& inputs,
    const ShareDone& done,
    std::stop_token stop
) {
    const Recipe& recipe = plan.recipe;
    const bool guided = std::ranges::any_of(plan.passes, &Pass::guided);
    std::string key = key_of(prompt, recipe, guided);
    const auto found = std::ranges::find(conditionings_, key, &Kept::key);
    if (found != conditionings_.end()) {
        std::rotate(conditionings_.begin(), found, found + 1);
        return conditionings_.front().conditioning;
    }
    throw_if_stopped(stop);
    const Brief brief{prompt, recipe.negative_prompt, guided, inputs};
    conditionings_.push_front({std::move(key), pipeline.condition(brief, stop, done)});
    // What a text encoder took that is gone again comes in pieces that suit nobody else.
    give_back_memory(at::Device(device_.torch_name));
    if (conditionings_.size() > conditionings_kept) {
        conditionings_.pop_back();
    }
    return conditionings_.front().conditioning;
}

} // namespace rushes
