// What somebody who looks elsewhere learns of a clip: the notification, the sound, the progress in task bar
// and title bar. On a bus of its own.
#include "base/error.h"
#include "convert.h"
#include "desk/desk.h"
#include "desk/done_signals.h"
#include "gui/studio_fixture.h"
#include "shell/preferences.h"
#include "support/private_bus.h"
#include "support/qt_warnings.h"
#include "theme/theme.h"

#include <algorithm>

#include <QApplication>
#include <QCheckBox>
#include <QDBusArgument>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDesktopServices>
#include <QFile>
#include <QSoundEffect>
#include <QUrl>

namespace rushes::testing {

/// The desktop: what it is told over the bus.
class Desktop : public QObject {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.Notifications")

public:
    Desktop() : bus_(QDBusConnection::connectToBus(QDBusConnection::SessionBus, QStringLiteral("desktop"))) {
        bus_.registerObject(
            QStringLiteral("/org/freedesktop/Notifications"), this, QDBusConnection::ExportAllSlots
        );
        bus_.registerService(QStringLiteral("org.freedesktop.Notifications"));
        bus_.connect(
            {},
            {},
            QStringLiteral("com.canonical.Unity.LauncherEntry"),
            QStringLiteral("Update"),
            this,
            SLOT(update(QDBusMessage))
        );
    }

    ~Desktop() override { QDBusConnection::disconnectFromBus(QStringLiteral("desktop")); }

    QStringList notified;     ///< title and text
    QList<double> bar;        ///< what the task bar shows; < 0: nothing
    QStringList applications; ///< whose

public slots:

    // NOLINTNEXTLINE(readability-identifier-naming): the name on the bus
    uint Notify(
        const QString& program,
        uint,
        const QString&,
        const QString& title,
        const QString& text,
        const QStringList&,
        const QVariantMap&,
        int
    ) {
        applications << program;
        notified << title + QLatin1Char('|') + text;
        return 1;
    }

    void update(const QDBusMessage& message) {
        const auto values = qdbus_cast<QVariantMap>(message.arguments().at(1));
        bar
            << (values.value(QStringLiteral("progress-visible")).toBool()
                    ? values.value(QStringLiteral("progress")).toDouble()
                    : -1);
    }

private:
    QDBusConnection bus_;
};

/// A file manager on the bus.
class FileManager : public QObject {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.FileManager1")

public:
    FileManager()
        : bus_(QDBusConnection::connectToBus(QDBusConnection::SessionBus, QStringLiteral("files"))) {
        bus_.registerObject(
            QStringLiteral("/org/freedesktop/FileManager1"), this, QDBusConnection::ExportAllSlots
        );
        bus_.registerService(QStringLiteral("org.freedesktop.FileManager1"));
    }

    ~FileManager() override { QDBusConnection::disconnectFromBus(QStringLiteral("files")); }

    QStringList shown;

public slots:

    // NOLINTNEXTLINE(readability-identifier-naming): the name on the bus
    void ShowItems(const QStringList& addresses, const QString&) { shown << addresses; }

private:
    QDBusConnection bus_;
};

/// Takes the place of the programs that open files.
class Opener : public QObject {
    Q_OBJECT

public:
    Opener() { QDesktopServices::setUrlHandler(QStringLiteral("file"), this, "open"); }

    ~Opener() override { QDesktopServices::unsetUrlHandler(QStringLiteral("file")); }

    QList<QUrl> opened;

public slots:

    void open(const QUrl& address) { opened << address; }
};

namespace {

class DoneSignalsStory : public StudioFixture {
protected:
    void lookElsewhere() {
        elsewhere_.show();
        elsewhere_.activateWindow();
        ASSERT_TRUE(until([&] { return !window().isActiveWindow(); }));
    }

    void choose(const char* setting, bool on) {
        window().actions()[ui::Command::preferences].trigger();
        auto* page = window().findChild<ui::Preferences*>();
        ASSERT_NE(page, nullptr);
        page->findChild<QCheckBox*>(QLatin1String(setting))->setChecked(on);
        page->close();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        window().activateWindow();
        ASSERT_TRUE(until([&] { return window().isActiveWindow(); }));
    }

    ui::DoneSignals& doneSignals() { return *window().findChild<ui::DoneSignals*>(); }

    Desktop desktop_;
    QWidget elsewhere_;
};

TEST_F(DoneSignalsStory, AClipThatGetsReadyIsToldToWhoLooksElsewhere) {
    openStudio();
    choose("pref-notify", true);
    make(QStringLiteral("a red ball")); // in sight: nobody need be told
    lookElsewhere();
    window().desk().generate();
    ASSERT_TRUE(generated(1));
    ASSERT_TRUE(until([&] { return !desktop_.notified.isEmpty(); }));
    EXPECT_EQ(desktop_.notified, QStringList{QStringLiteral("The clip is ready|a red ball")});
    EXPECT_EQ(desktop_.applications, QStringList{QStringLiteral("Rushes")});
}

TEST_F(DoneSignalsStory, SoIsAFailureWithItsSentence) {
    script_.error = Error(ErrorKind::user, "The model is damaged.");
    openStudio();
    choose("pref-notify", true);
    type(QStringLiteral("a red ball"));
    lookElsewhere();
    window().desk().generate();
    ASSERT_TRUE(until([&] { return !desktop_.notified.isEmpty(); }));
    EXPECT_EQ(
        desktop_.notified, QStringList{QStringLiteral("The clip could not be made|The model is damaged.")}
    );
}

TEST_F(DoneSignalsStory, WhoWantsNoneGetsNone) {
    openStudio();
    type(QStringLiteral("a red ball"));
    lookElsewhere();
    window().desk().generate();
    ASSERT_TRUE(generated(0)); // off by default
    choose("pref-notify", true);
    type(QStringLiteral("a green star"));
    lookElsewhere();
    window().desk().generate(); // the bus keeps the order
    ASSERT_TRUE(until([&] { return !desktop_.notified.isEmpty(); }));
    EXPECT_EQ(desktop_.notified, QStringList{QStringLiteral("The clip is ready|a green star")});
}

TEST_F(DoneSignalsStory, TaskBarAndTitleBarShowHowFarTheClipIs) {
    openStudio();
    type(QStringLiteral("a red ball"));
    gate_.closeWhen([](const Progress& p) { return p.phase == Phase::decoding && p.fraction > 0.5; });
    window().desk().generate();
    ASSERT_TRUE(until([&] { return !desktop_.bar.isEmpty() && desktop_.bar.last() > 0.4; }));
    EXPECT_LT(desktop_.bar.last(), 0.6);
    EXPECT_TRUE(until([&] { return window().windowTitle().contains(QStringLiteral(" %")); }));
    EXPECT_TRUE(std::is_sorted(desktop_.bar.begin(), desktop_.bar.end()));
    gate_.open();
    ASSERT_TRUE(generated(0));
    ASSERT_TRUE(until([&] { return desktop_.bar.last() < 0; })) << "it goes with the clip";
    EXPECT_FALSE(window().windowTitle().contains(QLatin1Char('%')));
}

TEST_F(DoneSignalsStory, TheSoundIsHeardByThoseWhoAskedForIt) {
    openStudio();
    make(QStringLiteral("a red ball"));
    EXPECT_EQ(doneSignals().findChild<QSoundEffect*>(), nullptr) << "off by default";
    choose("pref-sound", true);
    make(QStringLiteral("a green star"));
    auto* sound = doneSignals().findChild<QSoundEffect*>();
    ASSERT_NE(sound, nullptr);
    EXPECT_TRUE(QFile::exists(QLatin1Char(':') + sound->source().path()));
    EXPECT_NE(sound->status(), QSoundEffect::Error);
}

class FileManagerStory : public StudioFixture {
protected:
    void makeOne() {
        openStudio();
        make(QStringLiteral("a red ball"));
        ASSERT_TRUE(until([&] { return window().desk().shown().has_value(); }));
    }

    QUrl clip() { return QUrl::fromLocalFile(ui::toQString(window().desk().shown()->file)); }

    Opener opener_;
};

TEST_F(FileManagerStory, TheClipIsSelectedInItsFolder) {
    FileManager files;
    makeOne();
    window().actions()[ui::Command::show_in_folder].trigger();
    ASSERT_TRUE(until([&] { return !files.shown.isEmpty(); }));
    EXPECT_EQ(files.shown, QStringList{clip().toString()});
    EXPECT_TRUE(opener_.opened.isEmpty());
}

TEST_F(FileManagerStory, WhereNoneAnswersTheFolderOpens) {
    makeOne();
    window().actions()[ui::Command::show_in_folder].trigger();
    ASSERT_TRUE(until([&] { return !opener_.opened.isEmpty(); }));
    EXPECT_EQ(opener_.opened.front(), clip().adjusted(QUrl::RemoveFilename | QUrl::StripTrailingSlash));
}

TEST_F(FileManagerStory, AnotherProgramGetsTheFile) {
    makeOne();
    window().actions()[ui::Command::open_elsewhere].trigger();
    EXPECT_EQ(opener_.opened, QList<QUrl>{clip()});
}

class Skipped : public ::testing::Environment {
public:
    explicit Skipped(std::string why) : why_(std::move(why)) {}

    void SetUp() override { GTEST_SKIP() << why_; }

private:
    std::string why_;
};

} // namespace
} // namespace rushes::testing

int main(int argc, char** argv) {
    ::testing::InitGoogleTest(&argc, argv);
    if (::testing::GTEST_FLAG(list_tests)) {
        return RUN_ALL_TESTS();
    }
    const rushes::testing::PrivateBus bus;
    if (!bus.whyNot().empty()) {
        ::testing::AddGlobalTestEnvironment(new rushes::testing::Skipped(bus.whyNot())); // GoogleTest owns it
        return RUN_ALL_TESTS();
    }
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication app(argc, argv);
    rushes::testing::failOnQtWarnings();
    new rushes::ui::Theme(app, rushes::ui::Scheme::dark); // the application owns it
    return RUN_ALL_TESTS();
}

#include "done_signals_test.moc"
