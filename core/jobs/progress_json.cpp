#include "jobs/progress_json.h"

namespace rushes {
namespace {

const char* phase_id(Phase phase) {
    switch (phase) {
    case Phase::loading:
        return "loading";
    case Phase::text:
        return "text";
    case Phase::encoding:
        return "encoding";
    case Phase::denoising:
        return "denoising";
    case Phase::decoding:
        return "decoding";
    case Phase::finishing:
        return "finishing";
    }
    return "";
}

} // namespace

nlohmann::ordered_json progress_json(const Progress& progress) {
    using Json = nlohmann::ordered_json;
    return {
        {"phase", phase_id(progress.phase)},
        {"draft", progress.draft},
        {"block", progress.block},
        {"blocks", progress.blocks},
        {"step", progress.step},
        {"steps", progress.steps},
        {"frames_done", progress.frames_done},
        {"frames_total", progress.frames_total},
        {"loaded", progress.loaded},
        {"text_read", progress.text_read},
        {"denoised", progress.denoised},
        {"decoded", progress.decoded},
        {"fraction", progress.fraction},
        {"frame_rate", progress.frame_rate},
        {"seconds_left", progress.seconds_left < 0 ? Json() : Json(progress.seconds_left)},
    };
}

} // namespace rushes
