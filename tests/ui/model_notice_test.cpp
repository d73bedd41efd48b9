// What the first start says about larger models.
#include "desk/model_notice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rushes::ui {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::uint64_t gigabyte = 1'000'000'000;

const std::vector<PublishedModel> published{
    {"Small", "x/small", 10 * gigabyte},
    {"Middle", "x/middle", 20 * gigabyte},
    {"Large", "x/large", 60 * gigabyte}
};

std::string text(std::uint64_t memory) {
    return largerModelsText(published, memory).toStdString();
}

TEST(ModelNotice, NamesWhatFitsAndLeavesRoomForTheRest) {
    EXPECT_THAT(
        text(25 * gigabyte), AllOf(HasSubstr("25"), HasSubstr("Small and Middle"), Not(HasSubstr("Large")))
    );
    EXPECT_THAT(
        text(21 * gigabyte), AllOf(HasSubstr("Small"), Not(HasSubstr("Middle")))
    ); // a sixth stays free
}

TEST(ModelNotice, SaysWhatIsMissingWhereNothingFits) {
    EXPECT_THAT(
        text(8 * gigabyte), AllOf(HasSubstr("Small takes 10"), HasSubstr("has 8"), Not(HasSubstr("Middle")))
    );
}

TEST(ModelNotice, PromisesNothingToAnUnknownMachine) {
    EXPECT_THAT(text(0), AllOf(HasSubstr("diffusers"), Not(HasSubstr("Small"))));
    EXPECT_EQ(text(0), largerModelsText({}, 25 * gigabyte).toStdString());
}

} // namespace
} // namespace rushes::ui
