// ClipLibrary: what clips look like.
#include "base/error.h"
#include "library/clip_library_state.h"

#include <algorithm>

namespace rushes {

void ClipLibrary::set_look(std::int64_t id, const ClipLook& look) {
    const std::string bytes = to_bytes(look);
    state_->database.guarded([&] {
        SQLite::Statement insert(
            *state_->database,
            "INSERT OR REPLACE INTO clip_looks (clip, look) SELECT id, ? FROM clips WHERE id = ?"
        );
        insert.bind(1, bytes.data(), static_cast<int>(bytes.size()));
        insert.bind(2, id);
        insert.exec();
    });
}

bool ClipLibrary::has_look(std::int64_t id) const {
    return state_->database.guarded([&] {
        SQLite::Statement row(*state_->database, "SELECT 1 FROM clip_looks WHERE clip = ?");
        row.bind(1, id);
        return row.executeStep();
    });
}

std::vector<Alike>
ClipLibrary::alike(const ClipLook& look, std::size_t most, const std::stop_token& stop) const {
    return state_->database.guarded([&] {
        SQLite::Statement rows(*state_->database, "SELECT clip, look FROM clip_looks");
        std::vector<Alike> found;
        while (rows.executeStep()) {
            throw_if_stopped(stop);
            const SQLite::Column bytes = rows.getColumn(1);
            const auto known = look_from_bytes(
                {static_cast<const char*>(bytes.getBlob()), static_cast<std::size_t>(bytes.getBytes())}
            );
            const double away = known ? difference(*known, look) : most_difference_of_same + 1;
            if (away <= most_difference_of_same) {
                found.push_back({rows.getColumn(0).getInt64(), away});
            }
        }
        std::ranges::sort(found, {}, &Alike::difference);
        found.resize(std::min(found.size(), most));
        return found;
    });
}

} // namespace rushes
