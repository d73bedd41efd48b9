// kill -9 while a clip is written: the next start makes a clip of what was there.
#include "jobs/clip_file.h"
#include "jobs/job.h"
#include "jobs/unfinished.h"
#include "media/clip_reader.h"
#include "media/encoder.h"
#include "support/fake_engine.h"

#include <chrono>
#include <csignal>
#include <fstream>
#include <gtest/gtest.h>
#include <set>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace rushes {
namespace {

namespace fs = std::filesystem;

constexpr int frames_made = 9;

class Unfinished : public ::testing::Test {
protected:
    Unfinished()
        : folder_(
              fs::temp_directory_path() / (std::string("rushes-unfinished-") +
                                           ::testing::UnitTest::GetInstance()->current_test_info()->name())
          ) {
        fs::remove_all(folder_);
        fs::create_directories(folder_ / "videos");
    }

    ~Unfinished() override { fs::remove_all(folder_); }

    fs::path notes() const { return folder_ / "notes"; }

    fs::path target(const std::string& name) const { return folder_ / "videos" / name; }

    std::set<std::string> files() const {
        std::set<std::string> names;
        for (const auto& entry : fs::directory_iterator(folder_ / "videos")) {
            names.insert(entry.path().filename().string());
        }
        return names;
    }

    static Plan plan() {
        Recipe recipe;
        recipe.prompt = "a red ball";
        recipe.seed = 5;
        return make_plan(recipe, testing::fake_causal_model());
    }

    static int frames_in(const fs::path& clip) {
        try {
            ClipReader reader(clip);
            int frames = 0;
            while (reader.next()) {
                ++frames;
            }
            return frames;
        } catch (const Error&) {
            return 0;
        }
    }

    /// A process that makes a clip, stands still after some frames, and is killed when `written` says that
    /// they are on the disk.
    void kill_while_writing(const std::string& name, const std::function<bool()>& written) const {
        const pid_t child = ::fork();
        if (child == 0) {
            testing::FakeScript script;
            script.at_step = [](const Progress& progress, const std::stop_token&) {
                while (progress.frames_done >= frames_made) {
                    ::pause();
                }
            };
            testing::FakeEngine engine(script);
            FrameStore store(1);
            JobRequest request;
            request.plan = plan();
            request.output = target(name);
            request.notes = notes();
            request.steering = steering_;
            run_job(engine, request, store, {}, {});
            ::_exit(0);
        }
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        while (!written() && std::chrono::steady_clock::now() < deadline) {
            std::this_thread::yield();
        }
        EXPECT_TRUE(written());
        EXPECT_TRUE(recover_unfinished(notes()).empty()); // it is being written
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        EXPECT_TRUE(WIFSIGNALED(status));
    }

    const fs::path folder_;
    std::shared_ptr<Steering> steering_; ///< of the killed run
};

TEST_F(Unfinished, FramesOfAKilledRunBecomeAClip) {
    struct Case {
        std::string name;
        std::string hidden;
        std::string saved;
    };

    for (const Case& c : {
             Case{"clip.mp4", ".clip.mp4.part", "clip.mp4"},
             Case{"clip.mkv", ".clip.mkv.part", "clip.mkv"},
             Case{"other.gif", "..other.gif.part.mkv.part", "other.mkv"},
         }) {
        kill_while_writing(c.name, [&] { return frames_in(target(c.hidden)) >= frames_made; });
        const auto saved = recover_unfinished(notes());
        ASSERT_EQ(saved.size(), 1U) << c.name;
        EXPECT_EQ(saved.front(), target(c.saved));
        const ClipRecord record = record_of_file(saved.front());
        EXPECT_EQ(record.frames, frames_made) << c.name;
        EXPECT_EQ(record.recipe.prompt, "a red ball");
        EXPECT_EQ(frames_in(saved.front()), frames_made);
        EXPECT_TRUE(fs::is_empty(notes()));
    }
    EXPECT_EQ(files(), (std::set<std::string>{"clip.mp4", "clip.mkv", "other.mkv"}));
}

TEST_F(Unfinished, AKilledRunThatWasSteeredSaysBothPrompts) {
    for (const auto& [name, hidden] : {
             std::pair<std::string, std::string>{"clip.mp4", ".clip.mp4.part"},
             {"clip.mkv", ".clip.mkv.part"},
         }) {
        steering_ = std::make_shared<Steering>(fs::path(), 4);
        steering_->wish("a green star"); // from the second block on
        kill_while_writing(name, [&] { return frames_in(target(hidden)) >= frames_made; });
        const auto saved = recover_unfinished(notes());
        ASSERT_EQ(saved.size(), 1U) << name;
        const ClipRecord record = record_of_file(saved.front());
        EXPECT_EQ(record.recipe.prompt, "a red ball");
        const int second_block = testing::fake_causal_model().lattice.frames_of(1).first;
        EXPECT_EQ(record.recipe.prompt_changes, (std::vector<PromptChange>{{second_block, "a green star"}}));
        EXPECT_EQ(frames_in(saved.front()), frames_made);
    }
    EXPECT_EQ(files(), (std::set<std::string>{"clip.mp4", "clip.mkv"}));
}

TEST_F(Unfinished, PicturesOfAKilledSequenceGetTheirNames) {
    const fs::path last = target(".clip-_02d.png.part") / "clip-08.png";
    kill_while_writing("clip-%02d.png", [&] { return frames_in(last) == 1; });
    const auto saved = recover_unfinished(notes());
    ASSERT_EQ(saved.size(), 1U);
    EXPECT_EQ(saved.front(), target("clip-%02d.png"));
    EXPECT_EQ(frames_in(saved.front()), frames_made);
    EXPECT_EQ(files().size(), static_cast<std::size_t>(frames_made));
}

TEST_F(Unfinished, WhatHoldsNoFrameIsCleared) {
    kill_while_writing("clip.webp", [&] {
        bool noted = false;
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(notes(), error)) {
            noted = noted || entry.path().filename().string().find(".part") == std::string::npos; // whole
        }
        return noted && fs::exists(target(".clip.webp.part"));
    });
    EXPECT_TRUE(recover_unfinished(notes()).empty());
    EXPECT_EQ(files(), std::set<std::string>{});
    EXPECT_TRUE(fs::is_empty(notes()));
}

TEST_F(Unfinished, NothingIsOverwritten) {
    std::ofstream(target("clip.mp4")) << "mine";
    kill_while_writing("clip.mp4", [&] { return frames_in(target(".clip.mp4.part")) >= frames_made; });
    const auto saved = recover_unfinished(notes());
    ASSERT_EQ(saved.size(), 1U);
    EXPECT_EQ(saved.front(), target("clip-1.mp4"));
    EXPECT_EQ(fs::file_size(target("clip.mp4")), 4U);
}

TEST_F(Unfinished, LeftOversOfAnExportAreRemoved) {
    const pid_t child = ::fork();
    if (child == 0) {
        const auto encoder = Encoder::open(target("copy.mp4"), 64, 64, {12, 1}, {}, "{}");
        const UnfinishedNote note(notes(), target("copy.mp4"), UnfinishedNote::Then::remove);
        ::raise(SIGKILL);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_EQ(files().size(), 1U);
    EXPECT_TRUE(recover_unfinished(notes()).empty());
    EXPECT_EQ(files(), std::set<std::string>{});
}

TEST_F(Unfinished, OtherHiddenFilesAndBadNotesAreLeftAlone) {
    fs::create_directories(notes());
    std::ofstream(notes() / "1.json") << "{\"target\": \"" << target("clip.mp4").string() << "\"}";
    std::ofstream(notes() / "2.json") << "[1, 2";
    std::ofstream(notes() / "3.json") << "{\"target\": 7}";
    for (const char* name :
         {".clip.mp4", ".clip.mp4.part.txt", ".clip.mp4x.part", ".other.mp4.part", "clip.mp4.part"}) {
        std::ofstream(target(name)) << "something";
    }
    std::ofstream(target(".clip.mp4-12.part")) << "no clip";
    const std::size_t before = files().size();
    EXPECT_TRUE(recover_unfinished(notes()).empty());
    EXPECT_EQ(files().size(), before - 1); // the last one only
    EXPECT_TRUE(recover_unfinished(folder_ / "no such folder").empty());
}

TEST_F(Unfinished, AFinishedJobLeavesNoNote) {
    testing::FakeEngine engine;
    FrameStore store(1);
    JobRequest request;
    request.plan = plan();
    request.output = target("clip.mp4");
    request.notes = notes();
    ASSERT_TRUE(run_job(engine, request, store, {}, {}).clip);
    EXPECT_TRUE(fs::is_empty(notes()));
    EXPECT_TRUE(recover_unfinished(notes()).empty());
    EXPECT_EQ(files(), std::set<std::string>{"clip.mp4"});
}

} // namespace
} // namespace rushes
