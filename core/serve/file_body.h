// Files over HTTP: whole, in ranges (RFC 9110, section 14), and while they grow.
#pragma once

#include "serve/growing_file.h"
#include "serve/http.h"
#include "serve/live_clip.h"

#include <filesystem>
#include <memory>
#include <string>

namespace rushes::serve {

/// One range of bytes, both ends included.
struct ByteRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0;

    bool operator==(const ByteRange&) const = default;
};

enum class RangeKind {
    none,    ///< no range was asked for, or one that has to be passed over: the whole file
    some,    ///< `range` holds it
    outside, ///< nothing of it is there: 416
};

struct WantedRange {
    RangeKind kind = RangeKind::none;
    ByteRange range;
};

/// "bytes=0-499", "bytes=500-", "bytes=-500" of `size` bytes. Several ranges at once are passed over, as the
/// RFC allows; what is no range too.
WantedRange wanted_range(const std::string& header, std::uint64_t size);

/// A file that is whole: GET and HEAD, Range and If-Range, ETag.
HttpResponse
whole_file(const HttpRequest& request, const std::filesystem::path& file, const std::string& etag);

/// The file of a clip that is being made, a fragmented MP4. Without a range it is followed until the clip is
/// complete; with one, what is there of it now.
HttpResponse growing_file(const HttpRequest& request, const std::shared_ptr<LiveClip>& clip);

/// The name under which a browser saves it (RFC 6266, RFC 8187).
void save_as(HttpResponse& response, const std::string& name);

} // namespace rushes::serve
