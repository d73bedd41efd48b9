// A ClipQuery as SQL, for tables of clip_schema.h.
#pragma once

#include "library/clip_query.h"

#include <string>
#include <variant>
#include <vector>

namespace rushes {

struct ClipSearch {
    std::string sql; ///< selects ids
    std::vector<std::variant<std::int64_t, std::string>> values;
};

/// `limit` 0: none.
ClipSearch clip_search(const ClipQuery& query, int limit);

} // namespace rushes
