#include "serve/measures.h"

#include <numeric>
#include <sstream>

namespace rushes::serve {
namespace {

constexpr std::size_t latest_clips = 20;

void keep_latest(std::deque<double>& values, double value, std::size_t most) {
    values.push_back(value);
    if (values.size() > most) {
        values.pop_front();
    }
}

class Page {
public:
    void head(const char* name, const char* type, const char* help) {
        text_ << "# HELP " << name << ' ' << help << "\n# TYPE " << name << ' ' << type << '\n';
    }

    template <typename Value>
    void line(const std::string& name, Value value) {
        text_ << name << ' ' << value << '\n';
    }

    template <typename Value>
    void one(const char* name, const char* type, const char* help, Value value) {
        head(name, type, help);
        line(name, value);
    }

    std::string text() const { return text_.str(); }

private:
    std::ostringstream text_;
};

void write_phases(Page& page, const Measures::Snapshot& snapshot) {
    page.head("rushes_phase_seconds", "summary", "Seconds of a clip by phase, of the latest 1000 clips.");
    for (int phase = 0; phase < Measures::phases; ++phase) {
        const Measures::Summary& summary = snapshot.phase[static_cast<std::size_t>(phase)];
        const std::string label = std::string("{phase=\"") + Measures::name_of(phase) + "\"";
        for (const auto& [quantile, value] :
             {std::pair("0.5", summary.spread.p50), {"0.95", summary.spread.p95}, {"0.99", summary.spread.p99}
             }) {
            page.line("rushes_phase_seconds" + label + ",quantile=\"" + quantile + "\"}", value);
        }
        page.line("rushes_phase_seconds_sum" + label + "}", summary.sum);
        page.line("rushes_phase_seconds_count" + label + "}", summary.count);
    }
}

void write_alerts(Page& page, const Measures::Snapshot& snapshot, const Gauges& gauges) {
    page.head("rushes_alert", "gauge", "1 while the threshold is crossed.");
    const auto alerts = alerts_of(health_of(snapshot, gauges));
    for (const char* id : {"slow", "device_idle", "device_full", "quality", "queue"}) {
        const bool raised = std::ranges::find(alerts, id, &Alert::id) != alerts.end();
        page.line(std::string("rushes_alert{id=\"") + id + "\"}", raised ? 1 : 0);
    }
}

} // namespace

const char* Measures::name_of(int phase) {
    constexpr std::array names{
        "queue", "load", "text", "generation", "decode", "encode", "total", "first_frame"
    };
    return names[static_cast<std::size_t>(phase)];
}

double Measures::mean_of(const std::deque<double>& values) {
    return values.empty()
               ? -1
               : std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

void Measures::add(Phase phase, double seconds) {
    Summary& summary = counts_.phase[phase];
    summary.sum += seconds;
    ++summary.count;
    keep_latest(seconds_[phase], seconds, kept);
}

void Measures::job_ended(const JobResult& result, double queued_seconds) {
    const std::lock_guard lock(mutex_);
    const bool finished = std::holds_alternative<Finished>(result.outcome);
    (finished                                               ? counts_.finished
     : std::holds_alternative<StoppedEarly>(result.outcome) ? counts_.stopped
                                                            : counts_.failed)++;
    const RunReport& report = report_of(result.outcome);
    counts_.frames += report.frames;
    counts_.last_cost = result.seconds / 3600 * price_per_hour_;
    counts_.cost += counts_.last_cost;
    if (!finished) {
        return; // half a clip says nothing about how long one takes
    }
    add(queue, queued_seconds);
    add(load, report.load_seconds + report.lora_seconds);
    add(text, report.text_seconds);
    add(generation, report.denoise_seconds);
    add(decode, report.decode_seconds);
    add(encode, result.encode_seconds);
    add(total, queued_seconds + result.seconds);
    add(first_frame, report.first_frame_seconds);
    if (report.total_seconds > report.first_frame_seconds && report.frames > 1) {
        const double rate = (report.frames - 1) / (report.total_seconds - report.first_frame_seconds);
        keep_latest(rates_, rate, latest_clips);
    }
}

void Measures::job_cached() {
    const std::lock_guard lock(mutex_);
    ++counts_.cached;
}

void Measures::quality(double ssim, double flicker_levels) {
    const std::lock_guard lock(mutex_);
    keep_latest(ssims_, ssim, latest_clips);
    keep_latest(flickers_, flicker_levels, latest_clips);
}

void Measures::ran_dry() {
    const std::lock_guard lock(mutex_);
    ++counts_.dry_stages;
}

void Measures::answered(int status) {
    const std::lock_guard lock(mutex_);
    ++counts_.answers[status];
}

Measures::Snapshot Measures::snapshot() const {
    const std::lock_guard lock(mutex_);
    Snapshot snapshot = counts_;
    for (std::size_t phase = 0; phase < phases; ++phase) {
        snapshot.phase[phase].spread = spread_of({seconds_[phase].begin(), seconds_[phase].end()});
    }
    snapshot.frame_rate = std::max(0.0, mean_of(rates_));
    snapshot.ssim = mean_of(ssims_);
    snapshot.flicker = mean_of(flickers_);
    return snapshot;
}

ServiceHealth health_of(const Measures::Snapshot& snapshot, const Gauges& gauges) {
    const Measures::Summary& total = snapshot.phase[Measures::total];
    return {
        .p99_seconds = total.count > 0 ? total.spread.p99 : -1,
        .device_use = gauges.device_use,
        .ssim = snapshot.ssim,
        .waiting = gauges.waiting,
    };
}

std::string prometheus_text(const Measures::Snapshot& snapshot, const Gauges& gauges) {
    Page page;
    page.one("rushes_queue_depth", "gauge", "Jobs that wait.", gauges.waiting);
    page.one("rushes_jobs_running", "gauge", "Jobs that are being made.", gauges.running);
    write_phases(page, snapshot);
    page.head("rushes_jobs_total", "counter", "Jobs by how they ended.");
    page.line("rushes_jobs_total{end=\"finished\"}", snapshot.finished);
    page.line("rushes_jobs_total{end=\"stopped\"}", snapshot.stopped);
    page.line("rushes_jobs_total{end=\"failed\"}", snapshot.failed);
    page.line("rushes_jobs_total{end=\"cached\"}", snapshot.cached);
    page.one("rushes_frames_total", "counter", "Final frames that were made.", snapshot.frames);
    page.one(
        "rushes_frame_rate",
        "gauge",
        "Final frames a second, mean of the latest 20 clips.",
        snapshot.frame_rate
    );
    page.one(
        "rushes_dry_stages_total",
        "counter",
        "Times that a viewer had to hold its last frame.",
        snapshot.dry_stages
    );
    if (gauges.device_use >= 0) {
        page.one(
            "rushes_device_use",
            "gauge",
            "Share of the device that is busy while clips are made, 0 to 1.",
            gauges.device_use
        );
    }
    page.one("rushes_memory_bytes", "gauge", "Memory of the process.", gauges.memory_bytes);
    if (gauges.card_memory_bytes > 0) {
        page.one(
            "rushes_card_memory_bytes",
            "gauge",
            "Memory that is taken on the graphics card.",
            gauges.card_memory_bytes
        );
    }
    page.one("rushes_cost_total", "counter", "Cost of all clips, by the price of an hour.", snapshot.cost);
    page.one("rushes_clip_cost", "gauge", "Cost of the latest clip.", snapshot.last_cost);
    if (snapshot.ssim >= 0) {
        page.one(
            "rushes_ssim",
            "gauge",
            "What files keep of their frames, mean of the latest 20 clips.",
            snapshot.ssim
        );
        page.one(
            "rushes_flicker_levels",
            "gauge",
            "Change where the picture stands still, levels of 255.",
            snapshot.flicker
        );
    }
    page.one("rushes_connections", "gauge", "Open connections.", gauges.connections);
    page.one("rushes_viewers", "gauge", "Clips that are being watched, by how many.", gauges.viewers);
    page.one("rushes_pictures_total", "counter", "Pictures encoded for viewers.", gauges.pictures);
    page.one(
        "rushes_pictures_seconds_total", "counter", "Seconds that encoding them took.", gauges.encode_seconds
    );
    page.head("rushes_http_answers_total", "counter", "HTTP answers by status.");
    for (const auto& [status, count] : snapshot.answers) {
        page.line("rushes_http_answers_total{status=\"" + std::to_string(status) + "\"}", count);
    }
    write_alerts(page, snapshot, gauges);
    return page.text();
}

} // namespace rushes::serve
