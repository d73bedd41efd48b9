// Every action of the studio with its shortcut, as one table. Menus, the command palette and the list of
// shortcuts are made from it. The keys of the table are the defaults: each can be changed.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include <QAction>
#include <QKeySequence>
#include <QObject>
#include <QStringList>

class QMenuBar;
class QWidget;

namespace rushes::ui {

enum class Command {
    generate,
    generate_next,
    generate_instead,
    try_seeds,
    try_values,
    stop,
    pause_queue,
    yield_device,
    clear_queue,
    open_recipe,
    export_clip,
    show_in_folder,
    open_elsewhere,
    copy_file,
    clips_folder,
    add_model,
    preferences,
    diagnostics,
    diagnostics_whole,
    quit,
    undo,
    redo,
    copy_recipe,
    presets,
    keep_preset,
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
    trim_clip,
    loop_fade,
    loop_back,
    join_clips,
    last_frame,
    steer,
    another_way,
    copy_frame,
    save_frame,
    compare,
    divider_left,
    divider_right,
    compare_next,
    compare_wipe,
    compare_side,
    compare_difference,
    compare_onion,
    stage_alone,
    zoom_in,
    zoom_out,
    zoom_fit,
    guides,
    search_clips,
    all_clips,
    rename_clip,
    dark,
    light,
    follow_system,
    high_contrast,
    arrange,
    reset_layout,
    open_models_folder,
    serve,
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

    static MenuId menuOf(const QAction& action);

    /// An action's words without the mark of its menu key.
    static QString words(const QAction& action);

    /// The first shortcut as people read it: "Ctrl+↵"; empty: none.
    QString keysText(Command command) const;

    /// Another shortcut (empty: none). Whoever had it loses it.
    void setKey(QAction& action, const QKeySequence& key);
    /// Who has a shortcut; null: nobody.
    QAction* owner(const QKeySequence& key) const;
    /// The shortcuts of the table again.
    void resetKeys(QAction& action);
    void resetAllKeys();
    bool changed(const QAction& action) const;

    /// The shortcuts that differ from the table, "export-clip=Ctrl+E": what is remembered between starts.
    QStringList changedKeys() const;
    /// Lines that make no sense are left out.
    void restoreKeys(const QStringList& lines);

signals:
    void keysChanged();

private:
    void assign(QAction& action, const QList<QKeySequence>& keys);

    std::map<Command, QAction*> actions_; ///< owned by the window
    std::vector<QAction*> order_;
};

} // namespace rushes::ui
