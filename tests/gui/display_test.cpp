// On a display of its own (display_test_main.cpp).
#include "convert.h"
#include "desk/desk.h"
#include "gui/studio_fixture.h"
#include "library/film_strip.h"
#include "stage/stage_panel.h"
#include "stage/stage_view.h"
#include "theme/theme.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <QDropEvent>
#include <QMenu>
#include <QMenuBar>
#include <QMimeData>
#include <QOpenGLWidget>
#include <QPainter>
#include <QScreen>
#include <QTimer>

namespace rushes::testing {
namespace {

// A sampler's weights have 8 bits: of the 215 levels between the blocks that is less than one a read, and the
// weights of a Catmull-Rom filter add up to 1.5 at most; rounding comes on top.
constexpr int sampler_levels = 4;
constexpr double sampler_mean = 1;

// Rounded in two ways: four corners of nine pixels of both pictures and of the divider's grip.
constexpr int corner_pixels = 4 * 9 * 3;

constexpr int any_pixels = 1 << 30;

/// Colours that change slowly, a dark and a light block with sharp edges, and a letter that shows which side
/// is up.
QImage picture(QSize size, int shift = 0) {
    QImage image(size, QImage::Format_RGB888);
    for (int y = 0; y < size.height(); ++y) {
        for (int x = 0; x < size.width(); ++x) {
            image.setPixel(
                x,
                y,
                qRgb(
                    40 + 150 * x / size.width(),
                    60 + 120 * y / size.height(),
                    120 + 60 * ((x + shift) % 64) / 64
                )
            );
        }
    }
    QPainter painter(&image);
    painter.fillRect(
        size.width() / 8, size.height() / 8, size.width() / 4, size.height() / 5, QColor(20, 20, 20)
    );
    painter.fillRect(
        size.width() / 8, size.height() / 2, size.width() / 5, size.height() / 4, QColor(235, 235, 235)
    );
    return image;
}

/// The stage drawn by OpenGL and the stage drawn by the processor, to look alike.
class GraphicsCardStage : public ::testing::Test {
protected:
    static constexpr QSize size{640, 400};

    void SetUp() override {
        for (ui::StageView* view : {&card_, &plain_}) {
            view->setWindowFlags(Qt::FramelessWindowHint | Qt::BypassWindowManagerHint);
            view->resize(size);
            view->show();
        }
        plain_.move(700, 0);
        card_.move(0, 0);
        card_.findGraphicsCard();
        if (!QTest::qWaitFor([this] { return card_.onGraphicsCard(); }, 20'000)) {
            GTEST_SKIP() << "no OpenGL 3.0 on this display";
        }
    }

    void show(const QImage& image) {
        card_.setPicture(image);
        plain_.setPicture(image);
    }

    void both(const std::function<void(ui::StageView&)>& act) {
        act(card_);
        act(plain_);
    }

    /// What is on the screen.
    static QImage seen(const ui::StageView& view) {
        return view.screen()
            ->grabWindow(const_cast<ui::StageView&>(view).winId())
            .toImage()
            .convertToFormat(QImage::Format_RGB32);
    }

    struct Difference {
        int pixels = 1 << 30; ///< that differ by more than a sampler may
        double mean = 255;
    };

    Difference difference() const {
        const QImage a = seen(card_);
        const QImage b = seen(plain_);
        if (a.size() != b.size() || a.isNull()) {
            return {};
        }
        Difference result{0, 0};
        double sum = 0;
        for (int y = 0; y < a.height(); ++y) {
            for (int x = 0; x < a.width(); ++x) {
                const QRgb p = a.pixel(x, y);
                const QRgb q = b.pixel(x, y);
                const int worst = std::max(
                    {std::abs(qRed(p) - qRed(q)),
                     std::abs(qGreen(p) - qGreen(q)),
                     std::abs(qBlue(p) - qBlue(q))}
                );
                result.pixels += worst > sampler_levels ? 1 : 0;
                sum += worst;
            }
        }
        result.mean = sum / (a.width() * a.height());
        return result;
    }

    /// For people, when RUSHES_SHOTS names a folder.
    void keepPictures() const {
        if (const QString folder = qEnvironmentVariable("RUSHES_SHOTS"); !folder.isEmpty()) {
            const QString test =
                QLatin1String(::testing::UnitTest::GetInstance()->current_test_info()->name());
            seen(card_).save(folder + QLatin1Char('/') + test + QStringLiteral("-card.png"));
            seen(plain_).save(folder + QLatin1Char('/') + test + QStringLiteral("-plain.png"));
        }
    }

    /// Waits until the same is seen; what is left of a difference otherwise.
    Difference settled(int pixels, double mean) {
        Difference last;
        [[maybe_unused]] const bool same = QTest::qWaitFor(
            [&] {
                last = difference();
                return plain_.settled() && last.pixels <= pixels && last.mean <= mean;
            },
            10'000
        );
        keepPictures();
        return last;
    }

    ui::StageView card_;
    ui::StageView plain_;
};

TEST_F(GraphicsCardStage, EnlargesAsTheProcessorDoes) {
    show(picture({224, 128}));
    const Difference left = settled(corner_pixels, sampler_mean);
    EXPECT_LE(left.pixels, corner_pixels);
    EXPECT_LE(left.mean, sampler_mean);
    // Not wrong in the same way: the dark block is above the light one, and left.
    const QImage screen = seen(card_);
    const QRect place = card_.pictureRect();
    const auto at = [&](double x, double y) {
        return screen.pixelColor(
            place.left() + static_cast<int>(x * place.width()),
            place.top() + static_cast<int>(y * place.height())
        );
    };
    EXPECT_LT(at(0.25, 0.22).lightness(), 40);
    EXPECT_GT(at(0.22, 0.62).lightness(), 220);
    EXPECT_GT(at(0.95, 0.1).red(), 160); // redder to the right, greener below
    EXPECT_GT(at(0.6, 0.95).green(), 150);
    EXPECT_EQ(screen.pixelColor(1, 1), ui::tokens().base);
}

TEST_F(GraphicsCardStage, ALargePictureIsMadeSmallerWithoutHolesOrShifts) {
    show(picture({1920, 1200}));
    constexpr double mean = 1.5; // the filters differ along the edges of the blocks only
    EXPECT_LE(settled(any_pixels, mean).mean, mean);
}

TEST_F(GraphicsCardStage, ZoomAndPanMeanTheSamePlace) {
    show(picture({224, 128}));
    both([](ui::StageView& view) { view.zoomBy(3, {200, 150}); });
    Difference left = settled(corner_pixels, sampler_mean);
    EXPECT_LE(left.pixels, corner_pixels);
    both([](ui::StageView& view) { view.zoomToFit(); });
    left = settled(corner_pixels, sampler_mean);
    EXPECT_LE(left.pixels, corner_pixels);
}

TEST_F(GraphicsCardStage, TheDividerShowsTheOtherClipOnItsSide) {
    show(picture({224, 128}));
    const QImage other = picture({160, 160}, 32).mirrored(true, false);
    both([&](ui::StageView& view) {
        view.setOther(other, other.size());
        view.setDivider(0.3);
    });
    Difference left = settled(corner_pixels, sampler_mean);
    EXPECT_LE(left.pixels, corner_pixels);
    both([](ui::StageView& view) { view.setDivider(0.8); });
    left = settled(corner_pixels, sampler_mean);
    EXPECT_LE(left.pixels, corner_pixels);
}

TEST_F(GraphicsCardStage, TwoClipsAreComparedAlikeInEveryWay) {
    show(picture({224, 128}));
    const QImage other = picture({224, 128}, 32);
    both([&](ui::StageView& view) {
        view.setOther(other, other.size());
        view.setDivider(0.3);
    });
    for (const auto mode : {ui::CompareMode::side, ui::CompareMode::onion}) {
        both([&](ui::StageView& view) { view.setCompareMode(mode); });
        EXPECT_LE(settled(corner_pixels, sampler_mean).pixels, corner_pixels) << static_cast<int>(mode);
    }
    both([](ui::StageView& view) { view.setCompareMode(ui::CompareMode::difference); });
    // Not wrong in the same way: the dark block is the same in both, the stripes of blue moved.
    const QRect place = card_.pictureRect();
    const QPoint still(place.left() + place.width() / 4, place.top() + place.height() / 4); // the dark block
    const auto is_black = [&](const ui::StageView& view) {
        const QRgb pixel = seen(view).pixel(still);
        return std::max({qRed(pixel), qGreen(pixel), qBlue(pixel)}) <= 2 * ui::difference_gain;
    };
    EXPECT_TRUE(QTest::qWaitFor([&] { return is_black(card_) && is_black(plain_); }, 10'000));
    const QPoint moved(place.left() + place.width() * 66 / 100, place.top() + place.height() / 3);
    for (const ui::StageView* view : {&card_, &plain_}) {
        const QRgb pixel = seen(*view).pixel(moved); // 30 levels of blue, and nothing else
        EXPECT_NEAR(qBlue(pixel), 30 * ui::difference_gain, 3 * ui::difference_gain);
        EXPECT_LE(std::max(qRed(pixel), qGreen(pixel)), 2 * ui::difference_gain);
    }
    // What the filters differ by, of both pictures, is enlarged too.
    constexpr double mean = 2 * sampler_mean * ui::difference_gain;
    EXPECT_LE(settled(any_pixels, mean).mean, mean);
}

TEST_F(GraphicsCardStage, FollowsTheWindowAndTheClip) {
    show(picture({224, 128}));
    settled(corner_pixels, sampler_mean);
    both([](ui::StageView& view) { view.resize(500, 300); });
    EXPECT_LE(settled(corner_pixels, sampler_mean).pixels, corner_pixels);
    // A preview in the shape of its clip, then the frames of another clip.
    both([](ui::StageView& view) { view.setShape({96, 160}); });
    show(picture({12, 20}));
    EXPECT_LE(settled(corner_pixels, sampler_mean).pixels, corner_pixels);
    show(picture({96, 160}));
    EXPECT_LE(settled(corner_pixels, sampler_mean).pixels, corner_pixels);
    both([](ui::StageView& view) { view.setGuides(true); });
    EXPECT_LE(settled(any_pixels, sampler_mean).mean, sampler_mean);
}

class OnADisplay : public StudioFixture {
protected:
    void openWithAClip() {
        openStudio();
        window().move(0, 0);
        window().desk().generate();
        ASSERT_TRUE(generated(0));
        ASSERT_TRUE(until([&] { return window().desk().shown().has_value(); }));
        window().stage().player().pause();
    }

    /// A window that takes files, beside the studio's.
    class OtherProgram : public QWidget {
    public:
        OtherProgram() {
            setAcceptDrops(true);
            setGeometry(1650, 100, 250, 200); // the studio is 1600 wide
            show();
        }

        bool entered = false;
        QList<QUrl> files;
        Qt::DropAction action = Qt::IgnoreAction;

    protected:
        void dragEnterEvent(QDragEnterEvent* event) override {
            if (event->mimeData()->hasUrls()) {
                entered = true;
                event->acceptProposedAction();
            }
        }

        void dropEvent(QDropEvent* event) override {
            files = event->mimeData()->urls();
            action = event->dropAction();
            event->acceptProposedAction();
        }
    };

    /// A press in `from`, a move, and a release over the other window: Qt's own drag in between.
    static void dragTo(OtherProgram& other, QWidget& from, QPoint place) {
        ASSERT_TRUE(QTest::qWaitForWindowExposed(&other));
        // Once the drag has its own event loop: over the other window until it is let in, then let go.
        constexpr int tick_ms = 20;
        QTimer timer;
        timer.start(tick_ms);
        QObject::connect(&timer, &QTimer::timeout, &other, [&, ticks = 0]() mutable {
            const QPoint there(100 + ++ticks % 10, 100);
            if (other.entered || ticks > 100) {
                timer.stop();
                QTest::mouseRelease(other.windowHandle(), Qt::LeftButton, {}, there);
            } else {
                QTest::mouseMove(other.windowHandle(), there);
            }
        });
        const auto send = [&](QEvent::Type type, QPoint at, Qt::MouseButton button, Qt::MouseButtons held) {
            QMouseEvent event(type, at, from.mapToGlobal(at), button, held, Qt::NoModifier);
            QCoreApplication::sendEvent(&from, &event);
        };
        send(QEvent::MouseButtonPress, place, Qt::LeftButton, Qt::LeftButton);
        send(QEvent::MouseMove, place + QPoint(12, 0), Qt::NoButton, Qt::LeftButton);
        send(QEvent::MouseMove, place + QPoint(30, 0), Qt::NoButton, Qt::LeftButton);
    }
};

TEST_F(OnADisplay, AMenuThatEscClosedGoesOut) {
    openStudio();
    QMenuBar* bar = window().menuBar();
    QAction* help = bar->actions().back();
    QTest::mouseClick(bar, Qt::LeftButton, {}, bar->actionGeometry(help).center());
    ASSERT_TRUE(until([&] { return help->menu()->isVisible(); }));
    QTest::keyClick(help->menu(), Qt::Key_Escape);
    EXPECT_TRUE(until([&] { return bar->activeAction() == nullptr; }));
    EXPECT_FALSE(bar->hasFocus());
}

TEST_F(OnADisplay, ADragFromTheStageGivesTheFileToWhereItIsDropped) {
    openWithAClip();
    ui::StageView& view = window().stage().view();
    OtherProgram other;
    dragTo(other, view, view.rect().center());
    EXPECT_EQ(other.files, QList<QUrl>{QUrl::fromLocalFile(ui::toQString(newestFile()))});
    EXPECT_EQ(other.action, Qt::CopyAction); // the file stays where it is
    EXPECT_TRUE(std::filesystem::exists(newestFile()));
    EXPECT_FALSE(window().stage().player().playing()); // a drag is no click
}

TEST_F(OnADisplay, ADragFromTheStripGivesTheFilesThatAreSelected) {
    openWithAClip();
    window().desk().generate();
    ASSERT_TRUE(generated(1));
    auto* strip = find<ui::FilmStrip>("film-strip");
    strip->selectAll();
    OtherProgram other;
    dragTo(other, *strip->viewport(), strip->visualRect(strip->model()->index(1, 0)).center());
    QList<QUrl> expected;
    for (int row = 0; row < 2; ++row) {
        expected << QUrl::fromLocalFile(ui::toQString(window().session().shelf().model().item(row).record.file
        ));
    }
    const auto sorted = [](QList<QUrl> urls) {
        std::sort(urls.begin(), urls.end()); // QUrl has no order of the ranges' kind
        return urls;
    };
    EXPECT_EQ(sorted(other.files), sorted(expected));
    EXPECT_EQ(other.action, Qt::CopyAction);
}

TEST_F(OnADisplay, TheStudioMovesItsStageToTheGraphicsCardAndShowsTheClip) {
    openStudio();
    ui::StageView& view = window().stage().view();
    if (!until([&] { return view.onGraphicsCard(); })) {
        GTEST_SKIP() << "no OpenGL 3.0 on this display";
    }
    window().desk().generate();
    ASSERT_TRUE(generated(0));
    ui::Player& player = window().stage().player();
    ASSERT_TRUE(until([&] { return !player.picture().isNull(); }));
    player.pause();
    player.seek(0);
    const auto on_screen = [&] {
        const QPoint centre = view.mapTo(&window(), view.pictureRect().center());
        const QImage screen = window().screen()->grabWindow(window().winId()).toImage();
        return screen.isNull() ? QColor() : screen.pixelColor(centre * window().devicePixelRatioF());
    };
    const auto of_clip = [&] {
        const QImage& picture = player.picture();
        return picture.pixelColor(picture.width() / 2, picture.height() / 2);
    };
    const auto near = [](const QColor& a, const QColor& b) {
        return std::abs(a.red() - b.red()) + std::abs(a.green() - b.green()) + std::abs(a.blue() - b.blue()) <
               24;
    };
    EXPECT_TRUE(until([&] { return near(on_screen(), of_clip()); }));
    player.seek(20);
    EXPECT_TRUE(until([&] { return near(on_screen(), of_clip()); }));
}

} // namespace
} // namespace rushes::testing
