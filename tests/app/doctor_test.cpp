// `rushes doctor` on the machine at hand.
#include "app/program.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace rushes {
namespace {

namespace fs = std::filesystem;
using app_test::Ran;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class Doctor : public ::testing::Test {
protected:
    Doctor()
        : folder_(
              fs::temp_directory_path() / (std::string("rushes-doctor-") +
                                           ::testing::UnitTest::GetInstance()->current_test_info()->name())
          ) {
        fs::remove_all(folder_);
        fs::create_directories(folder_);
    }

    ~Doctor() override { fs::remove_all(folder_); }

    Ran run(const std::vector<std::string>& arguments) const { return app_test::run(folder_, arguments); }

    const fs::path folder_;
};

TEST_F(Doctor, FitsOnAScreenAndNamesNobody) {
    const Ran ran = run({"doctor"});
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_LE(std::count(ran.out.begin(), ran.out.end(), '\n'), 24) << ran.out;
    for (const char* const label : {"machine", "memory", "graphics", "engine", "disk", "models"}) {
        EXPECT_THAT(ran.out, HasSubstr(std::string("\n") + label)) << label;
    }
    EXPECT_THAT(ran.out, Not(HasSubstr(folder_.string()))) << "the home directory's name";
}

TEST_F(Doctor, TellsProgramsTheSame) {
    const Ran ran = run({"doctor", "--json", "--device", "cpu"});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    const auto json = nlohmann::json::parse(ran.out);
    EXPECT_THAT(json["engine"]["device"].get<std::string>(), StartsWith("CPU"));
    EXPECT_GT(json["memory_bytes"].get<double>(), 1e8);
    EXPECT_TRUE(json["driver"]["cards"].is_array());
    EXPECT_EQ(json["disk"].size(), 3U);
    for (const auto& place : json["disk"]) {
        EXPECT_GT(place["free_bytes"].get<double>(), 0);
    }
    for (const auto& model : json["models"]) {
        EXPECT_GT(model["memory_bytes"].get<double>(), 1e6);
        EXPECT_GT(model["seconds"].get<double>(), 0);
    }
    EXPECT_FALSE(json["published"].empty());
}

TEST_F(Doctor, ADeviceThatIsNotThereIsAFindingAndAFailure) {
    const Ran ran = run({"doctor", "--device", "cuda:63"});
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_THAT(ran.out, HasSubstr("Use the device 'cpu'"));
}

} // namespace
} // namespace rushes
