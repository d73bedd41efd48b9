#include "library/dropped_file.h"

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/paths.h"
#include "work/clip_work.h"

namespace rushes::ui {

DroppedFile readDropped(const std::filesystem::path& file) {
    if (lower_extension(file) == ".json") {
        return {recipe_from_json(read_file(file)), std::nullopt};
    }
    ClipRecord record = clipWork().record_of_file(file);
    return {record.recipe, record};
}

} // namespace rushes::ui
