// Every action of the studio with its shortcut, as one table. Menus, the command palette and the list of
// shortcuts are made from it.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include <QAction>
#include <QObject>

class QMenuBar;
class QWidget;

namespace rushes::ui {

enum class Command {
    generate,
    stop,
    pause_queue,
    clear_queue,
    open_recipe,
    export_clip,
    show_in_folder,
    quit,
    undo,
    redo,
    copy_recipe,
    random_seed,
    focus_prompt,
    play,
    step_back,
    step_forward,
    jump_back,
    jump_forward,
    start,
    end,
    shuttle_back,
    shuttle_stop,
    shuttle_forward,
    loop,
    mark_in,
    mark_out,
    clear_marks,
    stage_alone,
    dark,
    light,
    follow_system,
    arrange,
    reset_layout,
    open_models_folder,
    command_palette,
    shortcuts,
    about,
};

enum class MenuId { file, edit, clip, queue, view, help };

class Actions : public QObject {
    Q_OBJECT

public:
    /// Adds every action to `window`, so that shortcuts work everywhere in it.
    explicit Actions(QWidget& window);

    QAction& operator[](Command command) { return *actions_.at(command); }

    void on(Command command, std::function<void()> run);

    /// One menu for each MenuId, in the order of the table.
    std::map<MenuId, class QMenu*> fill(QMenuBar& bar);

    /// All that can be run now, in the order of the table.
    std::vector<QAction*> all() const { return order_; }

private:
    std::map<Command, QAction*> actions_; ///< owned by the window
    std::vector<QAction*> order_;
};

} // namespace rushes::ui
