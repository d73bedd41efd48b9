// librushes_service.so: the service for a window.
#include "serve/hosted_service.h"

extern "C" rushes::serve::HostedService* rushes_host_service(const rushes::serve::HostOptions* options) {
    return rushes::serve::host_service(*options).release();
}
