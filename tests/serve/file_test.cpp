// Files over HTTP: ranges, and a clip's file while it grows.
#include "base/atomic_file.h"
#include "media/clip_reader.h"
#include "serve/file_body.h"
#include "serve/service_fixture.h"

#include <gmock/gmock.h>

namespace rushes::serve_test {
namespace {

using serve::RangeKind;
using serve::wanted_range;

// RFC 9110, 14.1.2, for a file of 10000 bytes.
TEST(Ranges, AreReadAsTheStandardHasThem) {
    const auto some = [](const std::string& header, std::uint64_t size) {
        const serve::WantedRange wanted = wanted_range(header, size);
        EXPECT_EQ(wanted.kind, RangeKind::some) << header;
        return std::pair(wanted.range.first, wanted.range.last);
    };
    EXPECT_EQ(some("bytes=0-499", 10000), std::pair(0UL, 499UL));
    EXPECT_EQ(some("bytes=500-999", 10000), std::pair(500UL, 999UL));
    EXPECT_EQ(some("bytes=-500", 10000), std::pair(9500UL, 9999UL));
    EXPECT_EQ(some("bytes=9500-", 10000), std::pair(9500UL, 9999UL));
    EXPECT_EQ(some("bytes=9990-20000", 10000), std::pair(9990UL, 9999UL));
    EXPECT_EQ(some("bytes=-20000", 10000), std::pair(0UL, 9999UL));
    for (const char* header :
         {"",
          "bytes=",
          "bytes=-",
          "bytes=5-1",
          "bytes=a-b",
          "lines=1-2",
          "bytes=0-1,5-6",
          "bytes=1-x",
          "bytes=99999999999999999999-"}) {
        EXPECT_EQ(wanted_range(header, 10000).kind, RangeKind::none) << header;
    }
    EXPECT_EQ(wanted_range("bytes=10000-", 10000).kind, RangeKind::outside);
    EXPECT_EQ(wanted_range("bytes=-0", 10000).kind, RangeKind::outside);
    EXPECT_EQ(wanted_range("bytes=0-", 0).kind, RangeKind::outside);
}

class FileTest : public ServiceTest {
protected:
    Answer
    get_range(const std::string& target, const std::string& range, const std::string& if_range = {}) const {
        Headers headers = bearer();
        headers.emplace_back("Range", range);
        if (!if_range.empty()) {
            headers.emplace_back("If-Range", if_range);
        }
        return ask(port(), "GET", target, headers);
    }
};

TEST_F(FileTest, AFinishedFileComesWholeAndInParts) {
    start();
    const nlohmann::json end = wait_for_end(post_job(a_ball).json()["job"]);
    const std::string target = end["file"];
    const Answer whole = get(target);
    EXPECT_EQ(whole.status, 200);
    EXPECT_EQ(whole.headers.at("content-type"), "video/mp4");
    EXPECT_EQ(whole.headers.at("accept-ranges"), "bytes");
    EXPECT_EQ(whole.headers.at("rushes-complete"), "true");
    EXPECT_EQ(whole.body, read_file(folder_ / "videos" / end["clip"]["name"].get<std::string>()));
    const Answer part = get_range(target, "bytes=100-199");
    EXPECT_EQ(part.status, 206);
    EXPECT_EQ(part.body, whole.body.substr(100, 100));
    EXPECT_EQ(part.headers.at("content-range"), "bytes 100-199/" + std::to_string(whole.body.size()));
    EXPECT_EQ(get_range(target, "bytes=100-199", whole.headers.at("etag")).status, 206);
    EXPECT_EQ(get_range(target, "bytes=100-199", "\"another\"").status, 200)
        << "the file has changed: all of it";
    const Answer outside = get_range(target, "bytes=99999999-");
    EXPECT_EQ(outside.status, 416);
    EXPECT_EQ(outside.headers.at("content-range"), "bytes */" + std::to_string(whole.body.size()));
    const Answer head = ask(port(), "HEAD", target, bearer());
    EXPECT_EQ(head.headers.at("content-length"), std::to_string(whole.body.size()));
    EXPECT_THAT(
        get(target + "?download=1").headers.at("content-disposition"), ::testing::HasSubstr("attachment")
    );
}

TEST_F(FileTest, TheFileIsThereWhileItGrows) {
    start();
    gate_.hold([](const Progress& progress) {
        return progress.phase == Phase::decoding && progress.frames_done == 10;
    });
    const std::string id = post_job(a_ball).json()["job"];
    const std::string target = "/v1/jobs/" + id + "/file";
    gate_.wait_until_held();
    Answer begin;
    do { // the encoder is a moment behind the engine
        begin = get_range(target, "bytes=0-");
    } while (begin.status != 206 || begin.body.size() < 4000);
    EXPECT_EQ(begin.headers.at("rushes-complete"), "false");
    EXPECT_THAT(begin.headers.at("content-range"), ::testing::EndsWith("/*"))
        << "nobody knows yet how long it will be";
    EXPECT_EQ(begin.body.substr(4, 4), "ftyp");
    const Answer more = get_range(target, "bytes=4-7");
    EXPECT_EQ(more.body, "ftyp");
    EXPECT_EQ(get_range(target, "bytes=99999999-").status, 416);

    // Who asks without a range follows it to its end.
    Socket follower(port());
    follower.send(request_text(port(), "GET", target, bearer(), {}));
    gate_.open();
    const Answer followed = read_answer(follower);
    wait_for_end(id);
    write_file(folder_ / "followed.mp4", followed.body);
    ClipReader reader(folder_ / "followed.mp4");
    int frames = 0;
    while (reader.next() != nullptr) {
        ++frames;
    }
    EXPECT_EQ(frames, 33) << "a whole clip, though its file has another name by now";
}

TEST_F(FileTest, WhoStopsReadingAGrowingFileHoldsUpNobody) {
    start();
    gate_.hold(first_final_frame);
    const std::string id = post_job(a_ball).json()["job"];
    gate_.wait_until_held();
    Socket deaf(port(), 4096);
    deaf.send(request_text(port(), "GET", "/v1/jobs/" + id + "/file", bearer(), {}));
    gate_.open();
    EXPECT_EQ(wait_for_end(id)["state"], "finished");
}

TEST_F(FileTest, AJobThatWaitsHasNoFileYet) {
    start();
    gate_.hold([](const Progress&) { return true; });
    post_job(a_ball);
    gate_.wait_until_held();
    const std::string waits = post_job(R"({"prompt": "later", "model": "fake-causal"})").json()["job"];
    const Answer none = get("/v1/jobs/" + waits + "/file");
    EXPECT_EQ(none.status, 404);
    EXPECT_EQ(none.headers.at("retry-after"), "1");
}

// Else whoever keeps the connection would take the next answer for the rest of this one.
TEST_F(FileTest, AFileThatIsCutWhileItIsSentEndsTheConnection) {
    start();
    const nlohmann::json end = wait_for_end(post_job(a_ball).json()["job"]);
    const auto file = folder_ / "videos" / end["clip"]["name"].get<std::string>();
    constexpr std::uintmax_t large = std::uintmax_t{64} << 20; // more than sockets hold
    std::filesystem::resize_file(file, large);
    Socket slow(port(), 4096);
    slow.send(request_text(port(), "GET", end["file"], bearer(), {}));
    std::uintmax_t read = slow.read_some().size();
    ASSERT_GT(read, 0U);
    std::filesystem::resize_file(file, std::uintmax_t{1} << 20);
    read += slow.read_all().size(); // comes to an end, which a connection that stays open would not
    EXPECT_LT(read, large);
}

TEST_F(FileTest, AFileThatWasRemovedIsSaid) {
    start();
    const nlohmann::json end = wait_for_end(post_job(a_ball).json()["job"]);
    std::filesystem::remove_all(folder_ / "videos");
    EXPECT_EQ(get(end["file"]).status, 404);
    EXPECT_EQ(post_job(a_ball).json()["cached"], false) << "what is gone is made again";
}

} // namespace
} // namespace rushes::serve_test
