// The service as the window gets it: Boost, OpenSSL and FFmpeg come with it, so that it is a module that is
// loaded when the service is switched on for the first time.
#pragma once

#include "serve/hosted_service.h"

#include <memory>

namespace rushes::ui {

/// Never on the UI thread: loads the module and opens the databases. Throws Error.
std::unique_ptr<serve::HostedService> makeHostedService(const serve::HostOptions& options);

} // namespace rushes::ui
