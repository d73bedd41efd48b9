// In the program: the module is loaded when the service is switched on.
#include "base/module.h"
#include "serve/hosted.h"

namespace rushes::ui {

std::unique_ptr<serve::HostedService> makeHostedService(const serve::HostOptions& options) {
    void* const address = load_module_symbol("rushes_service", serve::host_service_symbol);
    return std::unique_ptr<serve::HostedService>(
        reinterpret_cast<serve::HostServiceFunction*>(address)(&options)
    );
}

} // namespace rushes::ui
