// An ErrorKind as a word: what `--json` events, logs and copied error reports call it.
#pragma once

#include "base/error.h"

namespace rushes {

inline const char* kind_word(ErrorKind kind) {
    switch (kind) {
    case ErrorKind::user:
        return "user";
    case ErrorKind::resource:
        return "resource";
    case ErrorKind::transient:
        return "transient";
    case ErrorKind::bug:
        return "bug";
    }
    return "bug";
}

} // namespace rushes
