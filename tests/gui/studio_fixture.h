// The real window on a fake engine, in a folder of its own. Tests read as a person's story: type, press,
// look.
#pragma once

#include "shell/main_window.h"
#include "support/fake_engine.h"

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <mutex>

#include <QMenu>
#include <QTest>

namespace rushes::testing {

/// Holds the engine at a place of the test's choice. Opens by itself when the run is stopped.
class Gate {
public:
    /// The engine waits as long as `closed(progress)` says so.
    void closeWhen(std::function<bool(const Progress&)> closed);
    void open();
    /// Lets the engine go on to the next such place.
    void moveTo(std::function<bool(const Progress&)> closed);
    void pass(const Progress& progress, const std::stop_token& stop);
    /// The engine stands before it.
    bool holds();

private:
    std::mutex mutex_;
    bool holds_ = false;
    std::condition_variable_any changed_;
    std::function<bool(const Progress&)> closed_;
};

class StudioFixture : public ::testing::Test {
protected:
    void SetUp() override;
    void TearDown() override;

    ui::StudioParts parts();
    virtual std::unique_ptr<Engine> makeEngine();
    /// Opens the window and waits until models, library and engine are there.
    void openStudio();
    void closeStudio();

    ui::MainWindow& window() { return *window_; }

    template <typename Widget>
    Widget* find(const char* name) {
        Widget* widget = window_->findChild<Widget*>(QLatin1String(name));
        EXPECT_NE(widget, nullptr) << name;
        return widget;
    }

    void type(const QString& text);
    void click(const char* name);
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier);
    /// Esc, and again: the first time it asks.
    void stopRun();
    /// From a file manager onto the window.
    void drop(const std::filesystem::path& file);
    /// Opens the menu of a place of `widget`, and closes it again behind `deed`.
    void inMenu(QWidget& widget, const QPoint& place, const std::function<void(QMenu&)>& deed);
    /// Answers the folder dialog that is open.
    void chooseFolder(const std::filesystem::path& folder);
    /// Runs the event loop until `condition` holds; false after half a minute.
    static bool until(const std::function<bool()>& condition);
    /// Clips of the strip that are finished, once the engine is idle.
    int clips();
    bool generated(int clips_before);
    /// A finished clip of this prompt.
    void make(const QString& prompt);
    /// Opens the window; two clips of one prompt, their seeds of other colours, the stage has the focus.
    void makeTwoColours();
    /// As the panel holds it.
    const Recipe& recipe();
    std::filesystem::path newestFile();
    /// A picture of the window for people, when RUSHES_SHOTS names a folder.
    void shot(const QString& name);

    FakeScript script_;
    Gate gate_;
    bool installed_models_ = false; ///< those of this machine's folders instead of the fake ones
    std::vector<ModelInfo> models_{fake_causal_model(), fake_full_model()};
    std::filesystem::path folder_;
    std::unique_ptr<ui::MainWindow> window_;
};

} // namespace rushes::testing
