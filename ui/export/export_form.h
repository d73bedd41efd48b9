// The choices of an export: shapes, format, frame rate, quality, name. Says what it leads to; writes nothing.
#pragma once

#include "export/export_job.h"

#include <vector>

#include <QSize>
#include <QWidget>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace rushes::ui {

class ChoiceRow;

class ExportForm : public QWidget {
    Q_OBJECT

public:
    /// `clips`: frames, shapes, recipes; targets and settings are the form's to fill in. One at least.
    ExportForm(std::vector<ExportRequest> clips, std::filesystem::path folder, QWidget* parent = nullptr);

    /// Empty or unknown: the shape that is nearest to the clip's.
    void choosePreset(const QString& id);
    void chooseFormat(int index);
    void chooseFit(int index);
    QString presetId() const;
    int formatIndex() const;
    int fitIndex() const;
    Fit fit() const;
    /// Of the first file.
    QSize shownSize() const;

    /// False, with the focus there, when the file has no name.
    bool checkName();

    /// One for each file: of each clip the chosen shape first.
    std::vector<ExportRequest> requests() const;

signals:
    void changed();

private:
    void makeChoices();
    QWidget* makeRates();
    QWidget* makeShapes();
    QSize targetSize(const ExportRequest& clip) const;
    FrameRate rateOf(const ExportRequest& clip) const;
    ExportRequest requestFor(const ExportRequest& clip, QSize size) const;
    QString nameOf(const ExportRequest& clip) const;
    std::uint64_t bytes() const;
    void showPart();
    QString suffixFor(const ExportRequest& clip, QSize size) const;
    std::vector<QSize> sizesOf(const ExportRequest& clip) const;
    void choiceMade();
    void showChoice();
    void showRates();

    std::vector<ExportRequest> clips_;
    ExportRequest clip_; ///< the first of them
    std::filesystem::path folder_;
    bool whole_clip_ = false; ///< although a part is marked

    QComboBox* preset_;
    QComboBox* format_;
    QLabel* fit_caption_;
    ChoiceRow* fit_;
    ChoiceRow* rate_;
    QCheckBox* blend_;
    std::vector<QCheckBox*> also_; ///< more shapes, by the presets with a size of their own
    ChoiceRow* quality_;
    QCheckBox* recipe_;
    QLineEdit* name_;
    QLabel* suffix_;
    QLabel* folder_label_;
    QPushButton* part_;
    QLabel* facts_;
};

} // namespace rushes::ui
