// The addresses of the service, asked through real sockets.
#include "jobs/job_queue.h"
#include "serve/service_fixture.h"

#include <csignal>
#include <fcntl.h>
#include <future>
#include <gmock/gmock.h>
#include <unistd.h>

namespace rushes::serve_test {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;

class HttpTest : public ServiceTest {};

TEST_F(HttpTest, OnlyWhoHasTheTokenComesIn) {
    start();
    EXPECT_EQ(ask(port(), "GET", "/v1/models").status, 401);
    EXPECT_EQ(ask(port(), "GET", "/v1/models", bearer("the-owner-s-tokem")).status, 401);
    EXPECT_EQ(ask(port(), "GET", "/v1/models", bearer("the-owner-s-token-and-more")).status, 401);
    EXPECT_EQ(ask(port(), "GET", "/v1/models?token=").status, 401);
    const Answer refused = ask(port(), "GET", "/metrics");
    EXPECT_EQ(refused.status, 401);
    EXPECT_THAT(refused.json()["error"]["message"], "The token is missing or wrong.");
    EXPECT_EQ(get("/v1/models").status, 200);
    EXPECT_EQ(ask(port(), "GET", std::string("/v1/models?token=") + token).status, 200);
    EXPECT_EQ(
        ask(port(), "GET", "/v1/models", {{"Authorization", std::string("bearer ") + token}}).status, 200
    );
    EXPECT_EQ(get("/v1/models", guest).status, 200);
}

TEST_F(HttpTest, PagesOfOthersMayNotCall) {
    options_.access.origins = {"https://friend.example"};
    start();
    const std::string own = "http://127.0.0.1:" + std::to_string(port());
    const auto from = [&](const std::string& origin, const std::string& host = {}) {
        Headers headers = bearer();
        headers.emplace_back("Origin", origin);
        if (!host.empty()) {
            headers.emplace_back("Host", host);
        }
        return ask(port(), "GET", "/v1/models", headers);
    };
    EXPECT_EQ(from("http://evil.example").status, 403);
    EXPECT_EQ(from("null").status, 403);
    EXPECT_EQ(from(own + "0").status, 403) << "another port is another origin";
    EXPECT_EQ(from(own).status, 200);
    const Answer friendly = from("https://friend.example");
    EXPECT_EQ(friendly.status, 200);
    EXPECT_EQ(friendly.headers.at("access-control-allow-origin"), "https://friend.example");
    // A name of the attacker's that leads to this machine, so that his page has the "same" origin.
    EXPECT_EQ(from("http://evil.example:1", "evil.example:1").status, 403);
}

TEST_F(HttpTest, WhatIsNoRequestIsRefusedWithASentence) {
    start();
    EXPECT_EQ(get("/v1/nothing").status, 404);
    EXPECT_EQ(ask(port(), "DELETE", "/v1/models", bearer()).status, 405);
    EXPECT_EQ(ask(port(), "GET", "/v1/jobs/%zz", bearer()).status, 400);
    EXPECT_EQ(ask(port(), "GET", "/%00", bearer()).status, 400);
    EXPECT_EQ(get("/../../etc/passwd").status, 404);
    Socket socket(port());
    socket.send("HELLO\r\n\r\n");
    EXPECT_EQ(read_answer(socket).status, 400);
}

TEST_F(HttpTest, WhatIsTooLongIsRefusedAndTheConnectionEnds) {
    start();
    const Answer body = post_job(std::string(2 << 20, 'x'));
    EXPECT_EQ(body.status, 413);
    EXPECT_THAT(body.json()["error"]["message"].get<std::string>(), HasSubstr("1048576 bytes"));
    EXPECT_EQ(ask(port(), "GET", "/v1/models", {{"X-Long", std::string(20'000, 'x')}}).status, 431);
    EXPECT_EQ(get("/v1/models").status, 200) << "the others go on";
}

TEST_F(HttpTest, OneConnectionCarriesManyRequests) {
    start();
    Socket socket(port());
    for (int i = 0; i < 3; ++i) {
        socket.send(request_text(port(), "GET", "/v1/models", bearer(), {}));
        EXPECT_EQ(read_answer(socket).status, 200);
    }
    socket.send(request_text(port(), "HEAD", "/v1/models", bearer(), {}));
    EXPECT_EQ(read_answer(socket, true).status, 200);
    socket.send(request_text(port(), "GET", "/healthz", {}, {}));
    EXPECT_EQ(read_answer(socket).json()["status"], "ok");
}

TEST_F(HttpTest, SlowWritersAreGivenUpAndHoldUpNobody) {
    options_.server.patience = std::chrono::milliseconds(200);
    start();
    Socket slow(port());
    slow.send("POST /v1/jobs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nhalf a bo");
    EXPECT_EQ(get("/v1/models").status, 200);
    EXPECT_EQ(slow.read_all(), "") << "closed without a word, as it said nothing whole";
    Socket slower(port());
    slower.send("GET /v1/mod");
    EXPECT_EQ(slower.read_all(), "");
}

TEST_F(HttpTest, ARecipeBecomesAClip) {
    start();
    const Answer added = post_job(a_ball);
    ASSERT_EQ(added.status, 201) << added.body;
    const std::string id = added.json()["job"];
    EXPECT_EQ(added.headers.at("location"), "/v1/jobs/" + id);
    EXPECT_EQ(added.json()["frames"], 33);
    const nlohmann::json end = wait_for_end(id);
    EXPECT_EQ(end["state"], "finished");
    const nlohmann::json job = get("/v1/jobs/" + id).json();
    EXPECT_EQ(job["state"], "done");
    EXPECT_EQ(job["clip"]["frames"], 33);
    EXPECT_EQ(job["recipe"]["model_hash"], "fake-causal-1");
    EXPECT_EQ(get("/v1/clips").json()["clips"][0]["recipe"]["prompt"], "a red ball bounces");
    const Answer poster = get("/v1/clips/" + job["clip"]["id"].dump() + "/poster");
    EXPECT_EQ(poster.headers.at("content-type"), "image/webp");
    EXPECT_EQ(poster.body.substr(0, 4) + poster.body.substr(8, 4), "RIFFWEBP");
}

TEST_F(HttpTest, APictureThatTakesItsTimeHoldsUpNoOtherAnswer) {
    start();
    const std::string id = post_job(a_ball).json()["job"];
    wait_for_end(id);
    const nlohmann::json clip = get("/v1/jobs/" + id).json()["clip"];
    while (get("/v1/status").json()["ssim"].is_null()) { // the service itself looks into a new clip
    }
    // A file that nobody has open, with a lease on it: who opens it waits until the lease is given back.
    const std::filesystem::path file = parts_.videos / clip["name"].get<std::string>();
    std::filesystem::copy(file, folder_ / "copy");
    std::filesystem::rename(folder_ / "copy", file);
    std::signal(SIGIO, SIG_IGN); // tells of the waiting
    const int held = ::open(file.c_str(), O_RDWR);
    if (::fcntl(held, F_SETLEASE, F_WRLCK) != 0) {
        GTEST_SKIP() << "this file system knows no leases";
    }
    auto poster =
        std::async(std::launch::async, [&] { return get("/v1/clips/" + clip["id"].dump() + "/poster"); });
    while (::fcntl(held, F_GETLEASE) == F_WRLCK &&
           poster.wait_for(std::chrono::milliseconds(1)) == std::future_status::timeout) {
    }
    auto other = std::async(std::launch::async, [&] { return get("/v1/jobs/" + id); });
    const auto answered = other.wait_for(std::chrono::seconds(20));
    EXPECT_EQ(poster.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
    ::close(held);
    EXPECT_EQ(answered, std::future_status::ready);
    EXPECT_EQ(other.get().status, 200);
    EXPECT_EQ(poster.get().status, 200);
}

TEST_F(HttpTest, TheSameKeyIsTheSameJob) {
    start();
    gate_.hold([](const Progress&) { return true; });
    const Answer first = post_job(a_ball, token, "key-1");
    const Answer again = post_job(a_ball, token, "key-1");
    EXPECT_EQ(first.status, 201);
    EXPECT_EQ(again.status, 200);
    EXPECT_EQ(first.json()["job"], again.json()["job"]);
    EXPECT_NE(post_job(a_ball, token, "key-2").json()["job"], first.json()["job"]);
    EXPECT_NE(post_job(a_ball, guest, "key-1").json()["job"], first.json()["job"])
        << "keys are each client's own";
    const Answer changed =
        post_job(R"({"prompt": "something else", "model": "fake-causal"})", token, "key-1");
    EXPECT_EQ(changed.status, 422);
    EXPECT_THAT(changed.json()["error"]["message"], HasSubstr("another recipe"));
}

TEST_F(HttpTest, TheKeyIsRememberedOverARestart) {
    start();
    const std::string id = post_job(a_ball, token, "key-1").json()["job"];
    wait_for_end(id);
    service_.reset();
    start();
    const Answer again = post_job(a_ball, token, "key-1");
    EXPECT_EQ(again.json()["job"], id);
    EXPECT_EQ(again.json()["state"], "done");
}

TEST_F(HttpTest, TheSameRecipeIsThereAtOnce) {
    start();
    const nlohmann::json first = wait_for_end(post_job(a_ball).json()["job"]);
    gate_.hold([](const Progress&) { return true; }); // nothing can be made any more
    const Answer again = post_job(a_ball);
    EXPECT_EQ(again.status, 200);
    EXPECT_EQ(again.json()["cached"], true);
    EXPECT_EQ(again.json()["clip"]["id"], first["clip"]["id"]);
    EXPECT_EQ(get("/v1/jobs/" + again.json()["job"].get<std::string>() + "/file").status, 200);
    const Answer other = post_job(R"({"prompt": "a red ball bounces", "model": "fake-causal", "seed": 6})");
    EXPECT_EQ(other.json()["cached"], false);
}

TEST_F(HttpTest, WithAnotherModelBehindTheNameItIsAnotherClip) {
    start();
    wait_for_end(post_job(a_ball).json()["job"]);
    service_.reset();
    parts_.find_models = [] {
        ModelInfo changed = testing::fake_causal_model();
        changed.hash = "other weights";
        return std::vector{changed};
    };
    start();
    EXPECT_EQ(post_job(a_ball).json()["cached"], false);
}

TEST_F(HttpTest, WhatCannotBeMadeIsRefused) {
    start();
    const auto refused = [&](const std::string& recipe, int status, const std::string& sentence) {
        const Answer answer = post_job(recipe);
        EXPECT_EQ(answer.status, status) << recipe;
        EXPECT_THAT(answer.json()["error"]["message"].get<std::string>(), HasSubstr(sentence)) << recipe;
    };
    refused("", 400, "not valid JSON");
    refused("no json", 400, "not valid JSON");
    refused("[1]", 400, "JSON object");
    refused("\"\xFF\"", 400, "UTF-8");
    refused(R"({"schema_version": 99, "prompt": "x"})", 400, "newer version of Rushes");
    refused(R"({"prompt": "x", "prompt": "y"})", 400, "twice");
    refused(R"({"prompt": 5})", 400, "'prompt' must be a text");
    refused(R"({"prompt": "x", "model": "/etc"})", 422, "not installed");
    refused(R"({"prompt": "x", "model": "../resources/models/rushes-demo"})", 422, "not installed");
    refused(
        R"({"prompt": "x", "inputs": [{"role": "image", "path": "/etc/passwd"}]})",
        400,
        "files of this machine"
    );
    refused(R"({"prompt": "x", "loras": [{"path": "/etc/passwd"}]})", 400, "files of this machine");
    refused(R"({"prompt": "x", "model": "fake-full", "frames": 100000})", 422, "");
    EXPECT_EQ(get("/v1/jobs").json()["jobs"].size(), 0U);
}

TEST_F(HttpTest, AThousandJobsAtOnceAreBounded) {
    parts_.most_waiting = 20;
    start();
    gate_.hold([](const Progress&) { return true; });
    post_job(a_ball);
    gate_.wait_until_held();
    int taken = 0;
    int refused = 0;
    Socket socket(port());
    for (int i = 0; i < 1000; ++i) {
        const std::string recipe =
            R"({"prompt": "ball", "model": "fake-causal", "seed": )" + std::to_string(100 + i) + "}";
        socket.send(request_text(port(), "POST", "/v1/jobs", bearer(), recipe));
        const Answer answer = read_answer(socket);
        taken += answer.status == 201 ? 1 : 0;
        if (answer.status == 429) {
            ++refused;
            ASSERT_GE(std::atoi(answer.headers.at("retry-after").c_str()), 1);
        }
    }
    EXPECT_EQ(taken, 20);
    EXPECT_EQ(refused, 980);
}

TEST_F(HttpTest, WhatIsAnothersDoesNotExistForAGuest) {
    start();
    gate_.hold([](const Progress&) { return true; });
    const std::string id = post_job(a_ball, guest).json()["job"];
    gate_.wait_until_held();
    for (const char* path : {"", "/file"}) {
        EXPECT_EQ(get("/v1/jobs/" + id + path, other_guest).status, 404);
    }
    EXPECT_EQ(ask(port(), "DELETE", "/v1/jobs/" + id, bearer(other_guest)).status, 404);
    EXPECT_EQ(get("/v1/jobs", other_guest).json()["jobs"].size(), 0U);
    EXPECT_EQ(get("/v1/jobs/" + id, guest).json()["state"], "running") << "nobody stopped it";
    EXPECT_EQ(get("/v1/jobs/" + id).status, 200) << "the owner of the machine sees everything";
    EXPECT_TRUE(get("/v1/status", other_guest).json()["running"].is_null());
    gate_.open();
    const nlohmann::json clip = wait_for_end(id, guest)["clip"];
    const std::string address = "/v1/clips/" + clip["id"].dump();
    EXPECT_EQ(get(address, guest).status, 200);
    EXPECT_EQ(get("/v1/clips", guest).json()["clips"].size(), 1U);
    EXPECT_EQ(get("/v1/clips", other_guest).json()["clips"].size(), 0U);
    for (const char* what : {"", "/file", "/poster"}) {
        EXPECT_EQ(get(address + what, other_guest).status, 404);
    }
    EXPECT_EQ(get("/metrics", guest).status, 403);
}

TEST_F(HttpTest, DeleteStopsWhatRunsAndCancelsWhatWaits) {
    start();
    gate_.hold(first_final_frame);
    const std::string runs = post_job(a_ball).json()["job"];
    gate_.wait_until_held();
    const std::string waits = post_job(R"({"prompt": "a star", "model": "fake-causal"})").json()["job"];
    EXPECT_EQ(ask(port(), "DELETE", "/v1/jobs/" + waits, bearer()).status, 202);
    EXPECT_EQ(get("/v1/jobs/" + waits).json()["state"], "cancelled");
    EXPECT_EQ(ask(port(), "DELETE", "/v1/jobs/" + runs, bearer()).status, 202);
    EXPECT_EQ(wait_for_end(runs)["state"], "stopped");
    EXPECT_EQ(ask(port(), "DELETE", "/v1/jobs/" + runs, bearer()).status, 409) << "it is over";
    EXPECT_FALSE(std::filesystem::exists(parts_.checkpoints / runs));
}

TEST_F(HttpTest, ADrainingServiceTakesNoJobsAndFinishesTheRunningOne) {
    start();
    const std::uint16_t last_port = port();
    gate_.hold(first_final_frame);
    const std::string id = post_job(a_ball).json()["job"];
    gate_.wait_until_held();
    std::thread drain([&] { service_->drain(std::chrono::minutes(1)); });
    while (ask(last_port, "GET", "/healthz").status != 503) {
    }
    EXPECT_EQ(post_job(R"({"prompt": "late", "model": "fake-causal"})").status, 503);
    gate_.open();
    drain.join();
    service_.reset();
    JobQueue queue(parts_.queue);
    EXPECT_EQ(queue.find(id)->state, JobState::done);
}

TEST_F(HttpTest, WhatADrainCutsOffGoesOnAtTheNextStart) {
    start();
    gate_.hold(first_final_frame);
    const std::string id = post_job(a_ball).json()["job"];
    gate_.wait_until_held();
    service_->drain(std::chrono::milliseconds(0));
    service_.reset();
    EXPECT_EQ(JobQueue(parts_.queue).find(id)->state, JobState::paused);
    EXPECT_TRUE(std::filesystem::exists(parts_.checkpoints / id)) << "nothing to go on from";
    gate_.open();
    start();
    EXPECT_EQ(wait_for_end(id)["clip"]["frames"], 33);
    EXPECT_FALSE(std::filesystem::exists(parts_.checkpoints / id));
}

TEST_F(HttpTest, BeyondThisMachineOnlyWithACertificate) {
    options_.server.address = "0.0.0.0";
    try {
        start();
        FAIL() << "it listens";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("without TLS"));
        EXPECT_EQ(error.kind(), ErrorKind::user);
    }
}

TEST_F(HttpTest, APortThatIsTakenIsSaid) {
    start();
    serve::ServiceOptions second = options_;
    second.server.port = port();
    serve::ServiceParts parts = parts_;
    parts.queue = folder_ / "other.db";
    try {
        const serve::Service other(parts, second);
        FAIL() << "it listens";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("Cannot listen on 127.0.0.1, port " + std::to_string(port())));
    }
}

} // namespace
} // namespace rushes::serve_test
