// What the studio is made of and where its files lie.
#pragma once

#include "generation/engine.h"
#include "models/model_info.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace rushes::ui {

/// What the session is made of: the program's own parts, or a test's.
struct StudioParts {
    std::function<std::unique_ptr<Engine>()> make_engine;
    std::function<std::vector<ModelInfo>(std::vector<std::string>* problems)> find_models;
    std::function<ModelInfo(const std::filesystem::path& directory)> add_model;
    std::filesystem::path database;
    std::filesystem::path queue;
    std::filesystem::path thumbnails;
    std::filesystem::path videos; ///< where new clips go, unless the person chose another folder
    std::filesystem::path settings;
    std::filesystem::path speeds;
    std::filesystem::path logs;        ///< the log, and what crashes left behind
    std::filesystem::path unfinished;  ///< notes of the clips that are being written
    std::filesystem::path checkpoints; ///< of the queue's jobs, see job_checkpoints.h
    std::filesystem::path kept_runs;   ///< see kept_runs.h

    /// The real ones, in their XDG places.
    static StudioParts real();
};

} // namespace rushes::ui
