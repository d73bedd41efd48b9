// A picture from a camera.
#pragma once

#include <QDialog>
#include <QImage>

class QCamera;
class QComboBox;
class QLabel;
class QMediaCaptureSession;
class QPushButton;
class QVideoSink;

namespace rushes::ui {

class CameraDialog : public QDialog {
    Q_OBJECT

public:
    explicit CameraDialog(QWidget* parent = nullptr);

    /// What was on the screen when the button was pressed.
    const QImage& picture() const { return picture_; }

    /// Whether this machine has a camera at all.
    static bool thereIsOne();

    /// A frame arrived (for tests too).
    void showFrame(const QImage& frame);

private:
    void start(int index);

    QComboBox* cameras_;
    QLabel* view_;
    QPushButton* take_;
    QMediaCaptureSession* session_;
    QVideoSink* sink_;
    QCamera* camera_ = nullptr;
    QImage latest_;
    QImage picture_;
};

} // namespace rushes::ui
