// /v1/stream through real sockets: events and frames.
#include "media/quality.h"
#include "serve/stream_fixture.h"

#include <gmock/gmock.h>

namespace rushes::serve_test {
namespace {

using ::testing::HasSubstr;

TEST_F(StreamTest, TellsWhatHappensAndSendsEveryFrame) {
    start();
    WebSocket socket(port(), token);
    ASSERT_EQ(socket.status(), 101);
    Json message = generate();
    message["ref"] = "mine";
    message["late"] = "keep";
    socket.send(message);
    const Json queued = socket.wait_for("queued");
    EXPECT_EQ(queued["ref"], "mine");
    EXPECT_EQ(queued["frames"], 33);
    EXPECT_EQ(queued["width"], 160);
    const Json end = socket.wait_for("complete");
    EXPECT_EQ(end["job"], queued["job"]);
    EXPECT_EQ(end["state"], "finished");
    EXPECT_EQ(end["clip"]["frames"], 33);
    const auto frames = of_kind(socket.frames, "final");
    EXPECT_EQ(indices(frames), from_to(0, 33));
    for (const Frame& frame : frames) {
        EXPECT_EQ(frame.header["clip"], queued["job"]);
        EXPECT_DOUBLE_EQ(frame.header["time"], frame.header["index"].get<double>() / 12);
        EXPECT_EQ(frame.picture.substr(0, 4) + frame.picture.substr(8, 4), "RIFFWEBP") << "never base64";
    }
    const bool progress =
        std::ranges::any_of(socket.events, [](const Json& event) { return event["type"] == "progress"; });
    EXPECT_TRUE(progress);
}

TEST_F(StreamTest, FramesAreThePicturesThatTheEngineMade) {
    start();
    WebSocket socket(port(), token);
    Json message = generate();
    message["late"] = "keep";
    socket.send(message);
    socket.wait_for("complete");
    Pass pass;
    pass.width = 160;
    pass.height = 96;
    pass.frames = 33;
    for (const std::size_t index : {std::size_t{0}, std::size_t{16}, std::size_t{32}}) {
        Recipe recipe;
        recipe.prompt = "a red ball";
        recipe.model = "fake-causal";
        recipe.seed = 5;
        const Plan plan = make_plan(recipe, testing::fake_causal_model());
        const rushes::Frame expected =
            testing::fake_picture(plan.passes.back(), static_cast<std::int64_t>(index));
        const rushes::Frame other =
            testing::fake_picture(plan.passes.back(), static_cast<std::int64_t>((index + 11) % 33));
        const rushes::Frame sent = decoded(of_kind(socket.frames, "final")[index]);
        EXPECT_GT(psnr(sent, expected), 30) << "frame " << index;
        EXPECT_GT(psnr(sent, expected), psnr(sent, other) + 3) << "frame " << index << " is another one";
    }
}

TEST_F(StreamTest, FramesComeWhileTheClipIsMade) {
    start();
    gate_.hold([](const Progress& progress) {
        return progress.phase == Phase::decoding && progress.frames_done == 10;
    });
    WebSocket socket(port(), token);
    socket.send(generate());
    while (of_kind(socket.frames, "final").size() < 10) {
        const Message next = socket.read(); // throws when nothing comes any more
        if (next.kind == Message::binary) {
            socket.frames.push_back(frame_of(next));
        }
    }
    EXPECT_EQ(indices(of_kind(socket.frames, "final")), from_to(0, 10))
        << "the engine stands at the tenth frame";
    gate_.open();
    socket.wait_for("complete");
    EXPECT_EQ(of_kind(socket.frames, "final").size(), 33U);
}

TEST_F(StreamTest, TheDraftAndPreviewsComeBeforeTheFinalFrames) {
    start();
    WebSocket socket(port(), token);
    // Each phase waits until it was seen, so that nothing is out of date before it is sent.
    gate_.hold([](const Progress& progress) { return !progress.draft && progress.phase == Phase::denoising; }
    );
    socket.send(generate_in_two_passes());
    const Json queued = socket.wait_for("queued");
    EXPECT_EQ(queued["draft"], true);
    while (of_kind(socket.frames, "draft").empty()) {
        const Message next = socket.read();
        if (next.kind == Message::binary) {
            socket.frames.push_back(frame_of(next));
        }
    }
    EXPECT_TRUE(of_kind(socket.frames, "final").empty());
    gate_.open();
    socket.wait_for("complete");
    const auto& all = socket.frames;
    const auto first_final =
        std::ranges::find_if(all, [](const Frame& frame) { return frame.header["kind"] == "final"; });
    ASSERT_NE(first_final, all.end());
    EXPECT_TRUE(std::none_of(first_final, all.end(), [](const Frame& frame) {
        return frame.header["kind"] == "draft";
    }));
    EXPECT_EQ(indices(of_kind(all, "final")), from_to(0, 9));
}

TEST_F(StreamTest, ThePreviewStreamIsSmallAndTheFullOneIsNot) {
    start();
    Json message = generate("fake-full");
    message["recipe"].update({{"width", 1280}, {"height", 720}, {"frames", 5}, {"draft", false}});
    for (const auto& [size, height] : {std::pair("preview", 480), {"full", 720}}) {
        WebSocket socket(port(), token);
        message["size"] = size;
        message["recipe"]["seed"] = height;
        socket.send(message);
        socket.wait_for("complete");
        const auto frames = of_kind(socket.frames, "final");
        ASSERT_EQ(frames.size(), 5U);
        EXPECT_EQ(frames[0].header["height"], height);
        EXPECT_EQ(decoded(frames[0]).height, height);
    }
}

TEST_F(StreamTest, AfterABreakItGoesOnFromTheLastFrame) {
    start();
    gate_.hold([](const Progress& progress) {
        return progress.phase == Phase::decoding && progress.frames_done == 12;
    });
    std::string job;
    {
        WebSocket socket(port(), token);
        socket.send(generate());
        job = socket.wait_for("queued")["job"];
        while (of_kind(socket.frames, "final").size() < 5) {
            const Message next = socket.read();
            if (next.kind == Message::binary) {
                socket.frames.push_back(frame_of(next));
            }
        }
    } // the connection breaks in the middle of the clip
    WebSocket again(port(), token);
    again.send({{"action", "watch"}, {"job", job}, {"from", 5}, {"late", "keep"}});
    again.wait_for("watching");
    gate_.open();
    again.wait_for("complete");
    EXPECT_EQ(indices(of_kind(again.frames, "final")), from_to(5, 33)) << "none twice, none left out";
}

TEST_F(StreamTest, AFinishedClipCanBeWatchedAfterARestart) {
    start();
    std::string job;
    {
        WebSocket socket(port(), token);
        socket.send(generate());
        job = socket.wait_for("complete")["job"];
    }
    service_.reset();
    start();
    WebSocket socket(port(), token);
    socket.send({{"action", "watch"}, {"job", job}, {"from", 30}});
    socket.wait_for("complete");
    EXPECT_EQ(indices(of_kind(socket.frames, "final")), from_to(30, 33));
}

TEST_F(StreamTest, TheSameRecipeIsAnsweredFromTheLibrary) {
    start();
    WebSocket socket(port(), token);
    socket.send(generate());
    const Json first = socket.wait_for("complete");
    gate_.hold([](const Progress&) { return true; });
    socket.frames.clear();
    socket.send(generate());
    EXPECT_EQ(socket.wait_for("queued")["cached"], true);
    const Json again = socket.wait_for("complete");
    EXPECT_EQ(again["cached"], true);
    EXPECT_EQ(again["clip"]["id"], first["clip"]["id"]);
    EXPECT_EQ(of_kind(socket.frames, "final").size(), 33U) << "its frames are in the file";
}

TEST_F(StreamTest, OneConnectionCarriesManyClips) {
    start();
    WebSocket socket(port(), token);
    gate_.hold([](const Progress&) { return true; });
    std::vector<std::string> jobs;
    for (int seed = 1; seed <= 3; ++seed) {
        socket.send(generate("fake-causal", seed));
        jobs.push_back(socket.wait_for("queued")["job"]);
    }
    gate_.open();
    std::vector<std::string> ended;
    for (int i = 0; i < 3; ++i) {
        ended.push_back(socket.wait_for("complete")["job"]);
    }
    EXPECT_EQ(ended, jobs) << "in their order";
    for (const std::string& job : jobs) {
        EXPECT_EQ(
            std::ranges::count_if(
                socket.frames,
                [&](const Frame& frame) {
                    return frame.header["clip"] == job && frame.header["kind"] == "final" &&
                           frame.header["index"] == 32;
                }
            ),
            1
        );
    }
}

TEST_F(StreamTest, StopEndsTheClipAndKeepsWhatExists) {
    start();
    gate_.hold([](const Progress& progress) {
        return progress.phase == Phase::decoding && progress.frames_done == 7;
    });
    WebSocket socket(port(), token);
    socket.send(generate());
    const std::string job = socket.wait_for("queued")["job"];
    gate_.wait_until_held();
    socket.send({{"action", "stop"}, {"job", job}, {"ref", "s"}});
    EXPECT_EQ(socket.wait_for("stopping")["ref"], "s");
    const Json end = socket.wait_for("complete");
    EXPECT_EQ(end["state"], "stopped");
    EXPECT_EQ(end["clip"]["frames"], 7);
    EXPECT_EQ(indices(of_kind(socket.frames, "final")), from_to(0, 7));
}

/// Over the WebSocket and over HTTP: the clip's recipe says which prompt made which frames.
TEST_F(StreamTest, AClipIsSteeredWhileItIsMade) {
    start();
    const auto in_block = [](int block) {
        return [block](const Progress& progress) {
            return progress.block == block && progress.phase == Phase::denoising;
        };
    };
    gate_.hold(in_block(2));
    WebSocket socket(port(), token);
    socket.send(generate());
    const std::string job = socket.wait_for("queued")["job"];
    gate_.wait_until_held();
    socket.send({{"action", "steer"}, {"job", job}, {"prompt", "a green star"}, {"ref", "s"}});
    const Json told = socket.wait_for("steering");
    EXPECT_EQ(told["ref"], "s");
    EXPECT_EQ(told["prompt"], "a green star");
    const std::string address = "/v1/jobs/" + job + "/prompt";
    gate_.hold(in_block(4));
    gate_.wait_until_held();
    EXPECT_EQ(ask(port(), "POST", address, bearer(), R"({"prompt": " "})").status, 400);
    EXPECT_EQ(ask(port(), "POST", address, bearer(guest), R"({"prompt": "a box"})").status, 404);
    EXPECT_EQ(ask(port(), "GET", address, bearer()).status, 405);
    EXPECT_EQ(ask(port(), "POST", address, bearer(), R"({"prompt": "a blue box"})").status, 202);
    gate_.open();
    const Json end = socket.wait_for("complete");
    const Lattice lattice = testing::fake_causal_model().lattice;
    const Json expected{
        {{"frame", lattice.frames_of(2).first}, {"prompt", "a green star"}},
        {{"frame", lattice.frames_of(4).first}, {"prompt", "a blue box"}},
    };
    EXPECT_EQ(end["clip"]["recipe"]["prompt_changes"], expected);
    EXPECT_EQ(ask(port(), "POST", address, bearer(), R"({"prompt": "a moon"})").status, 409) << "it is over";
}

TEST_F(StreamTest, AClipMadeInOnePieceIsNotSteered) {
    start();
    gate_.hold(first_final_frame);
    WebSocket socket(port(), token);
    Json message = generate_in_two_passes();
    socket.send(message);
    const std::string job = socket.wait_for("queued")["job"];
    gate_.wait_until_held();
    socket.send({{"action", "steer"}, {"job", job}, {"prompt", "a green star"}});
    EXPECT_THAT(socket.wait_for("error")["message"].get<std::string>(), HasSubstr("in one piece"));
    gate_.open();
    socket.wait_for("complete");
}

TEST_F(StreamTest, AFailureIsToldInOneSentence) {
    script_.error = Error(ErrorKind::resource, "No memory.", "Less of it.");
    start();
    WebSocket socket(port(), token);
    socket.send(generate());
    const Json failed = socket.wait_for("failed");
    EXPECT_EQ(failed["message"], "No memory.");
    EXPECT_EQ(failed["hint"], "Less of it.");
    EXPECT_EQ(failed["kind"], "resource");
}

TEST_F(StreamTest, NobodyWatchesOrStopsWhatIsAnothers) {
    start();
    gate_.hold(first_final_frame);
    WebSocket mine(port(), guest);
    mine.send(generate());
    const std::string job = mine.wait_for("queued")["job"];
    gate_.wait_until_held();
    WebSocket other(port(), other_guest);
    other.send({{"action", "watch"}, {"job", job}});
    EXPECT_THAT(other.wait_for("error")["message"].get<std::string>(), HasSubstr("no job"));
    other.send({{"action", "stop"}, {"job", job}});
    EXPECT_THAT(other.wait_for("error")["message"].get<std::string>(), HasSubstr("no job"));
    EXPECT_TRUE(other.frames.empty());
    gate_.open();
    EXPECT_EQ(mine.wait_for("complete")["state"], "finished");
}

TEST_F(StreamTest, FragmentsForMediaSourceAreAPlayableFile) {
    start();
    WebSocket socket(port(), token);
    Json message = generate();
    message["format"] = "h264";
    message["size"] = "full";
    socket.send(message);
    socket.wait_for("complete");
    const auto starts = of_kind(socket.frames, "h264_start");
    const auto fragments = of_kind(socket.frames, "h264");
    ASSERT_EQ(starts.size(), 1U);
    EXPECT_EQ(indices(fragments), from_to(0, 33)) << "a fragment a frame";
    std::string file = starts[0].picture;
    EXPECT_EQ(file.substr(4, 4), "ftyp");
    for (const Frame& fragment : fragments) {
        EXPECT_EQ(fragment.picture.substr(4, 4), "moof");
        file += fragment.picture;
    }
    write_file(folder_ / "joined.mp4", file);
    EXPECT_EQ(read_png(folder_ / "joined.mp4").width, 160) << "FFmpeg reads its first frame";
}

} // namespace
} // namespace rushes::serve_test
