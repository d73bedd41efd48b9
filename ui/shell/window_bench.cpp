#include "shell/window_bench.h"

#include "controls/recipe_panel.h"
#include "convert.h"
#include "desk/desk.h"
#include "shell/bench_parts.h"
#include "shell/main_window.h"
#include "stage/stage_panel.h"
#include "work/lateness_watch.h"

#include <cstdio>
#include <filesystem>
#include <functional>

#include <QElapsedTimer>

namespace rushes::ui {

namespace {

constexpr double frame_ms = 1000.0 / 60;
constexpr int seconds_to_play = 3;

class WindowBench {
public:
    WindowBench() : window_(folder_.parts()) {}

    std::vector<WindowLateness> run() {
        window_.show();
        window_.session().start();
        const bool ready = runUntil([this] {
            return window_.session().engineReady() && !window_.session().models().empty();
        });
        if (!ready) {
            return {};
        }
        runFor(500); // what a start leaves to do
        measure(QStringLiteral("generating"), [this] { generate(); });
        if (window_.session().shelf().model().clips() == 0) {
            std::fprintf(stderr, "%s\n", qPrintable(window_.stage().error().copyText()));
            return rows_;
        }
        measure(QStringLiteral("to the full screen"), [this] { toggleFullScreen(); });
        measure(QStringLiteral("playing full-screen"), [this] { play(); });
        measure(QStringLiteral("back to the window"), [this] { toggleFullScreen(); });
        measure(QStringLiteral("importing"), [this] { import(); });
        return rows_;
    }

private:
    void measure(const QString& doing, const std::function<void()>& act) {
        auto* app = dynamic_cast<WatchedApplication*>(qApp);
        if (app != nullptr) {
            app->watch();
        }
        LatenessWatch watch;
        act();
        rows_.push_back(
            {doing,
             watch.worst(),
             100 * watch.share(frame_ms),
             app != nullptr ? app->slowest() : WatchedApplication::Slow()}
        );
    }

    void generate() {
        Recipe recipe = window_.findChild<RecipePanel*>()->recipe();
        recipe.prompt = "a red ball bounces over the sea";
        recipe.frames = 61;
        window_.desk().makeAgain(recipe);
        bool ended = false;
        const QObject here; // as long as `ended`
        QObject::connect(&window_.session(), &StudioSession::runEnded, &here, [&] { ended = true; });
        runUntil([&] { return ended; });
        // Its record follows at once, if there is a file.
        QElapsedTimer clock;
        clock.start();
        runUntil([&] { return window_.session().shelf().model().clips() == 1 || clock.elapsed() > 2000; });
    }

    void toggleFullScreen() {
        window_.actions()[Command::stage_alone].trigger();
        runFor(500); // everything has its new place
    }

    void play() {
        Player& player = window_.stage().player();
        if (!player.playing()) {
            player.togglePlay();
        }
        runFor(seconds_to_play * 1000);
    }

    void import() {
        const std::filesystem::path clip = window_.session().shelf().model().item(0).record.file;
        const std::filesystem::path copy = folder_.path() / "from-outside.mp4";
        std::filesystem::copy_file(clip, copy);
        window_.desk().openFile(toQString(copy));
        runUntil([&] { return window_.desk().shown() && window_.desk().shown()->file == copy; });
        runFor(1000); // its frames arrive
    }

    BenchFolder folder_; ///< first: outlives the window
    MainWindow window_;
    std::vector<WindowLateness> rows_;
};

} // namespace

std::vector<WindowLateness> measureWindow() {
    return WindowBench().run();
}

} // namespace rushes::ui
