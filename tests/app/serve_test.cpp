// rushes serve, top and warm as people and machines start them, with the built-in model; the example clients.
#include "app/program.h"
#include "serve/chromium.h"
#include "serve/socket.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <thread>

namespace rushes::app_test {
namespace {

namespace fs = std::filesystem;
using serve_test::WebSocket;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* token = "the-test-s-token";

class ServeProgramTest : public ::testing::Test {
protected:
    ServeProgramTest()
        : folder_(
              fs::temp_directory_path() / (std::string("rushes-serve-program-") +
                                           ::testing::UnitTest::GetInstance()->current_test_info()->name())
          ) {
        fs::remove_all(folder_);
        fs::create_directories(folder_ / "serve");
    }

    ~ServeProgramTest() override {
        service_.reset();
        std::error_code ignored; // a browser's children may still write as they end
        fs::remove_all(folder_, ignored);
    }

    void SetUp() override {
        if (test_model().empty()) {
            GTEST_SKIP() << "the built-in model is not here";
        }
    }

    /// All programs of a test share its home; their output lies apart.
    void start() {
        service_.emplace(
            folder_ / "serve",
            std::vector<std::string>{
                "serve", "--port", "0", "--token", token, "--price-per-hour", "3600", "--patience", "250"
            },
            std::vector<std::string>{"HOME=" + folder_.string()}
        );
        std::string out;
        while ((out = service_->out()).find('\n') == std::string::npos) {
            std::this_thread::yield();
        }
        url_ = out.substr(0, out.find("/?token="));
        port_ = static_cast<std::uint16_t>(std::atoi(url_.c_str() + url_.rfind(':') + 1));
    }

    Ran run_here(const std::vector<std::string>& arguments) {
        fs::create_directories(folder_ / "other");
        return run(folder_ / "other", arguments, {"HOME=" + folder_.string()});
    }

    /// Its output, and its exit code.
    std::pair<std::string, int> shell(const std::string& command) const {
        const int code = std::system((command + " >'" + (folder_ / "shell.txt").string() + "' 2>&1").c_str());
        std::ifstream file(folder_ / "shell.txt");
        return {std::string(std::istreambuf_iterator<char>(file), {}), code};
    }

    std::size_t files_in(const fs::path& folder, const std::string& extension) const {
        return static_cast<std::size_t>(std::ranges::count_if(
            fs::directory_iterator(folder),
            [&](const auto& entry) { return entry.path().extension() == extension; }
        ));
    }

    const fs::path folder_;
    std::optional<Program> service_;
    std::string url_;
    std::uint16_t port_ = 0;
};

TEST_F(ServeProgramTest, TheExampleClientsGetEveryFrameAndTheFile) {
    start();
    const std::string examples = RUSHES_SOURCE_DIR "/docs/examples/";
    for (const auto& [program, script] : {std::pair("python3", "stream.py"), {"node", "stream.js"}}) {
        if (shell(std::string(program) + " --version").second != 0) {
            std::cout << "skipped: " << program << " is not here\n";
            continue;
        }
        const fs::path folder = folder_ / program;
        const auto [said, code] = shell(
            std::string(program) + " '" + examples + script + "' " + url_ + " " + token +
            " 'a red ball bounces over the sea' '" + folder.string() + "'"
        );
        EXPECT_EQ(code, 0) << said;
        EXPECT_EQ(files_in(folder, ".webp"), 33U) << script;
        EXPECT_EQ(files_in(folder, ".mp4"), 1U) << script;
        const auto [refused, wrong] = shell(
            std::string(program) + " '" + examples + script + "' " + url_ + " wrong 'a ball' '" +
            folder.string() + "'"
        );
        EXPECT_NE(wrong, 0) << refused;
    }
}

TEST_F(ServeProgramTest, ATokenIsMadeAndPrintedWhereNoneIsGiven) {
    const auto made = [&](const char* home) {
        fs::create_directories(folder_ / home);
        Program service(
            folder_ / home,
            std::vector<std::string>{"serve", "--port", "0"},
            std::vector<std::string>{"HOME=" + (folder_ / home).string()}
        );
        std::string out;
        while ((out = service.out()).find('\n') == std::string::npos) {
            std::this_thread::yield();
        }
        const std::size_t at = out.find("/?token=");
        const std::string url = out.substr(0, at);
        const std::string printed = out.substr(at + 8, out.find('\n') - at - 8);
        const auto port = static_cast<std::uint16_t>(std::atoi(url.c_str() + url.rfind(':') + 1));
        const auto status = [&](const std::string& who) {
            return serve_test::ask(port, "GET", "/v1/status", {{"Authorization", "Bearer " + who}}).status;
        };
        EXPECT_EQ(status(printed), 200);
        EXPECT_EQ(status(token), 401);
        service.send(SIGTERM);
        EXPECT_EQ(service.wait().exit_code, 0);
        return printed;
    };
    const std::string first = made("first");
    EXPECT_GE(first.size(), 16U);
    EXPECT_NE(first, made("second")) << "each time another one";
}

TEST_F(ServeProgramTest, TopShowsQueuePhasesAndCost) {
    EXPECT_EQ(run_here({"top", "--once"}).exit_code, 1) << "there is no service yet";
    start();
    WebSocket socket(port_, token, {{"User-Agent", "a viewer \xFF"}}); // which is no UTF-8
    socket.send({{"action", "generate"}, {"recipe", {{"prompt", "a blue\n\x1b[2Jring"}, {"frames", 9}}}});
    socket.wait_for("complete");
    const Ran once = run_here({"top", "--once"});
    EXPECT_EQ(once.exit_code, 0) << once.err;
    EXPECT_THAT(once.out, HasSubstr("a blue  [2Jring")) << "others' words do nothing to the terminal";
    EXPECT_THAT(once.out, HasSubstr("generation"));
    const auto json = nlohmann::json::parse(run_here({"top", "--json"}).out);
    EXPECT_EQ(json["ended"]["finished"], 1);
    EXPECT_GT(json["cost"], 0);
    std::string seen;
    while (seen.find("a viewer \xEF\xBF\xBD") == std::string::npos) { // it looks around once a second
        seen = run_here({"top", "--once"}).out;
    }
    EXPECT_THAT(seen, HasSubstr("owner      a viewer"));
    EXPECT_THAT(
        run_here({"top", "--once", "--token", "wrong-token"}).err, HasSubstr("does not know this token")
    );
}

TEST_F(ServeProgramTest, SigtermFinishesTheRunningClip) {
    start();
    WebSocket socket(port_, token);
    socket.send({{"action", "generate"}, {"recipe", {{"prompt", "a blue ring"}, {"frames", 65}}}});
    while (socket.read().kind != serve_test::Message::binary) { // it is being made
    }
    service_->send(SIGTERM);
    const Ran ended = service_->wait();
    service_.reset();
    EXPECT_EQ(ended.exit_code, 0) << ended.err;
    EXPECT_EQ(files_in(folder_ / "Videos" / "Rushes", ".mp4"), 1U);
    start(); // and nothing is left to be done
    EXPECT_EQ(nlohmann::json::parse(run_here({"top", "--json"}).out)["jobs"][0]["state"], "done");
}

TEST_F(ServeProgramTest, WarmClipsAreThereAtOnce) {
    std::ofstream(folder_ / "prompts.txt")
        << "a red ball bounces over the sea\n\n# a comment\na blue ring glides to the left\n";
    const Ran warm = run_here({"warm", (folder_ / "prompts.txt").string()});
    EXPECT_EQ(warm.exit_code, 0) << warm.err;
    EXPECT_THAT(warm.err, HasSubstr("2 made."));
    EXPECT_THAT(run_here({"warm", (folder_ / "prompts.txt").string()}).err, HasSubstr("0 clips to be made"))
        << "they are there";
    start();
    WebSocket socket(port_, token);
    socket.send({{"action", "generate"}, {"recipe", {{"prompt", "a blue ring glides to the left"}}}});
    EXPECT_EQ(socket.wait_for("queued")["cached"], true);
    EXPECT_EQ(socket.wait_for("complete")["cached"], true);
    EXPECT_THAT(run_here({"warm", (folder_ / "none.txt").string()}).err, HasSubstr("none.txt"));
}

TEST_F(ServeProgramTest, APersonComesBeforeWhatIsMadeAhead) {
    start();
    std::ofstream prompts(folder_ / "prompts.txt");
    for (int i = 0; i < 6; ++i) {
        prompts << "a red ball bounces over the sea " << i << "\n";
    }
    prompts.close();
    EXPECT_THAT(
        run_here({"warm", (folder_ / "prompts.txt").string()}).err,
        HasSubstr("The Rushes that runs makes them")
    );
    WebSocket socket(port_, token);
    socket.send({{"action", "generate"}, {"recipe", {{"prompt", "a blue ring"}, {"frames", 9}}}});
    const std::string job = socket.wait_for("queued")["job"];
    socket.wait_for("complete");
    const auto jobs = nlohmann::json::parse(run_here({"top", "--json"}).out)["jobs"];
    int waiting = 0;
    for (const auto& one : jobs) {
        waiting += one["id"].get<std::string>().starts_with("warm") && one["state"] != "done" ? 1 : 0;
    }
    EXPECT_GE(waiting, 4) << "the person's clip was made first: " << jobs.dump();
}

TEST_F(ServeProgramTest, ABrowserSeesTheBuiltInModelsFramesBeforeTheClipIsComplete) {
    if (serve_test::find_chromium().empty()) {
        GTEST_SKIP() << "no Chromium on this machine";
    }
    start();
    serve_test::Chromium chromium(folder_ / "profile");
    const int page = chromium.open(url_ + "/?lang=en&token=" + token, {});
    chromium.wait_until(page, "rushes.stream?.open && document.getElementById('model').value");
    chromium.evaluate(
        page,
        "window.early = false; rushes.stream.addEventListener('complete', () => { early = "
        "rushes.player.shown.some(({kind}) => "
        "kind === 'final'); }); const prompt = document.getElementById('prompt'); prompt.value = 'a yellow "
        "star spins in the night'; prompt.dispatchEvent(new Event('input', {bubbles: true})); "
        "document.getElementById('generate').click()"
    );
    chromium.wait_until(page, "rushes.running === null && rushes.player.count === 33");
    EXPECT_EQ(chromium.evaluate(page, "early"), true);
    EXPECT_EQ(chromium.evaluate(page, "document.getElementById('canvas').width"), 224);
    // As many colours as a picture has.
    EXPECT_GT(
        chromium.evaluate(
            page,
            "new Set(new Uint32Array(document.getElementById('canvas').getContext('2d').getImageData(0, 0, "
            "224, 128)"
            ".data.buffer)).size"
        ),
        200
    );
    EXPECT_THAT(chromium.problems(), ::testing::IsEmpty());
}

} // namespace
} // namespace rushes::app_test
