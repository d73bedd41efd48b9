// The right panel: queue with the phases of this run, inspector of the chosen clip, list of models.
#pragma once

#include "generation/engine.h"
#include "library/clip_library.h"
#include "models/model_info.h"

#include <chrono>
#include <optional>

#include <QWidget>

class QLabel;
class QPushButton;
class QTabWidget;
class QVBoxLayout;

namespace rushes::ui {

class FactsView;
class FigureLabel;
class QueueModel;
class QueueView;

class SidePanel : public QWidget {
    Q_OBJECT

public:
    explicit SidePanel(QueueModel& queue, QWidget* parent = nullptr);

    void beginRun();
    void showProgress(const Progress& progress);
    void showReport(const RunReport& report, double encoding_seconds, int underruns);
    void inspect(const ClipRecord& record);
    void setModels(const std::vector<ModelInfo>& models, const QStringList& problems);

    FactsView& runFacts() { return *run_facts_; }

    void setPaused(bool paused);
    /// Of the clip that is inspected, read somewhere else.
    void setFileSize(std::uint64_t bytes);

signals:
    void pauseChanged(bool paused);
    void pauseNowRequested();
    void retryRequested(const QString& id);
    void duplicateRequested(const QString& id);
    void editRequested(const QString& id);
    void reordered(const QString& id, int from, int to);
    void addModelClicked();
    void copied(const QString& what);

private:
    QWidget* makeQueue();
    QWidget* makeInspector();
    void showLive();
    void showTab();

    QueueModel& queue_;
    QTabWidget* tabs_;
    QPushButton* pause_;
    FigureLabel* total_; ///< of the queue
    FactsView* run_facts_;
    FactsView* run_details_; ///< folded at first
    QLabel* prompt_;
    FactsView* clip_facts_;
    QPushButton* copy_;
    QVBoxLayout* models_ = nullptr;
    std::string recipe_json_;

    /// Times of the running clip, measured as its progress is seen; the report replaces them.
    struct Live {
        std::chrono::steady_clock::time_point start;
        std::chrono::steady_clock::time_point phase_start;
        std::optional<Phase> phase;
        double loading = 0;
        double text = 0;
        double first_frame = -1;
        Progress last;
    };

    std::optional<Live> live_;
};

} // namespace rushes::ui
