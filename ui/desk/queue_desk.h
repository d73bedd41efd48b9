// The queue and the button that fills it: what a press leads to now, a waiting clip that is edited, and undo
// for what was moved or taken out.
#pragma once

#include "desk/desk_panels.h"
#include "generation/recipe.h"

#include <optional>

#include <QObject>
#include <QString>

namespace rushes::ui {

class StudioSession;
class UndoList;

class QueueDesk : public QObject {
    Q_OBJECT

public:
    QueueDesk(StudioSession& session, DeskPanels panels, UndoList& undo, QObject* parent = nullptr);

    /// A clip was added to a queue that stands still.
    void sayPaused();
    void showState();

    /// The panel shows the settings of a clip that waits; Generate keeps what is changed there.
    void beginEdit(const QString& id);

    bool editing() const { return edited_.has_value(); }

    /// True: they are kept in the queue, and the panel has its own settings again. Throws Error.
    bool keepEdit();
    void cancelEdit();

signals:
    /// Shown in the panel as one undo step.
    void recipeWanted(const rushes::Recipe& recipe, const QString& done);

private:
    void connectQueue();
    void endEdit(const QString& done);
    /// A clip that cannot be written whole is worth less than one that waits.
    void mindDisk(qlonglong free);

    struct Edited {
        QString id;
        Recipe before; ///< the panel's own settings
    };

    std::optional<Edited> edited_;
    bool disk_told_ = false;
    StudioSession& session_;
    DeskPanels panels_;
    UndoList& undo_;
};

} // namespace rushes::ui
