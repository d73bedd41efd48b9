// Stories on the real window, offscreen. An unexpected warning of Qt fails the test that
// caused it.
#include "support/qt_warnings.h"
#include "theme/theme.h"

#include <gtest/gtest.h>

#include <QApplication>

int main(int argc, char** argv) {
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication app(argc, argv);
    ::testing::InitGoogleTest(&argc, argv);
    rushes::testing::failOnQtWarnings();
    new rushes::ui::Theme(app, rushes::ui::Scheme::dark); // the application owns it
    return RUN_ALL_TESTS();
}
