#include "gui/studio_fixture.h"

#include "controls/prompt_edit.h"
#include "controls/recipe_panel.h"
#include "convert.h"
#include "models/registry.h"
#include "stage/stage_panel.h"

#include <unistd.h>

#include <QAbstractButton>
#include <QApplication>
#include <QContextMenuEvent>
#include <QDialog>
#include <QDropEvent>
#include <QFileDialog>
#include <QLineEdit>
#include <QMimeData>
#include <QTimer>

namespace rushes::testing {

void Gate::closeWhen(std::function<bool(const Progress&)> closed) {
    const std::lock_guard lock(mutex_);
    closed_ = std::move(closed);
}

void Gate::open() {
    {
        const std::lock_guard lock(mutex_);
        closed_ = {};
    }
    changed_.notify_all();
}

void Gate::moveTo(std::function<bool(const Progress&)> closed) {
    closeWhen(std::move(closed));
    changed_.notify_all();
}

void Gate::pass(const Progress& progress, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    const auto open = [&] {
        holds_ = closed_ && closed_(progress);
        return !holds_;
    };
    changed_.wait(lock, stop, open);
    holds_ = false;
}

bool Gate::holds() {
    const std::lock_guard lock(mutex_);
    return holds_;
}

void StudioFixture::SetUp() {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() /
              ("rushes-gui-" + std::to_string(::getpid()) + "-" + info->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    script_.at_step = [this](const Progress& progress, const std::stop_token& stop) {
        gate_.pass(progress, stop);
    };
    models_[0].vocabulary = {
        "a",
        "red",
        "green",
        "ball",
        "star",
        "bounces",
        "spins",
        "over",
        "the",
        "sea",
        "in",
        "night",
        "boat",
        "drifts",
        "to",
        "left"
    }; // its examples are of them
}

void StudioFixture::TearDown() {
    gate_.open();
    closeStudio();
    std::filesystem::remove_all(folder_);
}

std::unique_ptr<Engine> StudioFixture::makeEngine() {
    return std::make_unique<FakeEngine>(script_);
}

ui::StudioParts StudioFixture::parts() {
    ui::StudioParts parts;
    parts.make_engine = [this] { return makeEngine(); };
    parts.find_models = [this](std::vector<std::string>* problems) {
        return installed_models_ ? installed_models(problems) : models_;
    };
    parts.add_model = [](const std::filesystem::path& directory) { return add_model(directory); };
    parts.database = folder_ / "data" / "library.db";
    parts.queue = folder_ / "data" / "queue.db";
    parts.thumbnails = folder_ / "cache";
    parts.videos = folder_ / "videos";
    parts.settings = folder_ / "config" / "studio.ini";
    parts.speeds = folder_ / "state" / "speeds.json";
    parts.logs = folder_ / "state" / "logs";
    parts.unfinished = folder_ / "state" / "unfinished";
    parts.checkpoints = folder_ / "state" / "checkpoints";
    parts.kept_runs = folder_ / "state" / "kept";
    return parts;
}

void StudioFixture::openStudio() {
    window_ = std::make_unique<ui::MainWindow>(parts());
    window_->resize(1600, 1000); // whatever the size of the screen
    bool library = false;
    QObject::connect(&window_->session().shelf(), &ui::ClipShelf::loaded, window_.get(), [&] {
        library = true;
    });
    window_->show();
    window_->activateWindow();
    window_->session().start();
    ASSERT_TRUE(until([&] {
        return library && window_->session().engineReady() && !window_->session().models().empty();
    }));
    QCoreApplication::processEvents(); // layouts show new buttons by a queued call
}

void StudioFixture::closeStudio() {
    if (window_) {
        window_->close();
        window_.reset();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }
}

void StudioFixture::type(const QString& text) {
    auto* prompt = find<ui::PromptEdit>("prompt");
    prompt->setFocus();
    prompt->selectAll();
    QTest::keyClicks(prompt, text);
}

void StudioFixture::click(const char* name) {
    auto* button = find<QAbstractButton>(name);
    ASSERT_TRUE(button->isVisible()) << name;
    ASSERT_TRUE(button->isEnabled()) << name;
    QTest::mouseClick(button, Qt::LeftButton);
}

void StudioFixture::press(Qt::Key key, Qt::KeyboardModifiers modifiers) {
    QWidget* target = QApplication::focusWidget() != nullptr ? QApplication::focusWidget() : window_.get();
    QTest::keyClick(target, key, modifiers);
}

void StudioFixture::stopRun() {
    press(Qt::Key_Escape);
    press(Qt::Key_Escape);
}

void StudioFixture::drop(const std::filesystem::path& file) {
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(ui::toQString(file))});
    QDragEnterEvent enter(QPoint(400, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&window(), &enter);
    EXPECT_TRUE(enter.isAccepted());
    QDropEvent event(QPointF(400, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&window(), &event);
}

void StudioFixture::chooseFolder(const std::filesystem::path& folder) {
    auto* dialog = find<QFileDialog>("folder-dialog");
    ASSERT_NE(dialog, nullptr);
    ASSERT_TRUE(until([&] { return dialog->isVisible(); }));
    auto* name = dialog->findChild<QLineEdit*>(QStringLiteral("fileNameEdit"));
    ASSERT_NE(name, nullptr);
    name->setText(ui::toQString(folder));
    QTest::keyClick(name, Qt::Key_Return);
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    EXPECT_EQ(window_->findChild<QFileDialog*>(), nullptr);
    window_->activateWindow(); // what a window manager does
    ASSERT_TRUE(until([&] { return window_->isActiveWindow(); }));
}

bool StudioFixture::until(const std::function<bool()>& condition) {
    return QTest::qWaitFor(condition, 30'000);
}

int StudioFixture::clips() {
    return window_->session().shelf().model().clips();
}

bool StudioFixture::generated(int clips_before) {
    return until([&] { return !window_->session().running() && clips() == clips_before + 1; });
}

void StudioFixture::makeTwoColours() {
    openStudio();
    for (const char* seed : {"1", "5"}) {
        auto* field = find<QLineEdit>("seed");
        field->setFocus();
        field->selectAll();
        QTest::keyClicks(field, QLatin1String(seed));
        make(QStringLiteral("a red ball"));
        press(Qt::Key_Escape); // from the prompt to the stage
    }
}

void StudioFixture::make(const QString& prompt) {
    const int before = clips();
    type(prompt);
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(generated(before));
}

const Recipe& StudioFixture::recipe() {
    return find<ui::RecipePanel>("recipe-panel")->recipe();
}

std::filesystem::path StudioFixture::newestFile() {
    return window_->session().shelf().model().item(0).record.file;
}

void StudioFixture::inMenu(QWidget& widget, const QPoint& place, const std::function<void(QMenu&)>& deed) {
    bool opened = false;
    QTimer::singleShot(0, &widget, [&] { // from within the menu's own event loop
        auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
        ASSERT_NE(menu, nullptr);
        opened = true;
        deed(*menu);
        menu->close();
    });
    QContextMenuEvent event(QContextMenuEvent::Mouse, place, widget.mapToGlobal(place));
    QCoreApplication::sendEvent(&widget, &event);
    EXPECT_TRUE(opened);
}

void StudioFixture::shot(const QString& name) {
    const QString folder = qEnvironmentVariable("RUSHES_SHOTS");
    if (!folder.isEmpty()) {
        QTest::qWait(100); // a picture for people: let everything be painted
        QWidget* shown = window_.get();
        for (QDialog* dialog : window_->findChildren<QDialog*>()) {
            shown = dialog->isVisible() ? dialog : shown; // a page in front of it
        }
        shown->grab().save(folder + QLatin1Char('/') + name + QStringLiteral(".png"));
    }
}

} // namespace rushes::testing
