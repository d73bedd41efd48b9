#include "serve/api.h"

#include "base/atomic_file.h"
#include "generation/model_json.h"
#include "media/clip_reader.h"
#include "media/image.h"
#include "media/read_picture.h"
#include "media/webp_picture.h"
#include "serve/answers.h"
#include "serve/file_body.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

namespace rushes::serve {
namespace {

constexpr int most_clips = 200;
constexpr int usual_clips = 40;
constexpr int poster_width = 284;
constexpr int poster_height = 164;

HttpResponse refusal_of(const Refused& refused) {
    HttpResponse response = answer_of({{"error", json_of(refused)}}, refused.status);
    if (refused.retry_after > 0) {
        response.headers.emplace_back("Retry-After", std::to_string(refused.retry_after));
    }
    return response;
}

/// What follows `prefix`; empty when the path begins otherwise.
std::optional<std::string> rest_of(const std::string& path, std::string_view prefix) {
    return path.starts_with(prefix) && path.size() > prefix.size() ? std::optional(path.substr(prefix.size()))
                                                                   : std::nullopt;
}

template <typename Number>
std::optional<Number> number_of(const std::string& text) {
    Number number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

HttpResponse small_picture(const Frame& frame) {
    HttpResponse response;
    response.content_type = "image/webp";
    response.body = encode_webp(thumbnail(frame, poster_width, poster_height), 75);
    return response;
}

} // namespace

Api::Api(
    Access access,
    Desk& desk,
    Broadcast& broadcast,
    Measures& measures,
    std::filesystem::path pages,
    std::function<Gauges()> gauges,
    std::function<std::string()> running
)
    : access_(std::move(access)),
      desk_(desk),
      broadcast_(broadcast),
      measures_(measures),
      pages_(std::move(pages)),
      gauges_(std::move(gauges)),
      running_(std::move(running)) {}

HttpResponse Api::answer(const HttpRequest& request) {
    HttpResponse response;
    try {
        response = route(request);
    } catch (const Refused& refused) {
        response = refusal_of(refused);
    } catch (const Error& error) {
        response = answer_of({{"error", json_of(error)}}, error.kind() == ErrorKind::user ? 400 : 500);
    } catch (const std::exception& error) {
        response = refusal(500, std::string("The service failed: ") + error.what() + ".");
    }
    if (const std::string& origin = request.header("origin"); access_.known_origin(origin)) {
        response.headers.emplace_back("Access-Control-Allow-Origin", origin);
        response.headers.emplace_back("Vary", "Origin");
    }
    measures_.answered(response.status);
    return response;
}

bool Api::decodes_pictures(const HttpRequest& request) {
    return request.path.ends_with("/poster") || request.path.find("/pictures") != std::string::npos;
}

/// Who has no token sends no megabytes.
std::size_t Api::most_bytes_of(const HttpRequest& request) const {
    const bool picture = request.method == "POST" && request.path == "/v1/pictures";
    return picture && access_.client_of(request) ? most_picture_bytes : most_body_bytes;
}

std::optional<Client> Api::stream_client(const HttpRequest& request, HttpResponse& refused) const {
    if (!access_.right_place(request)) {
        refused = refusal(403, "Pages of other origins may not call this service.");
        return std::nullopt;
    }
    const auto client = access_.client_of(request);
    if (!client) {
        refused = refusal(
            401,
            "The token is missing or wrong.",
            "Give it as 'Authorization: Bearer TOKEN' or '?token=TOKEN'."
        );
        refused.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"rushes\"");
    }
    return client;
}

HttpResponse Api::route(const HttpRequest& request) {
    if (!access_.right_place(request)) {
        return refusal(403, "Pages of other origins may not call this service.");
    }
    if (request.method == "OPTIONS") { // a browser asks before it sends a token to another origin
        HttpResponse response;
        response.status = 204;
        response.headers.emplace_back("Access-Control-Allow-Methods", "GET, HEAD, POST, DELETE");
        response.headers.emplace_back(
            "Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key, Range, If-Range"
        );
        return response;
    }
    if (request.path == "/healthz") {
        return reads(request) ? health() : wrong_method("GET");
    }
    if (request.path != "/metrics" && !request.path.starts_with("/v1/")) {
        return reads(request) ? page(request) : wrong_method("GET");
    }
    HttpResponse refused;
    const auto client = stream_client(request, refused);
    if (!client) {
        return refused;
    }
    if (request.path == "/v1/jobs") {
        return jobs(request, *client);
    }
    if (request.path == "/v1/price") {
        return request.method == "POST" ? price(request) : wrong_method("POST");
    }
    if (request.path == "/v1/pictures") {
        return request.method == "POST" ? picture(request) : wrong_method("POST");
    }
    if (const auto rest = rest_of(request.path, "/v1/jobs/")) {
        return job(request, *client, *rest);
    }
    if (!reads(request)) {
        return wrong_method("GET");
    }
    if (request.path == "/v1/models") {
        return models();
    }
    if (request.path == "/v1/clips") {
        return clips(request, *client);
    }
    if (const auto rest = rest_of(request.path, "/v1/clips/")) {
        return clip(request, *client, *rest);
    }
    if (request.path == "/v1/status") {
        return status(*client);
    }
    if (request.path == "/metrics") {
        return metrics(*client);
    }
    if (request.path == "/v1/stream") {
        HttpResponse response = refusal(426, "This address speaks WebSocket.");
        response.headers.emplace_back("Upgrade", "websocket");
        return response;
    }
    return nothing_there();
}

/// The page and its files hold nothing that is private: they come without a token.
HttpResponse Api::page(const HttpRequest& request) const {
    struct File {
        const char* path;
        const char* name;
        const char* type;
    };

    static constexpr File files[] = {
        {"/", "index.html", "text/html; charset=utf-8"},
        {"/page.css", "page.css", "text/css; charset=utf-8"},
        {"/alerts.js", "alerts.js", "text/javascript; charset=utf-8"},
        {"/page.js", "page.js", "text/javascript; charset=utf-8"},
        {"/stream.js", "stream.js", "text/javascript; charset=utf-8"},
        {"/pictures.js", "pictures.js", "text/javascript; charset=utf-8"},
        {"/player.js", "player.js", "text/javascript; charset=utf-8"},
        {"/words.js", "words.js", "text/javascript; charset=utf-8"},
        {"/icon.svg", "icon.svg", "image/svg+xml"},
        {"/openapi.json", "openapi.json", "application/json"},
    };
    const auto* const file =
        std::ranges::find_if(files, [&](const File& known) { return request.path == known.path; });
    if (file == std::end(files)) {
        return nothing_there();
    }
    HttpResponse response;
    response.content_type = file->type;
    response.body = read_file(pages_ / file->name);
    response.headers.emplace_back(
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src "
        "'self' "
        "blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    return response;
}

HttpResponse Api::models() {
    Json list = Json::array();
    for (const ModelInfo& model : desk_.models()) {
        Json json = model_json(model);
        json.erase("directory"); // where things lie on this machine is nobody's business
        list.push_back(json);
    }
    return answer_of({{"models", list}});
}

HttpResponse Api::clips(const HttpRequest& request, const Client& client) {
    const int asked = number_of<int>(request.parameter("limit")).value_or(usual_clips);
    Json list = Json::array();
    for (const ClipRecord& clip :
         desk_.clips(client, request.parameter("search"), std::clamp(asked, 1, most_clips))) {
        list.push_back(json_of(clip));
    }
    return answer_of({{"clips", list}});
}

HttpResponse Api::clip(const HttpRequest& request, const Client& client, const std::string& rest) {
    const std::string number = rest.substr(0, rest.find('/'));
    const std::string what = rest.substr(number.size());
    const auto id = number_of<std::int64_t>(number);
    const auto clip = id ? desk_.clip(client, *id) : std::nullopt;
    if (!clip) {
        return nothing_there();
    }
    if (what.empty()) {
        return answer_of(json_of(*clip));
    }
    if (what == "/file") {
        HttpResponse response = whole_file(request, clip->file, "\"clip-" + number + "\"");
        if (request.query.contains("download")) {
            save_as(response, clip->file.filename().string());
        }
        return response;
    }
    if (what == "/poster") {
        const FramePtr first = ClipReader(clip->file).at(0);
        if (first == nullptr) {
            return nothing_there();
        }
        HttpResponse response = small_picture(*first);
        response.headers.emplace_back("Cache-Control", "private, max-age=86400");
        return response;
    }
    if (const auto role = rest_of(what, "/pictures/")) {
        const std::filesystem::path picture = desk_.picture_of(*clip, *role);
        return picture.empty() ? nothing_there() : small_picture(read_picture(picture));
    }
    return nothing_there();
}

} // namespace rushes::serve
