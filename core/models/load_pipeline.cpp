#include "base/error.h"
#include "models/pipeline.h"

namespace rushes {

// Each family's folder defines load() in its own namespace.
#define RUSHES_FAMILY(room, pipeline_class)                                                                  \
    namespace room {                                                                                         \
    std::unique_ptr<Pipeline>                                                                                \
    load(const ModelInfo& info, const LoadOptions& options, const std::stop_token& stop);                    \
    }
#include "models/families.def"
#undef RUSHES_FAMILY

std::unique_ptr<Pipeline>
load_pipeline(const ModelInfo& info, const LoadOptions& options, std::stop_token stop) {
#define RUSHES_FAMILY(room, pipeline_class)                                                                  \
    if (info.family == #room) {                                                                              \
        return room::load(info, options, stop);                                                              \
    }
#include "models/families.def"
#undef RUSHES_FAMILY
    throw Error(ErrorKind::bug, "There is no model family named \"" + info.family + "\".");
}

} // namespace rushes
