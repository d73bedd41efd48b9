// The parts of the service that need no socket.
#include "base/atomic_file.h"
#include "metrics/alerts.h"
#include "serve/access.h"
#include "serve/broadcast.h"
#include "serve/device_watch.h"
#include "serve/growing_file.h"
#include "serve/measures.h"

#include <filesystem>
#include <gmock/gmock.h>

namespace rushes::serve {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Target, IsTakenApart) {
    const auto target = parse_target("/v1/clips?search=a+red%20ball&limit=5&flag#part");
    ASSERT_TRUE(target);
    EXPECT_EQ(target->path, "/v1/clips");
    EXPECT_EQ(target->query.at("search"), "a red ball");
    EXPECT_EQ(target->query.at("limit"), "5");
    EXPECT_EQ(target->query.at("flag"), "");
    EXPECT_EQ(parse_target("/a+b")->path, "/a+b") << "a plus is a space in a query only";
    for (const char* bad : {"", "v1", "/%", "/%4", "/%zz", "/%00", "*", "http://a/b"}) {
        EXPECT_FALSE(parse_target(bad)) << bad;
    }
}

TEST(Access, JobsOfOneKeyAreOneAndOfTwoClientsTwo) {
    const Client owner{true, "aaaaaaaaaaaa"};
    const Client guest{false, "bbbbbbbbbbbb"};
    EXPECT_EQ(job_id_for(owner, "k"), job_id_for(owner, "k"));
    EXPECT_NE(job_id_for(owner, "k"), job_id_for(owner, "l"));
    EXPECT_NE(job_id_for(owner, "k"), job_id_for(guest, "k"));
    EXPECT_NE(job_id_for(owner, ""), job_id_for(owner, "")) << "without a key each wish is a new one";
    EXPECT_TRUE(guest.may_see(job_id_for(guest, "k")));
    EXPECT_FALSE(guest.may_see(job_id_for(owner, "k")));
    EXPECT_TRUE(owner.may_see(job_id_for(guest, "k")));
}

TEST(Access, ATokenThatIsMissingIsNobodys) {
    const Access access({.token = "secret", .guests = {}, .origins = {}, .host_names = {}});
    HttpRequest request;
    EXPECT_FALSE(access.client_of(request));
    request.query["token"] = "secret";
    EXPECT_TRUE(access.client_of(request)->owner);
    request.headers["authorization"] = "Bearer wrong";
    EXPECT_FALSE(access.client_of(request)) << "what the header says counts";
}

std::string box(const std::string& type, const std::string& content) {
    const auto size = static_cast<std::uint32_t>(content.size() + 8);
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) {
        bytes += static_cast<char>(size >> shift & 0xFF);
    }
    return bytes + type + content;
}

TEST(GrowingFile, GivesWholeFragmentsOnly) {
    const auto path = std::filesystem::temp_directory_path() / "rushes-growing-file-test.mp4";
    const std::string start = box("ftyp", "isom") + box("moov", "tracks");
    const std::string one = box("moof", "1") + box("mdat", "first");
    const std::string two = box("moof", "2") + box("mdat", "second");
    write_file(path, start + one + two.substr(0, two.size() - 1));
    const auto file = GrowingFile::open(path);
    EXPECT_EQ(file->start(), start);
    EXPECT_EQ(file->fragments(), 1U);
    EXPECT_EQ(file->fragment(0), one);
    EXPECT_EQ(file->fragment(1), "") << "its last byte is missing";
    std::filesystem::remove(path);
    EXPECT_EQ(file->fragment(0), one) << "its name is gone, its bytes are not";
    write_file(path, start + one + two);
    EXPECT_EQ(GrowingFile::open(path)->fragment(1), two);
    // What is no MP4 has no fragments, and ends.
    write_file(path, std::string(1000, '\0'));
    EXPECT_EQ(GrowingFile::open(path)->fragments(), 0U);
    write_file(path, start + std::string("\xFF\xFF\xFF\xFFmdat", 8));
    EXPECT_EQ(GrowingFile::open(path)->fragments(), 0U);
    std::filesystem::remove(path);
    EXPECT_EQ(GrowingFile::open(path), nullptr);
}

TEST(Broadcast, KeepsTheLastClipsAndThoseThatAreMade) {
    std::vector<std::string> told;
    Broadcast broadcast([&](const std::string& job) { told.push_back(job); });
    const auto running = broadcast.begin("runs", {});
    for (int i = 0; i < 20; ++i) {
        broadcast.begin("ended " + std::to_string(i), {})->end("{}");
    }
    EXPECT_EQ(broadcast.find("runs"), running);
    EXPECT_EQ(broadcast.find("ended 0"), nullptr);
    EXPECT_NE(broadcast.find("ended 19"), nullptr);
    told.clear();
    running->final_frames(1);
    EXPECT_THAT(told, ElementsAre("runs"));
    EXPECT_EQ(broadcast.find("never"), nullptr);
}

TEST(Broadcast, ASecondAttemptIsAnotherClip) {
    Broadcast broadcast([](const std::string&) {});
    const auto first = broadcast.begin("job", {});
    const auto second = broadcast.begin("job", {});
    EXPECT_NE(first->serial(), second->serial());
    EXPECT_EQ(broadcast.find("job"), second);
}

JobResult finished(double seconds, int frames = 11) {
    RunReport report;
    report.denoise_seconds = seconds / 2;
    report.decode_seconds = seconds / 4;
    report.first_frame_seconds = 1;
    report.total_seconds = 3;
    report.frames = frames;
    JobResult result{Finished{report}, std::nullopt, seconds};
    result.encode_seconds = seconds / 8;
    return result;
}

TEST(Measures, CountsPhasesAndCost) {
    Measures measures(3600); // one a second
    for (int i = 1; i <= 100; ++i) {
        measures.job_ended(finished(i), 0);
    }
    measures.job_ended({StoppedEarly{}, std::nullopt, 1000}, 0);
    const Measures::Snapshot snapshot = measures.snapshot();
    EXPECT_EQ(snapshot.finished, 100);
    EXPECT_EQ(snapshot.stopped, 1);
    const Measures::Summary& total = snapshot.phase[Measures::total];
    EXPECT_EQ(total.count, 100) << "half a clip says nothing about a whole one";
    EXPECT_DOUBLE_EQ(total.sum, 5050);
    EXPECT_DOUBLE_EQ(total.spread.p50, 50.5);
    EXPECT_NEAR(total.spread.p99, 99.01, 1e-9);
    EXPECT_DOUBLE_EQ(snapshot.cost, 6050);
    EXPECT_DOUBLE_EQ(snapshot.frame_rate, 5) << "ten frames in the two seconds after the first";
}

/// Prometheus' own rules: a name, labels in braces, a number; HELP and TYPE before.
TEST(Measures, AreToldAsPrometheusReadsThem) {
    Measures measures;
    measures.job_ended(finished(20), 1);
    measures.answered(200);
    measures.quality(0.9, 0.5);
    const std::string text =
        prometheus_text(measures.snapshot(), {.waiting = 7, .device_use = 0.5, .card_memory_bytes = 3});
    EXPECT_THAT(text, HasSubstr("rushes_queue_depth 7\n"));
    EXPECT_THAT(text, HasSubstr("rushes_phase_seconds{phase=\"generation\",quantile=\"0.99\"} 10\n"));
    EXPECT_THAT(text, HasSubstr("rushes_phase_seconds_count{phase=\"queue\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("rushes_alert{id=\"slow\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("rushes_alert{id=\"queue\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("rushes_alert{id=\"quality\"} 0\n"));
    EXPECT_THAT(text, HasSubstr("rushes_http_answers_total{status=\"200\"} 1\n"));
    for (const char* wanted :
         {"rushes_phase_seconds{phase=\"load\",quantile=\"0.5\"} ",
          "rushes_phase_seconds{phase=\"text\",quantile=\"0.95\"} ",
          "rushes_phase_seconds{phase=\"decode\",quantile=\"0.99\"} ",
          "rushes_phase_seconds{phase=\"encode\",quantile=\"0.99\"} ",
          "rushes_frame_rate ",
          "rushes_dry_stages_total ",
          "rushes_device_use 0.5\n",
          "rushes_memory_bytes ",
          "rushes_card_memory_bytes 3\n",
          "rushes_clip_cost ",
          "rushes_ssim 0.9\n",
          "rushes_flicker_levels 0.5\n"}) {
        EXPECT_THAT(text, HasSubstr(std::string("\n") + wanted));
    }
    std::istringstream lines(text);
    std::string family;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("# TYPE ")) {
            family = line.substr(7, line.find(' ', 7) - 7);
        } else if (!line.starts_with("#")) {
            EXPECT_TRUE(line.starts_with(family)) << line << " stands under " << family;
            char* end = nullptr;
            const std::string number = line.substr(line.rfind(' ') + 1);
            std::strtod(number.c_str(), &end);
            EXPECT_EQ(*end, '\0') << line;
        }
    }
}

TEST(Alerts, HaveTheThresholdsOfTheArticles) {
    const auto ids = [](const ServiceHealth& health) {
        std::vector<std::string> found;
        for (const Alert& alert : alerts_of(health)) {
            EXPECT_FALSE(alert.sentence.empty());
            found.push_back(alert.id);
        }
        return found;
    };
    EXPECT_THAT(ids({}), IsEmpty()) << "nothing is known, so nothing is wrong";
    EXPECT_THAT(ids({.p99_seconds = 15, .device_use = 0.40, .ssim = 0.75, .waiting = 5}), IsEmpty());
    EXPECT_THAT(ids({.p99_seconds = 15.1}), ElementsAre("slow"));
    EXPECT_THAT(ids({.device_use = 0.39}), ElementsAre("device_idle"));
    EXPECT_THAT(ids({.device_use = 0.951}), ElementsAre("device_full"));
    EXPECT_THAT(ids({.ssim = 0.749}), ElementsAre("quality"));
    EXPECT_THAT(ids({.waiting = 6}), ElementsAre("queue"));
}

TEST(DeviceWatch, IsTheShareOfTheCoresWhileClipsAreMade) {
    double own = 0;
    double others = 0;
    DeviceWatch watch(2, [&] { return ProcessorTimes{others, own, 0}; });
    DeviceWatch::Clock::time_point now{};
    const auto second = [&](double seconds_of_work, bool busy) {
        own += seconds_of_work - 0.1;
        others += 0.1;
        now += 1s;
        watch.look(now, busy);
    };
    second(0, false);
    for (int i = 0; i < 10; ++i) {
        second(0.1, false);
    }
    EXPECT_LT(watch.use(), 0) << "nothing was made yet";
    second(0.2, true); // began somewhere within
    for (int i = 0; i < 5; ++i) {
        second(1.5, true);
    }
    EXPECT_NEAR(watch.use(), 0.75, 1e-9);
}

} // namespace
} // namespace rushes::serve
