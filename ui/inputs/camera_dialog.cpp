#include "inputs/camera_dialog.h"

#include "controls/basic.h"

#include <QCamera>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QLabel>
#include <QMediaCaptureSession>
#include <QMediaDevices>
#include <QPushButton>
#include <QVBoxLayout>
#include <QVideoFrame>
#include <QVideoSink>

namespace rushes::ui {

namespace {

constexpr QSize view_size(480, 360);

} // namespace

CameraDialog::CameraDialog(QWidget* parent)
    : QDialog(parent),
      cameras_(new QComboBox),
      view_(new QLabel(tr("Waiting for the camera…"))),
      session_(new QMediaCaptureSession(this)),
      sink_(new QVideoSink(this)) {
    setWindowTitle(tr("Camera"));
    setObjectName(QStringLiteral("camera-dialog"));
    auto* column = new QVBoxLayout(this);
    setNames(cameras_, QStringLiteral("cameras"), tr("Camera"));
    setNames(view_, QStringLiteral("camera-view"), tr("What the camera sees"));
    view_->setMinimumSize(view_size);
    view_->setAlignment(Qt::AlignCenter);
    column->addWidget(cameras_);
    column->addWidget(view_, 1);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    take_ = buttons->addButton(tr("Take"), QDialogButtonBox::AcceptRole);
    setNames(take_, QStringLiteral("camera-take"), tr("Take"));
    take_->setEnabled(false);
    take_->setDefault(true);
    QPushButton* const cancel = buttons->button(QDialogButtonBox::Cancel);
    setNames(cancel, QStringLiteral("camera-cancel"), tr("Cancel"));
    cancel->setAutoDefault(false); // Enter takes the picture, or nothing while there is none
    column->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(buttons, &QDialogButtonBox::accepted, this, [this] {
        picture_ = latest_;
        accept();
    });
    session_->setVideoSink(sink_);
    connect(sink_, &QVideoSink::videoFrameChanged, this, [this](const QVideoFrame& frame) {
        showFrame(frame.toImage());
    });
    for (const QCameraDevice& device : QMediaDevices::videoInputs()) {
        cameras_->addItem(device.description());
    }
    cameras_->setVisible(cameras_->count() > 1);
    connect(cameras_, &QComboBox::currentIndexChanged, this, &CameraDialog::start);
    start(0);
}

bool CameraDialog::thereIsOne() {
    return !QMediaDevices::videoInputs().isEmpty();
}

void CameraDialog::start(int index) {
    const QList<QCameraDevice> devices = QMediaDevices::videoInputs();
    if (index < 0 || index >= devices.size()) {
        view_->setText(tr("No camera was found."));
        return;
    }
    delete camera_;
    camera_ = new QCamera(devices[index], this);
    connect(camera_, &QCamera::errorOccurred, this, [this](QCamera::Error /*error*/, const QString& text) {
        view_->setText(tr("The camera does not work: %1").arg(text));
    });
    session_->setCamera(camera_);
    camera_->start();
}

void CameraDialog::showFrame(const QImage& frame) {
    if (frame.isNull()) {
        return;
    }
    latest_ = frame;
    if (!take_->isEnabled()) {
        take_->setEnabled(true);
        take_->setFocus();
    }
    view_->setPixmap(
        QPixmap::fromImage(frame.scaled(view_->size(), Qt::KeepAspectRatio, Qt::SmoothTransformation))
    );
}

} // namespace rushes::ui
