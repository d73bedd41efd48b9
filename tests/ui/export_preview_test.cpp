// What the export's picture promises is what the file holds.
#include "convert.h"
#include "export/export_preview.h"
#include "media/encoder.h"
#include "theme/theme.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <unistd.h>

#include <QImage>

namespace rushes::ui {
namespace {

namespace fs = std::filesystem;

class ExportPreviewTest : public ::testing::Test {
protected:
    void SetUp() override {
        folder_ = fs::temp_directory_path() / ("rushes-preview-" + std::to_string(::getpid()));
        fs::create_directories(folder_);
    }

    void TearDown() override { fs::remove_all(folder_); }

    QImage written(const QImage& picture, QSize target, Fit fit) {
        ExportSettings settings;
        settings.width = target.width();
        settings.height = target.height();
        settings.fit = fit;
        const auto encoder = Encoder::open(
            folder_ / "frame.png", picture.width(), picture.height(), FrameRate{12, 1}, settings, "{}"
        );
        encoder->write(*toFrame(picture));
        return QImage(toQString(encoder->finish().path));
    }

    /// The part of the preview that stands for the file.
    static QImage previewed(const QImage& picture, QSize target, Fit fit) {
        ExportPreview preview;
        const int margin = size::space4 + size::space2;
        const QSize inner = target.scaled(400, 400, Qt::KeepAspectRatio);
        preview.resize(inner + QSize(2 * margin, 2 * margin));
        preview.setPicture(picture);
        preview.setTarget(target, fit);
        return preview.grab().toImage().copy(QRect(QPoint(margin, margin), inner));
    }

    /// Mean brightness of a part, 0..255; places as shares of the picture.
    static double brightness(const QImage& picture, QRectF part) {
        const QRect place(
            static_cast<int>(part.x() * picture.width()),
            static_cast<int>(part.y() * picture.height()),
            std::max(1, static_cast<int>(part.width() * picture.width())),
            std::max(1, static_cast<int>(part.height() * picture.height()))
        );
        double sum = 0;
        for (int y = place.top(); y <= place.bottom(); ++y) {
            for (int x = place.left(); x <= place.right(); ++x) {
                sum += qGray(picture.pixel(x, y));
            }
        }
        return sum / place.width() / place.height();
    }

    static QImage bright(QSize size) {
        QImage picture(size, QImage::Format_RGB888);
        picture.fill(QColor(210, 200, 190));
        return picture;
    }

    fs::path folder_;
};

TEST_F(ExportPreviewTest, BlurredMarginsAreAsDarkAsInTheFile) {
    const QImage picture = bright({224, 128});
    const QSize target(1080, 1920);
    const QRectF above(0.2, 0.05, 0.6, 0.1);
    const double file = brightness(written(picture, target, Fit::blur), above);
    EXPECT_LT(file, 160); // darker than the picture: what is between the two is tested, not two bright ones
    EXPECT_NEAR(brightness(previewed(picture, target, Fit::blur), above), file, 10);
}

TEST_F(ExportPreviewTest, NearlyTheSameShapeHasNoSlivers) {
    const QImage picture = bright({224, 128}); // 7:4, asked for as 16:9
    const QSize target(1920, 1080);
    for (const Fit fit : {Fit::blur, Fit::pad}) {
        const QRectF left(0.005, 0.3, 0.003, 0.4);
        EXPECT_GT(brightness(written(picture, target, fit), left), 180);
        EXPECT_GT(brightness(previewed(picture, target, fit), left), 180);
    }
}

} // namespace
} // namespace rushes::ui
