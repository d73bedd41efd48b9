#include "serve/hosted_service.h"

#include "serve/host_runs.h"
#include "serve/service_note.h"

namespace rushes::serve {
namespace {

ServiceOptions service_options(const HostOptions& options, const std::string& token) {
    ServiceOptions service = options.service;
    service.access.token = token;
    service.look = [look = options.look](
                       const std::vector<Connected>& connected, const std::vector<Alert>& alerts
                   ) { look({connected, alerts}); };
    return service;
}

class Hosted final : public HostedService {
public:
    explicit Hosted(const HostOptions& options)
        : token_(options.service.access.token.empty() ? new_token() : options.service.access.token),
          service_(options.parts, service_options(options, token_), options.job_added, options.stop),
          url_("http://127.0.0.1:" + std::to_string(service_.port())),
          link_(url_ + "/?token=" + token_),
          note_({url_, token_}) {}

    const std::string& link() const override { return link_; }

    ClipTeller& clips() override { return service_.runs(); }

private:
    const std::string token_;
    Service service_;
    const std::string url_;
    const std::string link_;
    const ServiceNote note_;
};

} // namespace

std::unique_ptr<HostedService> host_service(const HostOptions& options) {
    return std::make_unique<Hosted>(options);
}

} // namespace rushes::serve
