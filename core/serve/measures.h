// What the service counts: seconds by phase, frames, viewers, cost. Safe from any thread.
#pragma once

#include "jobs/job.h"
#include "metrics/alerts.h"
#include "metrics/percentiles.h"
#include "serve/connected.h"

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace rushes::serve {

/// What is asked of others at the moment of a look.
struct Gauges {
    int waiting = 0;
    int running = 0;
    int connections = 0;
    int viewers = 0;
    double device_use = -1;              ///< 0..1; < 0: not known
    std::uint64_t memory_bytes = 0;      ///< of the process
    std::uint64_t card_memory_bytes = 0; ///< taken on the graphics card; 0: not known
    double encode_seconds = 0;           ///< of pictures for viewers
    std::int64_t pictures = 0;
    std::vector<Connected> clients = {}; ///< a second ago at most
};

class Measures {
public:
    /// Of phases, from a request to its file.
    enum Phase { queue, load, text, generation, decode, encode, total, first_frame, phases };

    static const char* name_of(int phase);

    struct Summary {
        Spread spread; ///< seconds, of the latest
        double sum = 0;
        std::int64_t count = 0;
    };

    struct Snapshot {
        std::array<Summary, phases> phase;
        std::int64_t finished = 0;
        std::int64_t stopped = 0;
        std::int64_t failed = 0;
        std::int64_t cached = 0; ///< asked for again and there already
        std::int64_t frames = 0;
        double frame_rate = 0; ///< frames a second of the latest clips, made
        std::int64_t dry_stages = 0;
        double cost = 0;                     ///< of all clips, in the currency of the price
        double last_cost = 0;                ///< of the latest
        double ssim = -1;                    ///< mean of the latest clips; < 0: none yet
        double flicker = -1;                 ///< levels of 255
        std::map<int, std::int64_t> answers; ///< HTTP, by status
    };

    explicit Measures(double price_per_hour = 0) : price_per_hour_(price_per_hour) {}

    void job_ended(const JobResult& result, double queued_seconds);
    void job_cached();
    void quality(double ssim, double flicker_levels);
    void ran_dry();
    void answered(int status);

    Snapshot snapshot() const;

private:
    static constexpr std::size_t kept = 1000; ///< values of a phase

    static double mean_of(const std::deque<double>& values);
    void add(Phase phase, double seconds);

    const double price_per_hour_;
    mutable std::mutex mutex_;
    Snapshot counts_; ///< without what is computed from the latest values
    std::array<std::deque<double>, phases> seconds_;
    std::deque<double> rates_;
    std::deque<double> ssims_;
    std::deque<double> flickers_;
};

ServiceHealth health_of(const Measures::Snapshot& snapshot, const Gauges& gauges);

/// The text format of Prometheus (version 0.0.4).
std::string prometheus_text(const Measures::Snapshot& snapshot, const Gauges& gauges);

} // namespace rushes::serve
