// What the service tells about itself while it works.
#include "metrics/alerts.h"
#include "serve/service_fixture.h"

#include <gmock/gmock.h>

namespace rushes::serve_test {
namespace {

using ::testing::HasSubstr;

class HealthTest : public ServiceTest {
protected:
    static std::string ball(int seed) {
        return R"({"prompt": "ball", "model": "fake-causal", "seed": )" + std::to_string(seed) + "}";
    }
};

TEST_F(HealthTest, ALongQueueIsAnAlertEverywhereAndEnds) {
    start();
    WebSocket socket(port(), token);
    gate_.hold([](const Progress&) { return true; });
    post_job(ball(1));
    gate_.wait_until_held();
    for (int seed = 2; seed < 2 + threshold::waiting + 1; ++seed) {
        post_job(ball(seed));
    }
    const nlohmann::json alert = socket.wait_for("alert");
    EXPECT_EQ(alert["alerts"][0]["id"], "queue");
    EXPECT_THAT(alert["alerts"][0]["sentence"].get<std::string>(), HasSubstr("6 jobs wait"));
    EXPECT_EQ(get("/v1/status").json()["alerts"][0]["id"], "queue");
    EXPECT_THAT(get("/metrics").body, HasSubstr("rushes_alert{id=\"queue\"} 1\n"));
    EXPECT_THAT(get("/metrics").body, HasSubstr("rushes_queue_depth 6\n"));
    gate_.open();
    EXPECT_EQ(socket.wait_for("alert")["alerts"].size(), 0U) << "all is well again";
}

TEST_F(HealthTest, EveryClipIsCountedAndJudged) {
    parts_.price_per_hour = 36;
    start();
    const std::string id = post_job(ball(1)).json()["job"];
    const nlohmann::json end = wait_for_end(id);
    nlohmann::json status;
    do { // the clip is judged after it was handed out
        status = get("/v1/status").json();
    } while (status["ssim"].is_null());
    EXPECT_EQ(status["ended"]["finished"], 1);
    EXPECT_GT(status["ssim"], 0.9) << "the file keeps what the engine made";
    EXPECT_LE(status["ssim"], 1);
    EXPECT_EQ(status["phases"]["total"]["count"], 1);
    EXPECT_NEAR(status["cost"].get<double>(), end["clip"]["seconds_to_make"].get<double>() / 100, 1e-9);
    EXPECT_THAT(get("/metrics").body, HasSubstr("rushes_frames_total 33\n"));
    EXPECT_EQ(post_job(ball(1)).json()["cached"], true);
    EXPECT_EQ(get("/v1/status").json()["ended"]["cached"], 1);
}

TEST_F(HealthTest, AStageThatRanDryIsCountedOnceItIsToldByWhoWatches) {
    start();
    gate_.hold(first_final_frame);
    WebSocket socket(port(), token);
    socket.send({{"action", "generate"}, {"recipe", nlohmann::json::parse(ball(1))}});
    const std::string job = socket.wait_for("queued")["job"];
    socket.send({{"action", "dry"}, {"job", job}});
    socket.send({{"action", "dry"}, {"job", "nobody's"}});
    socket.send({{"action", "ping"}});
    socket.wait_for("pong");
    EXPECT_EQ(get("/v1/status").json()["dry_stages"], 1);
}

} // namespace
} // namespace rushes::serve_test
