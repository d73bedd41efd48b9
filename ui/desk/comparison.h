// Two clips at the same moment: what C, the Compare button and a double click in the strip lead to. The clip
// on the stage stays the one that plays; the other one goes along, left of the divider.
#pragma once

#include "desk/likeness.h"
#include "library/clip_library.h"

#include <optional>

#include <QObject>

namespace rushes::ui {

class StagePanel;
class StudioSession;

/// What differs between two recipes, as "seed 1 | 2  ·  steps 4 | 8"; says so when nothing does.
QString differenceWords(const Recipe& left, const Recipe& right);

class Comparison : public QObject {
    Q_OBJECT

public:
    Comparison(StudioSession& session, StagePanel& stage, QObject* parent = nullptr);

    bool on() const { return left_.has_value(); }

    /// The clip left of the divider.
    const std::optional<ClipRecord>& left() const { return left_; }

    /// What differs between the two, and once both are finished how alike they look; empty while nothing is
    /// compared.
    QString words();

    /// What the stage shows now; empty: the clip that is being made.
    void stageShows(const std::optional<ClipRecord>& record);

    /// With the clip that was on the stage before, else the newest other one; false: there is no other clip.
    bool begin();
    void end();

signals:
    void changed();      ///< which clips are compared
    void wordsChanged(); ///< what is known of them

private:
    std::optional<ClipRecord> partner() const;
    void showCurve();

    StudioSession& session_;
    StagePanel& stage_;
    std::optional<ClipRecord> shown_;
    std::optional<ClipRecord> before_;
    std::optional<ClipRecord> left_;
    Likeness likeness_;
};

} // namespace rushes::ui
