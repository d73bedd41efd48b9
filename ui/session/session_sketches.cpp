// StudioSession: quick looks at many takes, beside the queue.
#include "base/error.h"
#include "convert.h"
#include "generation/engine.h"
#include "jobs/job_checkpoints.h"
#include "session/studio_session.h"
#include "work/clip_work.h"
#include "work/home_call.h"

#include <QCoreApplication>

namespace rushes::ui {

void StudioSession::sketch(const Recipe& recipe, const SketchSinks& sinks, std::stop_token stop) {
    Plan plan = planOf(recipe);
    plan.recipe.program_version = toStd(QCoreApplication::applicationVersion()); // as its job has it
    breakOffWarm();
    engine_thread_.post([this, plan, sinks, stop](std::stop_token ending) {
        std::stop_source either;
        const std::stop_callback by_choice(stop, [&] { either.request_stop(); });
        const std::stop_callback by_end(ending, [&] { either.request_stop(); });
        const Outcome outcome = sketchNow(plan, sinks, either);
        callHome(this, [done = sinks.done, outcome] { done(outcome); });
    });
}

void StudioSession::forgetSketches(const std::vector<std::string>& jobs) {
    engine_thread_.post([folder = parts_.checkpoints, jobs](std::stop_token) { // behind what still writes
        for (const std::string& job : jobs) {
            forget_checkpoint(folder, job);
        }
    });
}

/// On the engine's thread. What arrives comes home to the session: whoever asked for it may be gone by then.
Outcome StudioSession::sketchNow(const Plan& plan, const SketchSinks& sinks, std::stop_source stop) {
    if (!engine_) {
        return Failed{*engine_error_, {}};
    }
    RunSinks run;
    run.checkpoint =
        sinks.job.empty() ? std::filesystem::path() : checkpoint_of(parts_.checkpoints, sinks.job);
    run.keep_checkpoint = true;
    run.progress = [&sinks, &stop](const Progress& progress) {
        if (sinks.until && sinks.until(progress)) {
            stop.request_stop();
        }
    };
    run.preview = [this, &sinks](const Preview& preview) {
        sinks.preview(preview);
        callHome(this, sinks.arrived);
    };
    run.frame = [&sinks](const FramePtr& frame, bool) { sinks.frame(frame); };
    try {
        const bool pictures = !plan.recipe.inputs.empty();
        return engine_->run(
            plan, pictures ? clipWork().read_inputs(plan.recipe) : RunInputs{}, run, stop.get_token()
        );
    } catch (const Error& error) {
        return Failed{error, {}}; // a picture is gone, or the module is missing
    }
}

} // namespace rushes::ui
