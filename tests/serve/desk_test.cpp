// What may be asked for, without a socket.
#include "serve/desk.h"
#include "serve/service_fixture.h"

#include <fstream>

namespace rushes::serve_test {
namespace {

class DeskTest : public ServiceTest {
protected:
    DeskTest() : broadcast_([](const std::string&) {}), desk_(parts_, {}, broadcast_, measures_) {}

    Recipe ball(std::uint64_t seed) {
        Recipe recipe;
        recipe.prompt = "a red ball bounces";
        recipe.model = "fake-causal";
        recipe.seed = seed;
        return desk_.price(recipe).plan.recipe;
    }

    serve::Measures measures_;
    serve::Broadcast broadcast_;
    serve::Desk desk_;
};

TEST_F(DeskTest, OfClipsToBeMadeAheadThoseAreMissingThatAreNeitherThereNorOnTheirWay) {
    const std::vector<Recipe> all{ball(1), ball(2), ball(3), ball(4), ball(4)};
    ClipRecord made;
    made.recipe = all[0];
    made.file = folder_ / "made.mp4";
    std::ofstream(made.file) << "a clip";
    desk_.with_queue([&](JobQueue& queue) { return queue.add({new_warm_job_id(), all[1]}); });
    desk_.with_queue([&](JobQueue& queue) { return queue.add({new_job_id(), all[2]}); }); // a person's own
    ClipLibrary(parts_.library).add(made);
    EXPECT_EQ(desk_.missing(all), (std::vector{all[2], all[3]}));
    std::filesystem::remove(made.file); // then it is made again
    EXPECT_EQ(desk_.missing(all), (std::vector{all[0], all[2], all[3]}));
}

} // namespace
} // namespace rushes::serve_test
