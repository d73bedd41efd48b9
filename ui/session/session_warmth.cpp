// StudioSession: the model that is kept for the next clip, and giving its memory to other programs.
#include "generation/engine.h"
#include "session/studio_session.h"
#include "work/home_call.h"

#include <algorithm>

namespace rushes::ui {

void StudioSession::warmUp(const Recipe& recipe) {
    const auto found = std::ranges::find(models_, recipe.model, &ModelInfo::id);
    const std::string dtype = settled_dtype(recipe.dtype, load_options_for(device_).device);
    const std::string wanted = recipe.model + ' ' + dtype;
    if (!engine_ready_ || run_ || (yielded_ && paused_) || found == models_.end() || wanted == warm_) {
        return;
    }
    const Plan plan = planOn(allowedDevice(), recipe);
    if (plan.draft && !plan.draft_stays) {
        return; // another one is read first, and has no room beside it
    }
    warm_ = wanted;
    warming_.request_stop(); // of another model
    warming_ = std::stop_source();
    engine_thread_.post([this, model = *found, dtype, wanted = warming_.get_token()](std::stop_token stop) {
        std::stop_source either;
        const std::stop_callback by_choice(wanted, [&] { either.request_stop(); });
        const std::stop_callback by_end(stop, [&] { either.request_stop(); });
        try {
            engine_->preload(model, dtype, either.get_token());
        } catch (const Stopped&) {
            // Another model was chosen, or the program ends.
        } catch (const std::exception&) {
            // The run that needs the model will say so where it belongs.
        }
    });
}

bool StudioSession::idle() const {
    return engine_ready_ && !run_ && (paused_ ? !yielded_ : queue_.waiting() == 0);
}

void StudioSession::yieldDevice() {
    pauseNow();
    yielded_ = true;
    warming_.request_stop();
    warm_.clear();
    engine_thread_.post([this](std::stop_token) { // behind the run that stops
        if (engine_) {
            engine_->release();
        }
        callHome(this, [this] { emit deviceYielded(); });
    });
}

} // namespace rushes::ui
