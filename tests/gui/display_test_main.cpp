// What needs a display of its own: pictures drawn through OpenGL, menus that take the keyboard. Xvfb is one,
// with Mesa's OpenGL on the processor; without it the tests are skipped. An unexpected warning of Qt fails
// the test that caused it.
#include "support/qt_warnings.h"
#include "support/virtual_screen.h"
#include "theme/theme.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <optional>
#include <string_view>

#include <QApplication>

namespace {

class Skipped : public ::testing::Environment {
public:
    explicit Skipped(std::string why) : why_(std::move(why)) {}

    void SetUp() override { GTEST_SKIP() << why_; }

private:
    std::string why_;
};

} // namespace

int main(int argc, char** argv) {
    ::testing::InitGoogleTest(&argc, argv);
    if (::testing::GTEST_FLAG(list_tests)) {
        return RUN_ALL_TESTS();
    }
    const rushes::testing::VirtualScreen screen;
    if (!screen.whyNot().empty()) {
        ::testing::AddGlobalTestEnvironment(new Skipped(screen.whyNot())); // GoogleTest owns it
        return RUN_ALL_TESTS();
    }
    qputenv("QT_QPA_PLATFORM", "xcb");
    qputenv("LIBGL_ALWAYS_SOFTWARE", "1");
    qputenv("RUSHES_STAGE", "gpu"); // takes OpenGL on the processor for a card
    QApplication app(argc, argv);
    rushes::testing::failOnQtWarnings();
    new rushes::ui::Theme(app, rushes::ui::Scheme::dark); // the application owns it
    return RUN_ALL_TESTS();
}
