#include "base/paths.h"

#include <array>
#include <utf8proc.h>

namespace rushes {

std::string file_slug(std::string_view text, std::size_t max_length) {
    std::string slug;
    bool separate = false;
    const auto* at = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    const auto* const end = at + text.size();
    while (at < end) {
        utf8proc_int32_t c = 0;
        const utf8proc_ssize_t taken = utf8proc_iterate(at, end - at, &c);
        at += taken > 0 ? taken : 1;
        // Letters, the marks on them and numbers: the first groups of utf8proc_category_t.
        const utf8proc_category_t category = taken > 0 ? utf8proc_category(c) : UTF8PROC_CATEGORY_CN;
        const bool mark = category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_ME;
        if (category < UTF8PROC_CATEGORY_LU || category > UTF8PROC_CATEGORY_NO || (mark && separate)) {
            separate = true;
            continue;
        }
        std::array<utf8proc_uint8_t, 4> bytes{};
        const auto size = static_cast<std::size_t>(utf8proc_encode_char(utf8proc_tolower(c), bytes.data()));
        const bool hyphen = separate && !slug.empty();
        if (slug.size() + (hyphen ? 1 : 0) + size > max_length) {
            break;
        }
        slug.append(hyphen ? "-" : "").append(reinterpret_cast<const char*>(bytes.data()), size);
        separate = false;
    }
    return slug.empty() ? "clip" : slug;
}

} // namespace rushes
