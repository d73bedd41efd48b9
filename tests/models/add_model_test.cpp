// Putting a directory on the list of models.
#include "base/error.h"
#include "models/registry.h"

#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace rushes {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const fs::path fixtures = fs::path(RUSHES_SOURCE_DIR) / "tests" / "parity" / "fixtures" / "wan";

class AddModel : public testing::Test {
protected:
    void SetUp() override {
        fs::create_directories(folder_ / "elsewhere");
        ::setenv("RUSHES_RESOURCES", (folder_ / "resources").c_str(), 1);
        ::setenv("XDG_DATA_HOME", (folder_ / "data").c_str(), 1);
    }

    void TearDown() override {
        ::unsetenv("RUSHES_RESOURCES");
        ::unsetenv("XDG_DATA_HOME");
        fs::remove_all(folder_);
    }

    fs::path copy(const fs::path& as) const {
        fs::create_directories((folder_ / as).parent_path());
        fs::copy(fixtures / "wan21", folder_ / as, fs::copy_options::recursive);
        return folder_ / as;
    }

    static std::vector<std::string> installed(std::vector<std::string>* problems = nullptr) {
        std::vector<std::string> ids;
        for (const ModelInfo& model : installed_models(problems)) {
            ids.push_back(model.id);
        }
        return ids;
    }

    static std::string refusal(const fs::path& directory) {
        try {
            add_model(directory);
            return "added";
        } catch (const Error& error) {
            return std::string(error.what()) + ' ' + error.hint();
        }
    }

    const fs::path folder_ = fs::temp_directory_path() / ("rushes-add-" + std::to_string(::getpid()));
    const fs::path list_ = folder_ / "data" / "rushes" / "models";
};

TEST_F(AddModel, TheDirectoryIsOnTheListAndStaysWhereItIs) {
    const fs::path directory = copy("elsewhere/mine");
    EXPECT_EQ(add_model(directory / "").id, "mine");
    EXPECT_THAT(installed(), ElementsAre("mine"));
    EXPECT_EQ(find_model("mine").directory, fs::canonical(directory));
    EXPECT_TRUE(fs::is_symlink(list_ / "mine"));
    EXPECT_EQ(add_model(directory).id, "mine"); // once more is no error and no second entry
    EXPECT_THAT(installed(), ElementsAre("mine"));
}

TEST_F(AddModel, WhatIsNoModelIsRefusedAndLeavesTheListAlone) {
    EXPECT_THAT(
        refusal(folder_ / "elsewhere"),
        AllOf(HasSubstr("model_index.json is missing"), HasSubstr("diffusers"))
    );
    EXPECT_THAT(refusal(folder_ / "none"), HasSubstr("no model directory"));
    const fs::path broken = copy("elsewhere/broken");
    fs::remove(broken / "vae" / "config.json");
    EXPECT_THAT(refusal(broken), HasSubstr("vae/config.json"));
    EXPECT_FALSE(fs::exists(list_));
}

TEST_F(AddModel, ANameBelongsToOneModel) {
    add_model(copy("elsewhere/mine"));
    EXPECT_THAT(refusal(copy("other/mine")), AllOf(HasSubstr("\"mine\""), HasSubstr("Rename")));
    EXPECT_EQ(find_model("mine").directory, fs::canonical(folder_ / "elsewhere" / "mine"));
}

TEST_F(AddModel, ADirectoryThatWentAwayIsNamedAndCanBeAddedFromItsNewPlace) {
    const fs::path directory = copy("elsewhere/mine");
    add_model(directory);
    fs::create_directories(folder_ / "moved");
    fs::rename(directory, folder_ / "moved" / "mine");
    std::vector<std::string> problems;
    EXPECT_THAT(installed(&problems), IsEmpty());
    EXPECT_THAT(problems, ElementsAre(HasSubstr((folder_ / "elsewhere" / "mine").string())));
    add_model(folder_ / "moved" / "mine");
    EXPECT_THAT(installed(), ElementsAre("mine"));
}

} // namespace
} // namespace rushes
