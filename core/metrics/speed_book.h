// How fast this machine makes clips, learned from the clips it made: no benchmark step, and an honest
// estimate before anything is computed.
#pragma once

#include "generation/engine.h"
#include "generation/plan.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace rushes {

struct Estimate {
    double seconds = 0;      ///< the whole run with the model loaded, another one's draft too
    double load_seconds = 0; ///< to be added when the models are not loaded yet
    bool learned = false;    ///< from runs of this model on this device; else a first guess
};

/// A JSON file; one thread at a time. A damaged file counts as empty: an estimate is never worth an error.
class SpeedBook {
public:
    explicit SpeedBook(std::filesystem::path file);

    /// state_dir()/speeds.json
    static std::filesystem::path default_file();

    /// Takes in a finished run. Reads the file again first: other windows learn too.
    void learn(const Plan& plan, const DeviceInfo& device, const RunReport& report);

    Estimate estimate(const Plan& plan, const DeviceInfo& device) const;

private:
    /// Latest last. Seconds per GFLOP for the two phases, seconds for loading.
    struct Samples {
        std::vector<double> denoise;
        std::vector<double> decode;
        std::vector<double> load;
    };

    void read();
    void write() const;

    std::filesystem::path file_;
    std::map<std::string, Samples> book_; ///< by device, model and number format
};

/// "about 42 s", "about 3 min", "about 1 h 20 min": no more digits than the estimate is worth.
std::string about_seconds(double seconds);

} // namespace rushes
