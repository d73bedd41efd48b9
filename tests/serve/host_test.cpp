// The service within a program that makes the clips itself: what that program tells is what clients see.
#include "jobs/job.h"
#include "jobs/record.h"
#include "library/clip_library.h"
#include "serve/hosted_service.h"
#include "serve/service_fixture.h"

#include <condition_variable>
#include <thread>

namespace rushes::serve_test {
namespace {

/// A program around the service, as the studio is one: it owns the queue and has the engine.
class HostTest : public ServiceTest {
protected:
    void SetUp() override {
        setenv("XDG_STATE_HOME", (folder_ / "state").c_str(), 1); // the note for `rushes top`
        queue_ = std::make_unique<JobQueue>(parts_.queue);
        parts_.make_engine = nullptr;
        parts_.device = engine_.device();
        hosted_ = serve::host_service({
            .parts = parts_,
            .service = options_,
            .job_added =
                [this] {
                    const std::lock_guard lock(mutex_);
                    ++added_;
                    changed_.notify_all();
                },
            .stop = [this](const std::string&) { stop_.request_stop(); },
            .look =
                [this](const serve::ServiceLook& look) {
                    const std::lock_guard lock(mutex_);
                    look_ = look;
                    changed_.notify_all();
                },
        });
        const std::string& link = hosted_->link();
        const std::size_t colon = link.rfind(':');
        host_port_ = static_cast<std::uint16_t>(std::stoi(link.substr(colon + 1)));
    }

    void TearDown() override {
        gate_.open();
        hosted_.reset();
        unsetenv("XDG_STATE_HOME");
        ServiceTest::TearDown();
    }

    /// Makes the next job of the queue as the studio does, and tells.
    void make_next() {
        const Job job = *queue_->take();
        const Plan plan = make_plan(job.recipe, testing::fake_causal_model(), {});
        const auto store = std::make_shared<FrameStore>(std::size_t{64} << 20);
        serve::ClipTeller& clips = hosted_->clips();
        clips.began(job, plan, store, steering_);
        JobObserver observer;
        observer.progress = [&](const Progress& progress) { clips.progress(progress); };
        observer.preview = [&](const Preview& preview) { clips.preview(preview); };
        observer.draft_frame = [&](FramePtr frame) { clips.draft_frame(std::move(frame)); };
        observer.frames_ready = [&](std::int64_t frames) { clips.frames_ready(frames); };
        observer.file_began = [&](const std::filesystem::path& file) { clips.file_began(file); };
        JobRequest request;
        request.plan = plan;
        request.output = folder_ / "videos" / (job.id + ".mp4");
        request.steering = steering_;
        const JobResult result = run_job(engine_, request, *store, observer, stop_.get_token());
        if (result.clip) {
            ClipLibrary(parts_.library).add(record_of(result, plan));
            std::holds_alternative<Finished>(result.outcome) ? queue_->done(job.id) : queue_->stopped(job.id);
        }
        clips.ended(result, false);
        clips.kept(job.id);
    }

    void wait_for(const std::function<bool()>& condition) {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(lock, std::chrono::minutes(1), condition)) {
            throw std::runtime_error("it did not come within a minute");
        }
    }

    testing::FakeEngine engine_{script_};
    std::unique_ptr<JobQueue> queue_;
    std::unique_ptr<serve::HostedService> hosted_;
    std::uint16_t host_port_ = 0;
    std::stop_source stop_;
    std::shared_ptr<Steering> steering_;
    std::mutex mutex_;
    std::condition_variable changed_;
    int added_ = 0;
    serve::ServiceLook look_;
};

TEST_F(HostTest, what_a_client_asks_for_is_made_by_the_program_around_and_seen_while_it_is_made) {
    WebSocket socket(host_port_, token);
    socket.send({{"action", "generate"}, {"recipe", nlohmann::json::parse(a_ball)}, {"late", "keep"}});
    socket.wait_for("queued");
    wait_for([&] { return added_ == 1; });
    gate_.hold(first_final_frame);
    std::thread program([this] { make_next(); });
    gate_.wait_until_held();
    while (socket.frames.empty() || socket.frames.back().header["kind"] != "final") {
        const Message message = socket.read();
        ASSERT_NE(message.kind, Message::gone);
        if (message.kind == Message::binary) {
            socket.frames.push_back(frame_of(message));
        }
    }
    gate_.open();
    const nlohmann::json end = socket.wait_for("complete");
    program.join();
    EXPECT_EQ(end["clip"]["frames"], 33);
    const Answer file =
        ask(host_port_, "GET", "/v1/clips/" + end["clip"]["id"].dump() + "/file", bearer(), {});
    EXPECT_EQ(file.status, 200);
    // Shown again, from the file.
    WebSocket later(host_port_, token);
    later.send({{"action", "watch"}, {"job", end["job"]}, {"late", "keep"}});
    later.wait_for("complete");
    EXPECT_EQ(later.frames.size(), 33U);
}

TEST_F(HostTest, a_clip_of_the_program_s_own_can_be_watched_and_stopped) {
    Recipe recipe;
    recipe.prompt = "a red ball bounces";
    recipe.model = "fake-causal";
    queue_->add({"of-the-studio", recipe});
    gate_.hold(first_final_frame);
    std::thread program([this] { make_next(); });
    gate_.wait_until_held();
    WebSocket socket(host_port_, token);
    socket.send({{"action", "watch"}, {"job", "of-the-studio"}});
    EXPECT_EQ(socket.wait_for("watching")["state"], "running");
    const Answer foreign = ask(host_port_, "DELETE", "/v1/jobs/of-the-studio", bearer(guest));
    EXPECT_EQ(foreign.status, 404);
    const Answer stopped = ask(host_port_, "DELETE", "/v1/jobs/of-the-studio", bearer());
    EXPECT_EQ(stopped.status, 202);
    EXPECT_TRUE(socket.wait_for("complete").contains("clip"));
    program.join();
}

TEST_F(HostTest, a_clip_of_the_program_s_own_can_be_steered) {
    Recipe recipe;
    recipe.prompt = "a red ball bounces";
    recipe.model = "fake-causal";
    queue_->add({"of-the-studio", recipe});
    steering_ = std::make_shared<Steering>(std::filesystem::path(), 4);
    gate_.hold(first_final_frame);
    std::thread program([this] { make_next(); });
    gate_.wait_until_held();
    const std::string address = "/v1/jobs/of-the-studio/prompt";
    EXPECT_EQ(ask(host_port_, "POST", address, bearer(guest), R"({"prompt": "a star"})").status, 404);
    EXPECT_EQ(ask(host_port_, "POST", address, bearer(), R"({"prompt": "a star"})").status, 202);
    EXPECT_EQ(steering_->wished(), "a star");
    gate_.open();
    program.join();
    ASSERT_EQ(steering_->taken().size(), 1U);
    EXPECT_EQ(steering_->taken().front().prompt, "a star");
    EXPECT_EQ(ask(host_port_, "POST", address, bearer(), R"({"prompt": "a moon"})").status, 409);
}

TEST_F(HostTest, it_tells_who_is_connected) {
    WebSocket socket(host_port_, guest, {{"User-Agent", "a test"}});
    wait_for([&] { return look_.connected.size() == 1; });
    const std::vector<serve::Connected> expected{{"127.0.0.1", "a test", false, 0}};
    EXPECT_EQ(look_.connected, expected);
    socket.socket().close();
    wait_for([&] { return look_.connected.empty(); });
}

TEST_F(HostTest, more_than_five_that_wait_are_an_alert) {
    for (int i = 0; i < 6; ++i) {
        const Answer answer =
            ask(host_port_,
                "POST",
                "/v1/jobs",
                bearer(),
                R"({"prompt": "a red ball bounces", "model": "fake-causal", "seed": )" + std::to_string(i) +
                    "}");
        ASSERT_EQ(answer.status, 201);
    }
    wait_for([&] { return look_.alerts.size() == 1; });
    EXPECT_EQ(look_.alerts.front().id, "queue");
}

TEST_F(HostTest, a_job_that_the_program_refuses_or_cancels_has_an_end) {
    WebSocket socket(host_port_, token);
    socket.send({{"action", "generate"}, {"recipe", nlohmann::json::parse(a_ball)}});
    const std::string first = socket.wait_for("queued")["job"];
    hosted_->clips().refused(first, Error(ErrorKind::user, "Not today."));
    EXPECT_EQ(socket.wait_for("failed")["message"], "Not today.");
    nlohmann::json other = nlohmann::json::parse(a_ball);
    other["seed"] = 6;
    socket.send({{"action", "generate"}, {"recipe", other}});
    const std::string second = socket.wait_for("queued")["job"];
    hosted_->clips().cancelled(second);
    EXPECT_EQ(socket.wait_for("cancelled")["job"], second);
}

} // namespace
} // namespace rushes::serve_test
