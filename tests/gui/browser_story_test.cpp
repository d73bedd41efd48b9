// The studio's clips in the browser: switched on in the window, one queue for whoever asks.
#include "controls/toast.h"
#include "gui/studio_fixture.h"
#include "serve/socket.h"

#include <atomic>
#include <fstream>
#include <future>

#include <QAction>
#include <QCheckBox>
#include <QClipboard>
#include <QDoubleSpinBox>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QUrl>

namespace rushes::testing {
namespace {

using nlohmann::json;
using serve_test::Answer;
using serve_test::WebSocket;

constexpr const char* a_ball = R"({"prompt": "a red ball bounces", "model": "fake-causal", "seed": 7})";

class BrowserStory : public StudioFixture {
protected:
    void SetUp() override {
        StudioFixture::SetUp();
        qputenv("XDG_STATE_HOME", (folder_ / "state").c_str());
        std::filesystem::create_directories(folder_ / "config");
        std::ofstream(folder_ / "config" / "studio.ini") << "[network]\nserve_port=0\n";
        openStudio();
    }

    void TearDown() override {
        StudioFixture::TearDown();
        qunsetenv("XDG_STATE_HOME");
    }

    void openDialog() { find<QAction>("serve")->trigger(); }

    QString link() { return find<QLineEdit>("service-link")->text(); }

    void switchOn() {
        openDialog();
        switchOnThere();
    }

    void switchOnThere() {
        click("service-on");
        ASSERT_TRUE(until([&] { return !link().isEmpty(); }));
        port_ = static_cast<std::uint16_t>(QUrl(link()).port());
        token_ = link().section(QLatin1String("token="), 1).toStdString();
    }

    serve_test::Headers bearer() const { return {{"Authorization", "Bearer " + token_}}; }

    /// What a client does, on a thread of its own: the window goes on meanwhile.
    template <typename Client>
    auto aside(Client client) {
        auto answer = std::async(std::launch::async, client);
        EXPECT_TRUE(until([&] {
            return answer.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
        }));
        return answer.get();
    }

    Answer ask(const std::string& method, const std::string& target, const std::string& body = {}) {
        return aside([&] { return serve_test::ask(port_, method, target, bearer(), body); });
    }

    static bool firstFinalFrame(const Progress& progress) {
        return progress.phase == Phase::decoding && !progress.draft && progress.frames_done >= 1;
    }

    std::uint16_t port_ = 0;
    std::string token_;
};

TEST_F(BrowserStory, AskedForInTheBrowserMadeInTheStudioSeenInBoth) {
    switchOn();
    std::size_t frames = 0;
    const json end = aside([&] {
        WebSocket socket(port_, token_);
        socket.send({{"action", "generate"}, {"recipe", json::parse(a_ball)}, {"late", "keep"}});
        const json complete = socket.wait_for("complete");
        frames = socket.frames.size();
        return complete;
    });
    EXPECT_GE(frames, 33U);
    EXPECT_EQ(end["clip"]["frames"], 33);
    ASSERT_TRUE(until([&] { return clips() == 1; }));
    EXPECT_EQ(window().session().shelf().model().item(0).record.recipe.seed, 7U);
    EXPECT_EQ(ask("GET", "/v1/jobs/" + end["job"].get<std::string>()).json()["state"], "done");
}

TEST_F(BrowserStory, AClipThatIsBeingMadeIsSeenFromTheMomentOfTheSwitchAndStoppedFromThere) {
    gate_.closeWhen(firstFinalFrame);
    type(QStringLiteral("a green star spins"));
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(until([&] {
        return window().session().running() && window().session().runningClip()->finalFrames() > 0;
    }));
    switchOn();
    const json running = ask("GET", "/v1/status").json();
    const std::string job = running["running"];
    const json end = aside([&] {
        WebSocket socket(port_, token_);
        socket.send({{"action", "watch"}, {"job", job}});
        while (socket.frames.empty()) {
            const auto message = socket.read();
            if (message.kind == serve_test::Message::gone) {
                return json();
            }
            if (message.kind == serve_test::Message::binary) {
                socket.frames.push_back(serve_test::frame_of(message));
            }
        }
        socket.send({{"action", "stop"}, {"job", job}});
        return socket.wait_for("complete");
    });
    EXPECT_EQ(end["clip"]["state"], "stopped");
    EXPECT_TRUE(until([&] { return !window().session().running(); }));
}

TEST_F(BrowserStory, TheWindowTellsWhoIsConnected) {
    switchOn();
    auto* connected = find<QLabel>("service-connected");
    EXPECT_EQ(connected->text(), QStringLiteral("Nobody is connected."));
    {
        WebSocket socket(port_, token_, {{"User-Agent", "Mozilla/5.0 (X11) Gecko/20100101 Firefox/140.0"}});
        ASSERT_TRUE(until([&] { return connected->text().contains(QLatin1String("Firefox")); }));
        EXPECT_EQ(connected->text(), QStringLiteral("Firefox · 127.0.0.1 · watches nothing"));
        EXPECT_EQ(
            find<QPushButton>("status-service")->text(), QStringLiteral("In the browser · 1 connected")
        );
    }
    EXPECT_TRUE(until([&] { return connected->text() == QLatin1String("Nobody is connected."); }));
}

TEST_F(BrowserStory, MoreThanFiveThatWaitAreToldInTheWindow) {
    switchOn();
    gate_.closeWhen([](const Progress&) { return true; });
    for (int seed = 0; seed < 7; ++seed) { // one runs
        json recipe = json::parse(a_ball);
        recipe["seed"] = seed;
        ASSERT_EQ(ask("POST", "/v1/jobs", recipe.dump()).status, 201);
    }
    const QString words = QStringLiteral("6 clips wait, more than 5.");
    ASSERT_TRUE(until([&] { return find<QLabel>("service-alerts")->text().contains(words); }));
    EXPECT_TRUE(window().findChild<ui::Toast*>()->text().contains(words));
    EXPECT_EQ(find<QPushButton>("status-service")->text(), QStringLiteral("In the browser · not well"));
}

TEST_F(BrowserStory, WhatAClipCostsGoesByThePriceInTheSettings) {
    openDialog();
    auto* price = find<QDoubleSpinBox>("service-price");
    price->setFocus();
    price->selectAll();
    QTest::keyClicks(price, QStringLiteral("3600"));
    QTest::keyClick(price, Qt::Key_Tab);
    switchOnThere();
    ASSERT_EQ(ask("POST", "/v1/jobs", a_ball).status, 201);
    ASSERT_TRUE(until([&] { return clips() == 1; }));
    const json status = ask("GET", "/v1/status").json();
    const json clip = ask("GET", "/v1/clips").json()["clips"][0];
    EXPECT_GT(status["cost"], 0);
    EXPECT_NEAR(status["cost"].get<double>(), clip["seconds_to_make"].get<double>(), 1e-6) << "one a second";
}

TEST_F(BrowserStory, AJobThatIsRemovedInTheWindowHasItsEndInTheBrowser) {
    switchOn();
    find<QAction>("pause-queue")->trigger();
    std::atomic<bool> queued = false;
    auto end = std::async(std::launch::async, [&] {
        WebSocket socket(port_, token_);
        socket.send({{"action", "generate"}, {"recipe", json::parse(a_ball)}});
        socket.wait_for("queued");
        queued = true;
        return socket.wait_for("cancelled");
    });
    ASSERT_TRUE(until([&] { return queued && window().session().queue().waiting() == 1; }));
    find<QAction>("clear-queue")->trigger();
    EXPECT_TRUE(until([&] { return end.wait_for(std::chrono::seconds(0)) == std::future_status::ready; }));
    EXPECT_TRUE(end.get().contains("job"));
}

TEST_F(BrowserStory, SwitchedOffNobodyComesInAndLeftOnItIsOpenAfterTheNextStart) {
    switchOn();
    click("service-copy");
    EXPECT_EQ(QGuiApplication::clipboard()->text(), link());
    EXPECT_EQ(ask("GET", "/v1/status").status, 200);
    const std::uint16_t before = port_;
    click("service-on");
    EXPECT_TRUE(link().isEmpty());
    EXPECT_FALSE(find<QPushButton>("status-service")->isVisible());
    EXPECT_TRUE(until([&] {
        try {
            serve_test::Socket socket(before);
            return false;
        } catch (const std::exception&) {
            return true;
        }
    }));
    switchOn();
    closeStudio();
    openStudio();
    EXPECT_TRUE(until([&] { return find<QPushButton>("status-service")->isVisible(); }));
}

TEST_F(BrowserStory, AnotherWindowOfTheQueueSaysWhereToSwitchItOn) {
    ui::MainWindow second(parts());
    second.show();
    second.session().start();
    ASSERT_TRUE(until([&] { return second.session().engineReady() && !second.session().ownsQueue(); }));
    second.findChild<QAction*>(QStringLiteral("serve"))->trigger();
    second.findChild<QCheckBox*>(QStringLiteral("service-on"))->click();
    EXPECT_TRUE(second.findChild<QLabel*>(QStringLiteral("service-state"))
                    ->text()
                    .contains(QLatin1String("Another window makes the clips of this queue.")));
    EXPECT_FALSE(second.findChild<QCheckBox*>(QStringLiteral("service-on"))->isChecked());
}

} // namespace
} // namespace rushes::testing
