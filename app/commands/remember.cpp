#include "commands/remember.h"

#include "base/paths.h"
#include "commands/terminal.h"
#include "jobs/clip_file.h"

namespace rushes {

void remember(const ClipRecord& record) {
    try {
        ClipLibrary library(data_dir() / "library.db");
        const std::int64_t id = library.add(record);
        if (const auto look = look_of_file(record.file)) {
            library.set_look(id, *look);
        }
    } catch (const Error& failure) {
        say("The clip is made, but not in the library: " + std::string(failure.what()));
    }
}

} // namespace rushes
