// In tests: the same, linked.
#include "serve/hosted.h"

namespace rushes::ui {

std::unique_ptr<serve::HostedService> makeHostedService(const serve::HostOptions& options) {
    return serve::host_service(options);
}

} // namespace rushes::ui
