// A model's directory of a test's own, to be spoiled.
#pragma once

#include "models/registry.h"
#include "support/message_of.h"
#include "support/scratch_folder.h"

#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <string>

namespace rushes::test {

class ModelFiles : public ::testing::Test {
protected:
    /// `name`: of the directory, which is not there yet.
    explicit ModelFiles(const std::string& name)
        : folder_("rushes-files-" + name + "-"), model_(folder_.path / name) {}

    void change(const std::string& file, const std::function<void(nlohmann::json&)>& spoil) const {
        nlohmann::json config = nlohmann::json::parse(std::ifstream(model_ / file));
        spoil(config);
        std::ofstream(model_ / file) << config;
    }

    /// Why it can't be used.
    std::string message() const {
        return message_of([&] { describe_model(model_); });
    }

    const ScratchFolder folder_;
    const std::filesystem::path model_;
};

} // namespace rushes::test
