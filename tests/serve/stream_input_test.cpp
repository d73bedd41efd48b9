// /v1/stream and clients that behave badly.
#include "serve/stream_fixture.h"

#include <gmock/gmock.h>

namespace rushes::serve_test {
namespace {

using ::testing::HasSubstr;

TEST_F(StreamTest, OnlyWhoHasTheTokenAndComesFromHere) {
    start();
    EXPECT_EQ(WebSocket(port(), "").status(), 401);
    EXPECT_EQ(WebSocket(port(), "wrong-token").status(), 401);
    EXPECT_EQ(WebSocket(port(), token, {{"Origin", "http://evil.example"}}).status(), 403);
    EXPECT_EQ(
        WebSocket(port(), token, {{"Origin", "http://127.0.0.1:" + std::to_string(port())}}).status(), 101
    );
    EXPECT_EQ(WebSocket(port(), "", bearer()).status(), 101);
}

TEST_F(StreamTest, PingsAreAnsweredBothWays) {
    start();
    WebSocket socket(port(), token);
    socket.send_frame(0x89, "beat");
    const Message pong = socket.read();
    EXPECT_EQ(pong.kind, Message::pong);
    EXPECT_EQ(pong.bytes, "beat");
    socket.send({{"action", "ping"}, {"ref", "7"}});
    EXPECT_EQ(socket.wait_for("pong")["ref"], "7");
}

TEST_F(StreamTest, WhoDoesNotAnswerPingsIsGone) {
    options_.server.idle = std::chrono::milliseconds(200);
    start();
    WebSocket silent(port(), token);
    EXPECT_EQ(silent.read().kind, Message::ping);
    // Its answer would be a pong. It never comes, and the server lets go.
    while (silent.read().kind != Message::gone) {
    }
    WebSocket polite(port(), token);
    for (int i = 0; i < 3; ++i) {
        Message ping = polite.read();
        ASSERT_EQ(ping.kind, Message::ping);
        polite.send_frame(0x8A, ping.bytes);
    }
}

TEST_F(StreamTest, FragmentedMessagesArePutTogether) {
    start();
    WebSocket socket(port(), token);
    const std::string text = R"({"action": "ping", "ref": "parts"})";
    socket.send_frame(0x01, text.substr(0, 5));
    socket.send_frame(0x89, "between");
    socket.send_frame(0x00, text.substr(5, 9));
    socket.send_frame(0x80, text.substr(14));
    EXPECT_EQ(socket.wait_for("pong")["ref"], "parts");
}

TEST_F(StreamTest, WhatIsNoMessageIsAnsweredWithASentence) {
    start();
    WebSocket socket(port(), token);
    const auto refused = [&](const std::string& text) {
        socket.send_frame(0x81, text);
        return socket.wait_for("error")["message"].get<std::string>();
    };
    EXPECT_THAT(refused("no json"), HasSubstr("not valid JSON"));
    EXPECT_THAT(refused("[]"), HasSubstr("JSON object"));
    EXPECT_THAT(refused("{}"), HasSubstr("'action' is missing"));
    EXPECT_THAT(refused(R"({"action": "fly"})"), HasSubstr("no action"));
    EXPECT_THAT(refused(R"({"action": "generate"})"), HasSubstr("'recipe' is missing"));
    EXPECT_THAT(
        refused(R"({"action": "generate", "recipe": {"schema_version": 77}})"), HasSubstr("newer version")
    );
    EXPECT_THAT(
        refused(R"({"action": "generate", "recipe": {"prompt": "x", "model": "/tmp"}})"),
        HasSubstr("not installed")
    );
    EXPECT_THAT(refused(R"({"action": "watch", "job": "nobody's"})"), HasSubstr("no job"));
    EXPECT_THAT(refused(R"({"action": "watch", "job": "x", "from": -1})"), HasSubstr("'from'"));
    EXPECT_THAT(refused(R"({"action": "ping", "size": 3, "action": "ping"})"), HasSubstr("twice"));
    EXPECT_THAT(refused(std::string(40, '[')), HasSubstr("nested deeper"));
    socket.send({{"action", "ping"}});
    socket.wait_for("pong"); // and it goes on
}

TEST_F(StreamTest, WhatIsNoTextEndsTheConnection) {
    start();
    WebSocket binary(port(), token);
    binary.send_frame(0x82, "bytes");
    EXPECT_EQ(close_code(binary), 1003);
    WebSocket broken(port(), token);
    broken.send_frame(0x81, "\xFF\xFE");
    EXPECT_EQ(close_code(broken), 1007);
    WebSocket nonsense(port(), token);
    nonsense.send_frame(0x83, "a reserved opcode");
    EXPECT_EQ(close_code(nonsense), 1002);
}

TEST_F(StreamTest, TooLongMessagesEndTheConnectionWholeOrInParts) {
    start();
    WebSocket whole(port(), token);
    whole.send_frame(0x81, std::string(400 << 10, ' '));
    EXPECT_EQ(close_code(whole), 1009);
    WebSocket parts(port(), token);
    parts.send_frame(0x01, std::string(100 << 10, ' '));
    for (int i = 0; i < 3; ++i) {
        parts.send_frame(0x00, std::string(100 << 10, ' '));
    }
    EXPECT_EQ(close_code(parts), 1009);
    // A length of 2^62 bytes is refused before any of them came.
    WebSocket huge(port(), token);
    huge.socket().send(std::string("\x81\xFF\x40\0\0\0\0\0\0\0\x12\x34\x56\x78", 14));
    EXPECT_EQ(close_code(huge), 1009);
}

TEST_F(StreamTest, WhoReadsSlowlyHoldsUpOnlyHimself) {
    start();
    Json message = generate("fake-full");
    message["recipe"].update({{"width", 1280}, {"height", 720}, {"frames", 121}, {"draft", false}});
    message["size"] = "full";
    WebSocket slow(port(), token, {}, 4096);
    slow.send(message);
    const std::string job = slow.wait_for("queued")["job"]; // and reads nothing any more
    WebSocket quick(port(), token);
    quick.send({{"action", "watch"}, {"job", job}, {"late", "keep"}, {"size", "full"}});
    EXPECT_EQ(quick.wait_for("complete")["clip"]["frames"], 121);
    EXPECT_EQ(of_kind(quick.frames, "final").size(), 121U);
    // When he reads again, he gets what is there, skipped or not, and the end.
    slow.wait_for("complete");
    const auto seen = indices(of_kind(slow.frames, "final"));
    EXPECT_EQ(seen.back(), 120);
    EXPECT_TRUE(std::ranges::is_sorted(seen));
}

TEST_F(StreamTest, WhoAsksAndNeverReadsIsGivenUp) {
    start();
    WebSocket deaf(port(), token, {}, 4096);
    const std::string ping = R"({"action": "ping", "ref": ")" + std::string(100, 'x') + "\"}";
    bool open = true;
    for (int i = 0; open && i < 2'000'000; ++i) {
        open = deaf.send_frame(0x81, ping);
    }
    EXPECT_FALSE(open) << "its questions were taken for ever";
    EXPECT_EQ(get("/v1/models").status, 200);
}

TEST_F(StreamTest, WhoLeavesInAnyPhaseLeavesNothingBehind) {
    start();
    const std::vector<std::function<bool(const Progress&)>> phases{
        [](const Progress& progress) { return progress.phase == Phase::loading; },
        [](const Progress& progress) { return progress.phase == Phase::text; },
        [](const Progress& progress) { return progress.phase == Phase::denoising; },
        [](const Progress& progress) {
            return progress.phase == Phase::decoding && progress.frames_done == 3;
        },
        [](const Progress& progress) { return progress.phase == Phase::finishing; },
    };
    int seed = 100;
    for (const auto& phase : phases) {
        gate_.hold(phase);
        std::string job;
        {
            WebSocket leaving(port(), token);
            leaving.send(generate("fake-causal", ++seed));
            job = leaving.wait_for("queued")["job"];
            gate_.wait_until_held();
        }
        gate_.open();
        EXPECT_EQ(wait_for_end(job)["clip"]["frames"], 33) << "the clip is made all the same";
    }
    while (get("/v1/status").json()["viewers"] != 0) { // they are counted until the server has noticed
    }
}

} // namespace
} // namespace rushes::serve_test
