#include "serve/file_body.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace rushes::serve {
namespace {

class WholeBody final : public BodySource {
public:
    WholeBody(std::shared_ptr<GrowingFile> file, std::uint64_t offset, std::uint64_t bytes)
        : file_(std::move(file)), offset_(offset), left_(bytes) {}

    State next(std::string& piece, std::size_t most) override {
        const std::string read =
            file_->read(offset_, static_cast<std::size_t>(std::min<std::uint64_t>(most, left_)));
        offset_ += read.size();
        left_ -= read.size();
        piece += read;
        return left_ == 0 || read.empty() ? State::end : State::more;
    }

private:
    std::shared_ptr<GrowingFile> file_;
    std::uint64_t offset_;
    std::uint64_t left_;
};

class GrowingBody final : public BodySource {
public:
    explicit GrowingBody(std::shared_ptr<LiveClip> clip)
        : clip_(std::move(clip)), file_(clip_->growing_file()) {}

    State next(std::string& piece, std::size_t most) override {
        const bool ended = clip_->look().ended; // asked before the file is: what is read then is all of it
        const std::string read = file_->read(offset_, most);
        offset_ += read.size();
        piece += read;
        return !read.empty() ? State::more : ended ? State::end : State::later;
    }

private:
    std::shared_ptr<LiveClip> clip_;
    std::shared_ptr<GrowingFile> file_;
    std::uint64_t offset_ = 0;
};

std::optional<std::uint64_t> number_of(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && !text.empty() ? std::optional(number)
                                                                                     : std::nullopt;
}

std::string in_words(const ByteRange& range, const std::string& size) {
    return "bytes " + std::to_string(range.first) + "-" + std::to_string(range.last) + "/" + size;
}

HttpResponse outside(std::uint64_t size) {
    HttpResponse response = refusal(416, "The file has " + std::to_string(size) + " bytes so far.");
    response.headers.emplace_back("Content-Range", "bytes */" + std::to_string(size));
    return response;
}

/// `size`: what Content-Range says, "*" while it is not known.
HttpResponse part(const std::shared_ptr<GrowingFile>& file, const ByteRange& range, const std::string& size) {
    HttpResponse response;
    response.status = 206;
    response.headers.emplace_back("Content-Range", in_words(range, size));
    response.source_bytes = range.last - range.first + 1;
    response.source = std::make_unique<WholeBody>(file, range.first, *response.source_bytes);
    return response;
}

std::string type_of(const std::filesystem::path& file) {
    std::string extension = file.extension().string();
    std::ranges::transform(extension, extension.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
    return extension == ".mp4"    ? "video/mp4"
           : extension == ".mkv"  ? "video/x-matroska"
           : extension == ".webp" ? "image/webp"
           : extension == ".gif"  ? "image/gif"
           : extension == ".png"  ? "image/png"
           : extension == ".jpg"  ? "image/jpeg"
           : extension == ".avif" ? "image/avif"
                                  : "application/octet-stream";
}

/// A range counts only for the file that the client has the beginning of.
std::string range_header(const HttpRequest& request, const std::string& etag) {
    const std::string& if_range = request.header("if-range");
    return if_range.empty() || if_range == etag ? request.header("range") : std::string();
}

} // namespace

WantedRange wanted_range(const std::string& header, std::uint64_t size) {
    constexpr std::string_view unit = "bytes=";
    if (!header.starts_with(unit) || header.find(',') != std::string::npos) {
        return {};
    }
    const std::string_view range = std::string_view(header).substr(unit.size());
    const std::size_t dash = range.find('-');
    if (dash == std::string_view::npos) {
        return {};
    }
    const auto first = number_of(range.substr(0, dash));
    const auto last = number_of(range.substr(dash + 1));
    if (!first && !last) {
        return {};
    }
    if (!first) { // the last so many bytes
        return *last == 0 || size == 0
                   ? WantedRange{RangeKind::outside, {}}
                   : WantedRange{RangeKind::some, {size - std::min(*last, size), size - 1}};
    }
    if ((last && *last < *first) || (!last && dash + 1 < range.size())) {
        return {};
    }
    if (*first >= size) {
        return {RangeKind::outside, {}};
    }
    return {RangeKind::some, {*first, std::min(last.value_or(size - 1), size - 1)}};
}

HttpResponse
whole_file(const HttpRequest& request, const std::filesystem::path& file, const std::string& etag) {
    const auto opened = GrowingFile::open(file);
    if (opened == nullptr) {
        return refusal(404, "The file is not there any more.");
    }
    const std::uint64_t size = opened->size();
    const WantedRange wanted = wanted_range(range_header(request, etag), size);
    if (wanted.kind == RangeKind::outside) {
        return outside(size);
    }
    HttpResponse response;
    if (wanted.kind == RangeKind::some) {
        response = part(opened, wanted.range, std::to_string(size));
    } else {
        response.source_bytes = size;
        response.source = std::make_unique<WholeBody>(opened, 0, size);
    }
    response.content_type = type_of(file);
    response.headers.emplace_back("Accept-Ranges", "bytes");
    response.headers.emplace_back("ETag", etag);
    return response;
}

HttpResponse growing_file(const HttpRequest& request, const std::shared_ptr<LiveClip>& clip) {
    const auto file = clip->growing_file();
    if (file == nullptr) {
        HttpResponse response = refusal(404, "The clip has no file yet.", "Try again in a moment.");
        response.headers.emplace_back("Retry-After", "1");
        return response;
    }
    const std::string etag = "\"" + clip->job() + "-growing\"";
    const std::uint64_t size = file->size();
    const WantedRange wanted = wanted_range(range_header(request, etag), size);
    HttpResponse response;
    if (wanted.kind == RangeKind::outside) {
        response = outside(size);
        response.headers.emplace_back("Retry-After", "1");
        return response;
    }
    if (wanted.kind == RangeKind::some) {
        response = part(file, wanted.range, "*");
    } else {
        response.source = std::make_unique<GrowingBody>(clip);
    }
    response.content_type = "video/mp4";
    response.headers.emplace_back("Accept-Ranges", "bytes");
    response.headers.emplace_back("ETag", etag);
    response.headers.emplace_back("Rushes-Complete", "false");
    return response;
}

void save_as(HttpResponse& response, const std::string& name) {
    constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
    constexpr std::string_view hex = "0123456789ABCDEF";
    std::string escaped;
    for (const char c : name) {
        if (plain.find(c) != std::string_view::npos) {
            escaped += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            escaped += {'%', hex[byte >> 4], hex[byte & 15]};
        }
    }
    response.headers.emplace_back("Content-Disposition", "attachment; filename*=UTF-8''" + escaped);
}

} // namespace rushes::serve
