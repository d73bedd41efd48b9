#include "base/case_fold.h"

#include <cstdlib>
#include <memory>
#include <utf8proc.h>

namespace rushes {

std::string case_folded(std::string_view text) {
    utf8proc_uint8_t* made = nullptr;
    const utf8proc_ssize_t size = utf8proc_map(
        reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
        static_cast<utf8proc_ssize_t>(text.size()),
        &made,
        static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD)
    );
    const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(made, &std::free);
    // Text that is no UTF-8 is like itself only.
    return size < 0 ? std::string(text)
                    : std::string(reinterpret_cast<const char*>(made), static_cast<std::size_t>(size));
}

} // namespace rushes
