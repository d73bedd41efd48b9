// Exports a clip or several, in one shape or several, with a live picture of the result.
#pragma once

#include "export/export_form.h"

#include <vector>

#include <QDialog>

class QLabel;
class QProgressBar;
class QPushButton;

namespace rushes::ui {

class ExportPreview;

class ExportDialog : public QDialog {
    Q_OBJECT

public:
    ExportDialog(std::vector<ExportRequest> clips, std::filesystem::path folder, QWidget* parent = nullptr);

    void setPicture(const QImage& picture);

    ExportForm& form() { return *form_; }

    ExportJob& job() { return job_; }

    /// Esc and the window's close button end a running export first, and say so.
    void reject() override;

signals:
    void exported(const QString& file);

private:
    QWidget* makeBottom();
    void connectJob();
    void showChoice();
    void begin();
    void startNext();
    void showRunning(bool running);
    void showResult(const ExportResult& result);

    QStringList results_;
    std::vector<ExportRequest> waiting_; ///< of several shapes, the next one first
    std::size_t files_ = 1;              ///< of this export
    ExportJob job_;

    ExportForm* form_;
    QLabel* message_;
    QProgressBar* progress_;
    QPushButton* show_in_folder_;
    QPushButton* close_;
    QPushButton* start_;
    ExportPreview* preview_;
};

} // namespace rushes::ui
