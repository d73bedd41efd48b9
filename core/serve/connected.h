#pragma once

#include <string>

namespace rushes::serve {

/// Who watches over a stream.
struct Connected {
    std::string address;
    std::string program; ///< as it calls itself (User-Agent)
    bool owner = false;  ///< by the owner's token, else a guest
    int clips = 0;       ///< that it watches

    bool operator==(const Connected&) const = default;
};

} // namespace rushes::serve
