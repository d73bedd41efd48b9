// The stage's pictures drawn by the graphics card: at most two, each in its place, scaled by a Catmull-Rom
// filter in the shader, the second one mixed with what lies below it if asked to. Knows neither clips nor
// players.
#pragma once

#include "stage/compare_mode.h"
#include "stage/texture_feed.h"

#include <array>
#include <functional>
#include <memory>

#include <QColor>
#include <QOpenGLBuffer>
#include <QOpenGLFunctions>
#include <QOpenGLShaderProgram>
#include <QOpenGLVertexArrayObject>
#include <QOpenGLWidget>
#include <QRectF>
#include <QVideoFrame>

namespace rushes::ui {

class GpuScreen : public QOpenGLWidget, protected QOpenGLFunctions {
    Q_OBJECT

public:
    static constexpr std::size_t layers = 2;

    struct Place {
        QRectF picture; ///< where the whole picture lies; may reach beyond the widget
        QRectF seen;    ///< the part of the widget that shows it
    };

    explicit GpuScreen(QWidget* parent = nullptr);
    ~GpuScreen() override;

    /// Whether OpenGL of this machine is drawn by a graphics card: not by the processor, and there is one.
    /// May take some milliseconds; safe on any thread. `surface` was created on the window's thread.
    static bool usable(QOffscreenSurface& surface);

    void setFrame(std::size_t layer, const QVideoFrame& frame);
    void setPlaces(const std::array<Place, layers>& places);
    /// How the second picture lies above the first.
    void setBlend(CompareMode mode, double share);
    void setSurround(const QColor& colour);

    /// Drawn above the pictures: divider, guides.
    void setOverlay(std::function<void(QPainter&)> paint) { overlay_ = std::move(paint); }

protected:
    void initializeGL() override;
    void paintGL() override;

private:
    void release();
    void draw(std::size_t layer);
    void keepBelow();
    bool blends(std::size_t layer) const;

    std::array<Place, layers> places_;
    std::array<QVideoFrame, layers> frames_; ///< kept: a new context gets them again
    std::array<std::unique_ptr<TextureFeed>, layers> feeds_;
    std::unique_ptr<QOpenGLShaderProgram> program_;
    QOpenGLVertexArrayObject corners_state_;
    QOpenGLBuffer corners_{QOpenGLBuffer::VertexBuffer};
    unsigned below_ = 0; ///< a texture: what was drawn before the second picture
    CompareMode mode_ = CompareMode::wipe;
    double share_ = 0;
    QColor surround_;
    std::function<void(QPainter&)> overlay_;
};

} // namespace rushes::ui
