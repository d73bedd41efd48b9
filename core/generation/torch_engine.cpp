#include "generation/torch_engine.h"

#include "base/memory.h"
#include "generation/memory_check.h"
#include "generation/plan_run.h"

#include <algorithm>
#include <utility>

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

namespace rushes {
namespace {

constexpr std::size_t texts_kept = 8; ///< prompts; a few megabytes each at most

} // namespace

TorchEngine::TorchEngine(EngineOptions options, PipelineLoader loader)
    : options_(std::move(options)),
      loader_(std::move(loader)),
      device_(resolve_device(options_.device, options_.threads)) {}

Outcome TorchEngine::run(const Plan& plan, const RunSinks& sinks, std::stop_token stop) {
    using Clock = PlanRun::Clock;
    const auto start = Clock::now();
    const auto seconds = [&](Clock::time_point since) {
        return std::chrono::duration<double>(Clock::now() - since).count();
    };
    RunReport report;
    const auto complete_report = [&] {
        report.total_seconds = seconds(start);
        report.peak_memory_bytes = peak_process_memory();
        return report;
    };
    try {
        if (const auto lack =
                lack_of_memory(plan, device_.torch_name == "cpu" ? machine_memory().all() : 0)) {
            throw Error(*lack);
        }
        prepare_computing_thread(options_.threads, options_.background);
        const c10::InferenceMode no_gradients;
        ProgressTracker tracker(plan, start);
        const auto tell = [&] {
            if (sinks.progress) {
                sinks.progress(tracker.progress());
            }
        };
        const auto loading = [&](double fraction) {
            tracker.loading(fraction, Clock::now());
            tell();
        };
        loading(0);
        Pipeline& pipeline = pipeline_for(plan.model, plan.recipe.dtype, loading, stop);
        report.load_seconds = seconds(start);

        const auto reading = Clock::now();
        tracker.reading_text(reading);
        tell();
        const bool guided =
            std::ranges::any_of(plan.passes, [](const Pass& pass) { return pass.guidance_scale > 1; });
        const TextEmbeddings text = text_for(pipeline, plan.recipe, guided, stop);
        report.text_seconds = seconds(reading);

        PlanRun(plan, sinks, report, tracker, stop).run(pipeline, text, start);
        return Finished{complete_report()};
    } catch (const Stopped&) {
        return StoppedEarly{complete_report()};
    } catch (...) {
        // The cache may be half of what failed: what a later run needs is made again.
        Error error = translated(std::current_exception());
        texts_.clear();
        return Failed{std::move(error), complete_report()};
    }
}

void TorchEngine::preload(const ModelInfo& model, const std::string& dtype, std::stop_token stop) {
    try {
        prepare_computing_thread(options_.threads, options_.background);
        const c10::InferenceMode no_gradients;
        pipeline_for(model, dtype, {}, stop);
    } catch (const Stopped&) {
        throw;
    } catch (...) {
        throw translated(std::current_exception());
    }
}

Pipeline& TorchEngine::pipeline_for(
    const ModelInfo& model, const std::string& dtype, LoadProgress progress, std::stop_token stop
) {
    const std::string key = model.directory.string() + '\n' + model.hash + '\n' + dtype;
    if (pipeline_ == nullptr || key != loaded_key_) {
        // The old model goes first: two of them may not fit.
        texts_.clear();
        pipeline_.reset();
        throw_if_stopped(stop);
        pipeline_ = loader_(model, {device_.torch_name, dtype, std::move(progress)}, stop);
        loaded_key_ = key;
    }
    return *pipeline_;
}

const TextEmbeddings&
TorchEngine::text_for(Pipeline& pipeline, const Recipe& recipe, bool guided, std::stop_token stop) {
    const auto same = [&](const CachedText& text) {
        return text.prompt == recipe.prompt && text.guided == guided &&
               (!guided || text.negative == recipe.negative_prompt);
    };
    const auto found = std::ranges::find_if(texts_, same);
    if (found != texts_.end()) {
        std::rotate(texts_.begin(), found, found + 1);
        return texts_.front().embeddings;
    }
    throw_if_stopped(stop);
    TextEmbeddings embeddings = pipeline.encode(recipe.prompt, recipe.negative_prompt, guided, stop);
    texts_.push_front({recipe.prompt, recipe.negative_prompt, guided, std::move(embeddings)});
    if (texts_.size() > texts_kept) {
        texts_.pop_back();
    }
    return texts_.front().embeddings;
}

} // namespace rushes
