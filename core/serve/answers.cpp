#include "serve/answers.h"

#include <nlohmann/json.hpp>

namespace rushes::serve {

HttpResponse answer_of(const Json& json, int status) {
    HttpResponse response;
    response.status = status;
    response.body = text_of(json);
    return response;
}

HttpResponse nothing_there() {
    return refusal(404, "There is nothing under this address.", "GET /openapi.json lists what there is.");
}

HttpResponse wrong_method(const std::string& allowed) {
    HttpResponse response = refusal(405, "This address takes " + allowed + " only.");
    response.headers.emplace_back("Allow", allowed);
    return response;
}

bool reads(const HttpRequest& request) {
    return request.method == "GET" || request.method == "HEAD";
}

} // namespace rushes::serve
