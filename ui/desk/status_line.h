// The line at the foot of the window: device, memory, clips, free disk. Its numbers are read off the UI
// thread.
#pragma once

#include <filesystem>
#include <functional>

#include <QStatusBar>
#include <QTimer>

namespace rushes::ui {

class Dot;
class FigureLabel;

class StatusLine : public QStatusBar {
    Q_OBJECT

public:
    using RunOnDisk = std::function<void(std::function<void()>)>;

    StatusLine(std::filesystem::path videos, RunOnDisk run_on_disk, QWidget* parent = nullptr);

    void setDevice(const QString& device, bool ready);
    void setClips(int clips);
    void setFolder(const std::filesystem::path& videos);

signals:
    void diskRead(qlonglong free_bytes); ///< where new clips go, every other second

private:
    void read();
    void showRight();

    std::filesystem::path videos_;
    const RunOnDisk run_on_disk_;
    Dot* dot_;
    FigureLabel* device_;
    FigureLabel* memory_;
    FigureLabel* right_;
    QTimer timer_;
    int clips_ = 0;
    QString free_;
};

} // namespace rushes::ui
