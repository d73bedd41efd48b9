// Shape, format, quality and name of an exported clip, with a live picture of the result.
#pragma once

#include "export/export_job.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;

namespace rushes::ui {

class ChoiceRow;
class ExportPreview;

class ExportDialog : public QDialog {
    Q_OBJECT

public:
    /// `clip`: frames, shape, recipe; target and settings are the dialog's to fill in.
    ExportDialog(ExportRequest clip, std::filesystem::path folder, QWidget* parent = nullptr);

    void setPicture(const QImage& picture);
    void choosePreset(const QString& id);
    void chooseFormat(int index);
    QString presetId() const;
    int formatIndex() const;

    ExportJob& job() { return job_; }

signals:
    void exported(const QString& file);

private:
    QWidget* makeChoices();
    QWidget* makeBottom();
    QSize targetSize() const;
    ExportSettings settings() const;
    void showChoice();
    void begin();
    void showRunning(bool running);
    void showResult(const ExportResult& result);

    ExportRequest clip_;
    std::filesystem::path folder_;
    QString result_file_;
    ExportJob job_;

    QComboBox* preset_;
    QComboBox* format_;
    QLabel* fit_caption_;
    ChoiceRow* fit_;
    ChoiceRow* quality_;
    QCheckBox* recipe_;
    QLineEdit* name_;
    QLabel* folder_label_;
    QLabel* facts_;
    QLabel* message_;
    QProgressBar* progress_;
    QPushButton* show_in_folder_;
    QPushButton* close_;
    QPushButton* start_;
    ExportPreview* preview_;
};

/// Opens the file manager at the file.
void showInFolder(const QString& file);

} // namespace rushes::ui
