// Entry of the studio module: librushes_studio.so, loaded by the executable.
#include "base/paths.h"
#include "convert.h"
#include "desk/desk.h"
#include "session/settings.h"
#include "shell/library_bench.h"
#include "shell/main_window.h"
#include "shell/stage_bench.h"
#include "shell/translations.h"
#include "theme/theme.h"
#include "work/crash_report.h"
#include "work/log.h"
#include "work/watched_application.h"

#include <cstdio>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <unistd.h>

#include <QApplication>
#include <QSettings>

namespace {

/// Seconds since this process was started (proc(5): starttime in clock ticks).
double secondsSinceStart() {
    std::ifstream stat_file("/proc/self/stat");
    const std::string line((std::istreambuf_iterator<char>(stat_file)), {});
    // The second field, the program's name, may hold blanks; fields are counted after its closing bracket.
    std::istringstream fields(line.substr(line.rfind(')') + 2));
    std::string field;
    for (int i = 3; i <= 22; ++i) {
        fields >> field;
    }
    const double started = std::stod(field) / static_cast<double>(::sysconf(_SC_CLK_TCK));
    timespec now{};
    clock_gettime(CLOCK_BOOTTIME, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9 - started;
}

} // namespace

extern "C" int rushes_studio_main(int argc, char** argv) {
    using namespace rushes::ui;
    const double entered = secondsSinceStart();
    bool measure = false;
    int (*bench)(bool json) = nullptr;
    bool json = false;
    double made = 0;
    QString file;
    QApplication::setApplicationName(QStringLiteral("Rushes"));
    QApplication::setDesktopFileName(QStringLiteral("io.github.rushes.Rushes"));
    QApplication::setApplicationVersion(QStringLiteral(RUSHES_VERSION));
    startLog(rushes::state_dir() / "logs");
    logLine("Rushes " RUSHES_VERSION);
    reportCrashes(rushes::state_dir() / "logs", "Rushes " RUSHES_VERSION ", Qt " QT_VERSION_STR);
    WatchedApplication app(argc, argv);
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--measure-start") == 0) {
            measure = true;
        } else if (std::strcmp(argv[i], "--measure-stage") == 0) {
            bench = runStageBench;
        } else if (std::strcmp(argv[i], "--measure-library") == 0) {
            bench = runLibraryBench;
        } else if (std::strcmp(argv[i], "--json") == 0) {
            json = true;
        } else {
            file = QString::fromLocal8Bit(argv[i]);
        }
    }
    {
        const QSettings stored(toQString(rushes::config_dir() / "studio.ini"), QSettings::IniFormat);
        installLanguage(app, stored.value(QLatin1String(Settings::keyOf(Setting::language))).toString());
    }
    new Theme(app, Scheme::system); // the application owns it
    if (bench != nullptr) {
        return bench(json);
    }
    MainWindow window(StudioParts::real());
    QObject::connect(&window, &MainWindow::painted, &window, [&] {
        if (measure) {
            std::printf("studio loaded after %.0f ms\n", entered * 1000);
            std::printf("window made after %.0f ms\n", made * 1000);
            std::printf("painted after %.0f ms\n", secondsSinceStart() * 1000);
        }
        window.session().start(); // nothing heavy before the first picture
        if (!file.isEmpty()) {
            window.desk().openFile(file);
        }
    });
    QObject::connect(&window.session(), &StudioSession::engineLoaded, &window, [&] {
        if (measure) {
            std::printf("engine ready after %.0f ms\n", secondsSinceStart() * 1000);
            QApplication::quit();
        }
    });
    QObject::connect(&window.session(), &StudioSession::engineFailed, &window, [&] {
        if (measure) {
            QApplication::exit(1);
        }
    });
    made = secondsSinceStart();
    window.show();
    return QApplication::exec();
}
