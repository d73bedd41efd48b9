#include "base/error.h"
#include "models/family.h"
#include "models/fit_previews.h"
#include "models/pipeline.h"

namespace rushes {

std::unique_ptr<Pipeline>
load_pipeline(const ModelInfo& info, const LoadOptions& options, std::stop_token stop) {
#define RUSHES_FAMILY(room)                                                                                  \
    if (info.family == #room) {                                                                              \
        return room::load(info, options, stop);                                                              \
    }
#include "models/families.def"
#undef RUSHES_FAMILY
    throw Error(ErrorKind::bug, "There is no model family named \"" + info.family + "\".");
}

NewEncoder load_encoder(const ModelInfo& info, const LoadOptions& options, std::stop_token stop) {
#define RUSHES_FAMILY(room)                                                                                  \
    if (info.family == #room) {                                                                              \
        return room::load_encoder(info, options, stop);                                                      \
    }
#include "models/families.def"
#undef RUSHES_FAMILY
    throw Error(ErrorKind::bug, "There is no model family named \"" + info.family + "\".");
}

} // namespace rushes
