// The clip's time: what exists, what is still to come, block boundaries, marks and the playhead. Drag to
// scrub: sliderPressed() and sliderReleased() tell when the playhead is held.
#pragma once

#include <optional>

#include <QAbstractSlider>

namespace rushes::ui {

class TimeLine : public QAbstractSlider {
    Q_OBJECT

public:
    struct Marks {
        int frames = 0;  ///< of the whole clip
        int finals = 0;  ///< decoded
        int covered = 0; ///< seen as a draft or preview
        int blocks = 0;  ///< ticks at equal parts; below 2: none
        std::optional<int> in;
        std::optional<int> out;
        bool operator==(const Marks&) const = default;
    };

    explicit TimeLine(QWidget* parent = nullptr);

    void setMarks(const Marks& marks);

    const Marks& marks() const { return marks_; }

    void setPosition(int frame);

    int position() const { return value(); }

    QSize sizeHint() const override;

signals:
    void scrubbed(int frame);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;

private:
    double xOf(double frame) const;
    void scrubTo(double x);

    Marks marks_;
    int wheel_ = 0; ///< turned so far, less than a notch
};

/// How moments of a clip are written: "0:02.8", "34" (its frame, from 1), "00:00:02:09" (as editors count).
enum class TimeUnit { seconds, frames, timecode };

/// "frames", "timecode"; else seconds.
TimeUnit timeUnitOf(const QString& name);

QString timeCode(std::int64_t frame, double frames_per_second, TimeUnit unit = TimeUnit::seconds);

} // namespace rushes::ui
