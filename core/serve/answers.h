// Answers that several addresses of the service give.
#pragma once

#include "serve/events.h"
#include "serve/http.h"

#include <string>

namespace rushes::serve {

HttpResponse answer_of(const Json& json, int status = 200);
HttpResponse nothing_there();
HttpResponse wrong_method(const std::string& allowed);

/// GET or HEAD.
bool reads(const HttpRequest& request);

} // namespace rushes::serve
