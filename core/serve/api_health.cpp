// What the service tells about itself.
#include "serve/answers.h"
#include "serve/api.h"

#include <nlohmann/json.hpp>

namespace rushes::serve {
namespace {

Json summary_json(const Measures::Summary& summary) {
    return {
        {"count", summary.count},
        {"p50", summary.spread.p50},
        {"p95", summary.spread.p95},
        {"p99", summary.spread.p99},
    };
}

constexpr std::size_t most_clients = 100; ///< of a thousand nobody reads the rest

Json json_of(const std::vector<Connected>& clients) {
    Json list = Json::array();
    for (std::size_t i = 0; i < clients.size() && i < most_clients; ++i) {
        const Connected& one = clients[i];
        list.push_back(
            {{"address", one.address}, {"program", one.program}, {"owner", one.owner}, {"clips", one.clips}}
        );
    }
    return list;
}

} // namespace

HttpResponse Api::health() const {
    return desk_.closed() ? answer_of({{"status", "draining"}}, 503) : answer_of({{"status", "ok"}});
}

HttpResponse Api::status(const Client& client) {
    const Measures::Snapshot snapshot = measures_.snapshot();
    const Gauges gauges = gauges_();
    Json phases = Json::object();
    for (int phase = 0; phase < Measures::phases; ++phase) {
        phases[Measures::name_of(phase)] = summary_json(snapshot.phase[static_cast<std::size_t>(phase)]);
    }
    const std::string running = running_();
    Json status{
        {"running", !running.empty() && client.may_see(running) ? Json(running) : Json()},
        {"waiting", gauges.waiting},
        {"connections", gauges.connections},
        {"viewers", gauges.viewers},
        {"device_use", gauges.device_use < 0 ? Json() : Json(gauges.device_use)},
        {"memory_bytes", gauges.memory_bytes},
        {"frame_rate", snapshot.frame_rate},
        {"ssim", snapshot.ssim < 0 ? Json() : Json(snapshot.ssim)},
        {"flicker", snapshot.flicker < 0 ? Json() : Json(snapshot.flicker)},
        {"cost", snapshot.cost},
        {"dry_stages", snapshot.dry_stages},
        {"ended",
         {{"finished", snapshot.finished},
          {"stopped", snapshot.stopped},
          {"failed", snapshot.failed},
          {"cached", snapshot.cached}}},
        {"phases", phases},
        {"alerts", json_of(alerts_of(health_of(snapshot, gauges)))},
    };
    if (client.owner) {
        status["clients"] = json_of(gauges.clients);
    }
    return answer_of(status);
}

HttpResponse Api::metrics(const Client& client) {
    if (!client.owner) {
        return refusal(403, "Only the owner's token reads the metrics.");
    }
    HttpResponse response;
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    response.body = prometheus_text(measures_.snapshot(), gauges_());
    return response;
}

} // namespace rushes::serve
