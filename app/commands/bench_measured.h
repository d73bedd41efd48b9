// Runs that are measured: figures by name, and one job as `rushes generate` runs it.
#pragma once

#include "jobs/job.h"

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace rushes {

/// Repeated figures by their name, in the order in which they are printed.
struct BenchFigures {
    std::vector<std::pair<std::string, std::vector<double>>> rows;

    void add(const std::string& name, double value);
    std::vector<double> of(const std::string& name) const;
};

/// A folder for the files of a bench, removed with everything in it.
class ScratchFolder {
public:
    ScratchFolder();
    ~ScratchFolder();

    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    std::filesystem::path file(const std::string& name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

/// Engine, encoder and everything between.
class Measured {
public:
    /// `kept_bytes`: of frames for add_quality_to().
    Measured(Engine& engine, const Plan& plan, std::filesystem::path file, std::size_t kept_bytes = 1);

    /// Seconds of the run alone, with or without previews. Throws Error, or Stopped.
    /// `measure`: what each phase takes, too, which costs a little time.
    double run(bool previews, std::stop_token stop, bool measure = false);

    // Of the last run.
    const RunReport& report() const { return report_; }

    int steps() const { return steps_; } ///< of the final pass, in all its blocks

    void add_to(BenchFigures& figures) const;
    /// Of the picture, not of the time: how still the frames stand and what the file keeps of them.
    void add_quality_to(BenchFigures& figures) const;

private:
    Engine& engine_;
    JobRequest request_;
    std::unique_ptr<FrameStore> store_;
    std::vector<double> arrivals_;
    RunReport report_;
    ExportResult result_;
    int steps_ = 0;
    double seconds_ = 0;
    double encode_seconds_ = 0;
};

} // namespace rushes
