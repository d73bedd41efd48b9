#include "shell/library_bench.h"

#include "controls/recipe_panel.h"
#include "convert.h"
#include "desk/desk.h"
#include "desk/seed_desk.h"
#include "library/clip_grid.h"
#include "library/clip_grid_model.h"
#include "library/library_page.h"
#include "metrics/percentiles.h"
#include "session/studio_session.h"
#include "shell/bench_parts.h"
#include "shell/main_window.h"
#include "stage/stage_panel.h"
#include "work/lateness_watch.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <QElapsedTimer>
#include <QEvent>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QScrollBar>

namespace rushes::ui {

namespace {

constexpr int clips = 100'000;
constexpr int jobs = 1'000;
constexpr int starts = 5;
constexpr int frame_ms = 16;
constexpr int scroll_ms = 5'000;
constexpr int scroll_step = 40; ///< pixels a frame: a quick hand

const std::array things{"ball", "boat", "star", "cube", "ring", "bird", "fish", "tree"};
const std::array colours{"red", "green", "blue", "yellow", "white", "orange", "violet", "pink", "golden"};

/// Each clip a file of its own, so that it is as much work to look at as one that was made.
void fillLibrary(const StudioParts& parts, const std::filesystem::path& clip) {
    ClipLibrary library(parts.database);
    const std::filesystem::path folder = parts.videos / "many";
    std::filesystem::create_directories(folder);
    ClipRecord record;
    record.recipe.model = "rushes-demo";
    record.width = 224;
    record.height = 128;
    record.frames = 9;
    for (int i = 0; i < clips; ++i) {
        record.recipe.prompt = std::string("a ") + colours.at(static_cast<std::size_t>(i) % colours.size()) +
                               " " + things.at(static_cast<std::size_t>(i / 3) % things.size()) +
                               " over the sea, take " + std::to_string(i);
        record.file = folder / ("clip-" + std::to_string(i) + ".mp4");
        record.created_unix_ms = 1'700'000'000'000 + i;
        std::error_code ignored;
        std::filesystem::create_hard_link(clip, record.file, ignored);
        library.add(record);
    }
}

/// Counts how often a widget was painted.
class PaintCount : public QObject {
public:
    int paints = 0;

    bool eventFilter(QObject*, QEvent* event) override {
        paints += event->type() == QEvent::Paint ? 1 : 0;
        return false;
    }
};

struct Figure {
    QString what;
    double value = 0;
    QString unit;
    double goal = 0;
};

double median(std::vector<double> values) {
    return values.empty() ? 0 : spread_of(values).p50;
}

class LibraryBench {
public:
    std::vector<Figure> run() {
        if (!makeFirstClip()) {
            return {};
        }
        fillLibrary(folder_.parts(), first_clip_);
        start();
        search();
        scroll();
        addJobs();
        draft();
        return rows_;
    }

private:
    void open() {
        window_.reset();
        window_ = std::make_unique<MainWindow>(folder_.parts());
    }

    bool engineThere() {
        return runUntil([this] {
            return window_->session().engineReady() && !window_->session().models().empty();
        });
    }

    /// With the built-in model; every clip of the library is a link to it.
    bool makeFirstClip() {
        open();
        window_->show();
        window_->session().start();
        if (!engineThere()) {
            return false;
        }
        Recipe recipe = window_->findChild<RecipePanel*>()->recipe();
        recipe.prompt = "a red ball bounces over the sea";
        recipe.frames = 9;
        window_->desk().makeAgain(recipe);
        const ClipStripModel& model = window_->session().shelf().model();
        if (!runUntil([&] { return model.clips() == 1 && !window_->session().running(); })) {
            return false;
        }
        first_clip_ = model.item(0).record.file;
        return true;
    }

    /// From the making of the window until it has painted itself and shows its newest clips, and whether its
    /// events came late meanwhile. The program's own start comes before it (studio --measure-start).
    void start() {
        std::vector<double> painted;
        std::vector<double> listed;
        std::vector<double> late;
        for (int i = 0; i < starts; ++i) {
            window_.reset();
            QElapsedTimer clock;
            clock.start();
            open();
            bool seen = false;
            QObject::connect(window_.get(), &MainWindow::painted, window_.get(), [&] { seen = true; });
            window_->show();
            runUntil([&] { return seen; });
            painted.push_back(static_cast<double>(clock.nsecsElapsed()) / 1e6);
            window_->session().start();
            const LatenessWatch watch;
            runUntil([&] { return window_->session().shelf().model().clips() > 0; });
            listed.push_back(static_cast<double>(clock.nsecsElapsed()) / 1e6);
            engineThere();
            late.push_back(watch.worst());
        }
        add(QStringLiteral("window made and painted"), median(painted), QStringLiteral("ms"), 500);
        add(QStringLiteral("its newest clips listed"), median(listed), QStringLiteral("ms"), 500);
        add(QStringLiteral("the latest event until all is loaded"), median(late), QStringLiteral("ms"), 100);
    }

    LibraryPage& page() {
        window_->actions()[Command::all_clips].trigger();
        auto* page = window_->findChild<LibraryPage*>();
        ClipGridModel& model = window_->session().shelf().grid();
        runUntil([&] { return model.rowCount() > clips / 2; });
        return *page;
    }

    /// From the question to the found clips on the wall.
    void search() {
        page();
        ClipShelf& shelf = window_->session().shelf();
        std::vector<double> times;
        for (const char* const colour : colours) {
            for (const char* const thing : things) {
                const ClipQuery query{.words = std::string(colour) + " " + thing};
                bool found = false;
                const QObject here; // as long as `found`
                QObject::connect(&shelf.grid(), &QAbstractItemModel::modelReset, &here, [&] {
                    found = true;
                });
                QElapsedTimer clock;
                clock.start();
                shelf.browse(query);
                runUntil([&] { return found; });
                times.push_back(static_cast<double>(clock.nsecsElapsed()) / 1e6);
            }
        }
        add(QStringLiteral("a search, until the wall shows it (median)"),
            median(times),
            QStringLiteral("ms"),
            50);
        add(QStringLiteral("the slowest of 72"), std::ranges::max(times), QStringLiteral("ms"), 50);
        shelf.browse({});
        runUntil([&] { return shelf.grid().rowCount() > clips / 2; });
    }

    void scroll() {
        ClipGrid& grid = page().grid();
        PaintCount count;
        grid.viewport()->installEventFilter(&count);
        runFor(1000); // the first pictures
        count.paints = 0;
        LatenessWatch watch;
        QTimer timer;
        timer.setTimerType(Qt::PreciseTimer);
        QObject::connect(&timer, &QTimer::timeout, &grid, [&] {
            grid.verticalScrollBar()->setValue(grid.verticalScrollBar()->value() + scroll_step);
        });
        QElapsedTimer clock;
        clock.start();
        timer.start(frame_ms);
        runFor(scroll_ms);
        timer.stop();
        const double seconds = static_cast<double>(clock.elapsed()) / 1000;
        add(QStringLiteral("the wall scrolls, paintings a second"), count.paints / seconds, QString(), 60);
        add(QStringLiteral("its latest event"), watch.worst(), QStringLiteral("ms"), 17);
        add(QStringLiteral("its events later than a frame of 60 Hz"),
            100 * watch.share(1000.0 / 60),
            QStringLiteral("%"),
            0);
        window_->findChild<LibraryPage*>()->close();
    }

    void addJobs() {
        StudioSession& session = window_->session();
        session.setPaused(true);
        Recipe recipe = window_->findChild<RecipePanel*>()->recipe();
        const int before = session.queue().waiting();
        QElapsedTimer clock;
        clock.start();
        for (int i = 0; i < jobs; ++i) {
            recipe.seed = i;
            session.generate(recipe);
        }
        const double held = static_cast<double>(clock.nsecsElapsed()) / 1e6;
        runUntil([&] { return session.queue().waiting() == before + jobs; });
        add(QStringLiteral("1,000 jobs added, until the queue shows them"),
            static_cast<double>(clock.nsecsElapsed()) / 1e6,
            QStringLiteral("ms"),
            1000);
        add(QStringLiteral("of which the window's thread was held"), held, QStringLiteral("ms"), 1000);
    }

    void draft() {
        Sketches& sketches = window_->desk().seeds().sketches();
        Recipe recipe = window_->findChild<RecipePanel*>()->recipe();
        recipe.prompt = "a red ball bounces over the sea";
        window_->desk().applyRecipe(recipe);
        QElapsedTimer clock;
        clock.start();
        window_->actions()[Command::try_seeds].trigger();
        runUntil([&] {
            bool all = sketches.rowCount() == 9;
            for (int row = 0; all && row < sketches.rowCount(); ++row) {
                all = sketches.take(row).round >= 1;
            }
            return all;
        });
        add(QStringLiteral("nine drafts of the built-in model"),
            static_cast<double>(clock.nsecsElapsed()) / 1e6,
            QStringLiteral("ms"),
            3000);
    }

    void add(const QString& what, double value, const QString& unit, double goal) {
        rows_.push_back({what, value, unit, goal});
    }

    BenchFolder folder_; ///< first: outlives the window
    std::filesystem::path first_clip_;
    std::unique_ptr<MainWindow> window_;
    std::vector<Figure> rows_;
};

} // namespace

int runLibraryBench(bool json) {
    const std::vector<Figure> rows = LibraryBench().run();
    QJsonArray list;
    if (!json) {
        std::printf("%-52s %15s %9s\n", "with 100,000 clips", "measured", "goal");
    }
    for (const Figure& row : rows) {
        if (!json) {
            std::printf(
                "%-52s %10.1f %-4s %9.0f\n", qPrintable(row.what), row.value, qPrintable(row.unit), row.goal
            );
        }
        list.append(QJsonObject{
            {QStringLiteral("figure"), row.what},
            {QStringLiteral("value"), row.value},
            {QStringLiteral("unit"), row.unit},
            {QStringLiteral("goal"), row.goal},
        });
    }
    if (json) {
        std::printf("%s", QJsonDocument(list).toJson().constData());
    }
    return rows.empty() ? 1 : 0;
}

} // namespace rushes::ui
