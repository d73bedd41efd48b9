#include "shell/actions.h"

#include "controls/basic.h"

#include <algorithm>
#include <iterator>

#include <QCoreApplication>
#include <QMenuBar>

namespace rushes::ui {

namespace {

struct Row {
    Command command;
    MenuId menu;
    const char* name; ///< objectName
    const char* text;
    const char* keys; ///< several, separated by blanks
    bool line_before = false;
    bool letters = false; ///< a plain key: not while typing
};

constexpr Row table[] = {
    {Command::open_recipe,
     MenuId::file,
     "open-recipe",
     QT_TRANSLATE_NOOP("Actions", "Open clip or recipe…"),
     "Ctrl+O"},
    {Command::export_clip, MenuId::file, "export-clip", QT_TRANSLATE_NOOP("Actions", "Export…"), "Ctrl+E"},
    {Command::show_in_folder,
     MenuId::file,
     "show-in-folder",
     QT_TRANSLATE_NOOP("Actions", "Show clip in folder"),
     "Ctrl+Shift+R"},
    {Command::open_elsewhere,
     MenuId::file,
     "open-elsewhere",
     QT_TRANSLATE_NOOP("Actions", "Open the clip with another program"),
     ""},
    {Command::copy_file,
     MenuId::file,
     "copy-file",
     QT_TRANSLATE_NOOP("Actions", "Copy the clip's file"),
     "Ctrl+Alt+C"},
    {Command::clips_folder,
     MenuId::file,
     "clips-folder",
     QT_TRANSLATE_NOOP("Actions", "Folder for new clips…"),
     ""},
    {Command::add_model,
     MenuId::file,
     "add-model",
     QT_TRANSLATE_NOOP("Actions", "Add a model folder…"),
     "",
     true},
    {Command::open_models_folder,
     MenuId::file,
     "models-folder",
     QT_TRANSLATE_NOOP("Actions", "Open models folder"),
     ""},
    {Command::quit, MenuId::file, "quit", QT_TRANSLATE_NOOP("Actions", "Quit"), "Ctrl+Q", true},

    {Command::undo, MenuId::edit, "undo", QT_TRANSLATE_NOOP("Actions", "Undo"), "Ctrl+Z"},
    {Command::redo, MenuId::edit, "redo", QT_TRANSLATE_NOOP("Actions", "Redo"), "Ctrl+Shift+Z Ctrl+Y"},
    {Command::focus_prompt,
     MenuId::edit,
     "focus-prompt",
     QT_TRANSLATE_NOOP("Actions", "Write the prompt"),
     "Ctrl+L",
     true},
    {Command::random_seed,
     MenuId::edit,
     "random-seed",
     QT_TRANSLATE_NOOP("Actions", "Another random seed"),
     "Ctrl+R"},
    {Command::preferences,
     MenuId::edit,
     "preferences",
     QT_TRANSLATE_NOOP("Actions", "Settings…"),
     "Ctrl+,",
     true},
    {Command::copy_recipe,
     MenuId::edit,
     "copy-settings",
     QT_TRANSLATE_NOOP("Actions", "Copy these settings as a recipe"),
     "Ctrl+Shift+C"},

    {Command::play,
     MenuId::clip,
     "play-pause",
     QT_TRANSLATE_NOOP("Actions", "Play or pause"),
     "Space",
     false,
     true},
    {Command::step_back,
     MenuId::clip,
     "step-back",
     QT_TRANSLATE_NOOP("Actions", "One frame back"),
     "Left",
     false,
     true},
    {Command::step_forward,
     MenuId::clip,
     "step-forward",
     QT_TRANSLATE_NOOP("Actions", "One frame forward"),
     "Right",
     false,
     true},
    {Command::jump_back,
     MenuId::clip,
     "jump-back",
     QT_TRANSLATE_NOOP("Actions", "Ten frames back"),
     "Shift+Left",
     false,
     true},
    {Command::jump_forward,
     MenuId::clip,
     "jump-forward",
     QT_TRANSLATE_NOOP("Actions", "Ten frames forward"),
     "Shift+Right",
     false,
     true},
    {Command::start,
     MenuId::clip,
     "to-start",
     QT_TRANSLATE_NOOP("Actions", "To the start"),
     "Home",
     false,
     true},
    {Command::end, MenuId::clip, "to-end", QT_TRANSLATE_NOOP("Actions", "To the end"), "End", false, true},
    {Command::shuttle_back,
     MenuId::clip,
     "shuttle-back",
     QT_TRANSLATE_NOOP("Actions", "Play backwards, again faster"),
     "J",
     true,
     true},
    {Command::shuttle_stop,
     MenuId::clip,
     "shuttle-stop",
     QT_TRANSLATE_NOOP("Actions", "Pause"),
     "K",
     false,
     true},
    {Command::shuttle_forward,
     MenuId::clip,
     "shuttle-forward",
     QT_TRANSLATE_NOOP("Actions", "Play forwards, again faster"),
     "L",
     false,
     true},
    {Command::loop, MenuId::clip, "toggle-loop", QT_TRANSLATE_NOOP("Actions", "Loop"), "Ctrl+Shift+L"},
    {Command::mark_in, MenuId::clip, "mark-in", QT_TRANSLATE_NOOP("Actions", "Mark in"), "I", true, true},
    {Command::mark_out, MenuId::clip, "mark-out", QT_TRANSLATE_NOOP("Actions", "Mark out"), "O", false, true},
    {Command::clear_marks,
     MenuId::clip,
     "clear-marks",
     QT_TRANSLATE_NOOP("Actions", "Clear the marks"),
     "X",
     false,
     true},
    {Command::copy_frame,
     MenuId::clip,
     "copy-frame",
     QT_TRANSLATE_NOOP("Actions", "Copy this frame"),
     "Ctrl+Shift+F",
     true},
    {Command::save_frame,
     MenuId::clip,
     "save-frame",
     QT_TRANSLATE_NOOP("Actions", "Save this frame as PNG"),
     "Ctrl+Shift+S"},
    {Command::compare,
     MenuId::clip,
     "compare-clips",
     QT_TRANSLATE_NOOP("Actions", "Compare two clips"),
     "C",
     true,
     true},
    {Command::divider_left,
     MenuId::clip,
     "divider-left",
     QT_TRANSLATE_NOOP("Actions", "Divider to the left"),
     "[",
     false,
     true},
    {Command::divider_right,
     MenuId::clip,
     "divider-right",
     QT_TRANSLATE_NOOP("Actions", "Divider to the right"),
     "]",
     false,
     true},

    {Command::generate,
     MenuId::queue,
     "run-generate",
     QT_TRANSLATE_NOOP("Actions", "Generate"),
     "Ctrl+Return Ctrl+Enter"},
    {Command::stop,
     MenuId::queue,
     "run-stop",
     QT_TRANSLATE_NOOP("Actions", "Stop and keep what exists"),
     "Esc"},
    {Command::pause_queue,
     MenuId::queue,
     "pause-queue",
     QT_TRANSLATE_NOOP("Actions", "Pause after this clip"),
     "",
     true},
    {Command::clear_queue,
     MenuId::queue,
     "clear-queue",
     QT_TRANSLATE_NOOP("Actions", "Clear what waits"),
     "Ctrl+Shift+X"},

    {Command::stage_alone, MenuId::view, "stage-alone", QT_TRANSLATE_NOOP("Actions", "Stage alone"), "F11"},
    {Command::zoom_in, MenuId::view, "zoom-in", QT_TRANSLATE_NOOP("Actions", "Zoom in"), "Ctrl++ Ctrl+=", true
    },
    {Command::zoom_out, MenuId::view, "zoom-out", QT_TRANSLATE_NOOP("Actions", "Zoom out"), "Ctrl+-"},
    {Command::zoom_fit, MenuId::view, "zoom-fit", QT_TRANSLATE_NOOP("Actions", "Fit the picture"), "Ctrl+0"},
    {Command::guides, MenuId::view, "guides", QT_TRANSLATE_NOOP("Actions", "Safe areas"), "Ctrl+Shift+G"},
    {Command::search_clips,
     MenuId::view,
     "search-clips",
     QT_TRANSLATE_NOOP("Actions", "Search the clips"),
     "Ctrl+F"},
    {Command::arrange, MenuId::view, "arrange", QT_TRANSLATE_NOOP("Actions", "Arrange panels"), "", true},
    {Command::reset_layout, MenuId::view, "reset-layout", QT_TRANSLATE_NOOP("Actions", "Reset layout"), ""},
    {Command::follow_system,
     MenuId::view,
     "scheme-system",
     QT_TRANSLATE_NOOP("Actions", "Follow the system"),
     "",
     true},
    {Command::dark, MenuId::view, "scheme-dark", QT_TRANSLATE_NOOP("Actions", "Dark"), ""},
    {Command::light, MenuId::view, "scheme-light", QT_TRANSLATE_NOOP("Actions", "Light"), ""},

    {Command::command_palette,
     MenuId::help,
     "command-palette",
     QT_TRANSLATE_NOOP("Actions", "Search or run a command"),
     "Ctrl+K"},
    {Command::shortcuts, MenuId::help, "shortcuts", QT_TRANSLATE_NOOP("Actions", "Keyboard shortcuts"), "F1"},
    {Command::diagnostics,
     MenuId::help,
     "diagnostics",
     QT_TRANSLATE_NOOP("Actions", "Save diagnostics for a report"),
     "",
     true},
    {Command::about, MenuId::help, "about", QT_TRANSLATE_NOOP("Actions", "About Rushes"), ""},
};

QString menuTitle(MenuId menu) {
    switch (menu) {
    case MenuId::file:
        return QCoreApplication::translate("Actions", "&File");
    case MenuId::edit:
        return QCoreApplication::translate("Actions", "&Edit");
    case MenuId::clip:
        return QCoreApplication::translate("Actions", "&Clip");
    case MenuId::queue:
        return QCoreApplication::translate("Actions", "&Queue");
    case MenuId::view:
        return QCoreApplication::translate("Actions", "&View");
    case MenuId::help:
        return QCoreApplication::translate("Actions", "&Help");
    }
    return {};
}

QList<QKeySequence> keysIn(const QString& text) {
    QList<QKeySequence> keys;
    for (const QString& key : text.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        keys << QKeySequence(key);
    }
    return keys;
}

QString textOf(const QList<QKeySequence>& keys) {
    QStringList texts;
    for (const QKeySequence& key : keys) {
        texts << key.toString();
    }
    return texts.join(QLatin1Char(' '));
}

QList<QKeySequence> keysOfTable(const QAction& action) {
    const auto* row = std::ranges::find_if(table, [&](const Row& r) {
        return action.objectName() == QLatin1String(r.name);
    });
    return row == std::end(table) ? QList<QKeySequence>() : keysIn(QLatin1String(row->keys));
}

} // namespace

Actions::Actions(QWidget& window) : QObject(&window) {
    for (const Row& row : table) {
        auto* action = new QAction(QCoreApplication::translate("Actions", row.text), &window);
        action->setObjectName(QLatin1String(row.name));
        action->setShortcuts(keysIn(QLatin1String(row.keys)));
        action->setShortcutContext(Qt::WindowShortcut);
        action->setAutoRepeat(row.letters);
        window.addAction(action);
        actions_[row.command] = action;
        order_.push_back(action);
    }
}

void Actions::on(Command command, std::function<void()> run) {
    connect(actions_.at(command), &QAction::triggered, this, [run = std::move(run)] { run(); });
}

QString Actions::words(const QAction& action) {
    QString text = action.text();
    return text.remove(QLatin1Char('&'));
}

QString Actions::keysText(Command command) const {
    QString text = actions_.at(command)->shortcut().toString(QKeySequence::NativeText);
    return text.replace(QLatin1String("Return"), QStringLiteral("↵"));
}

QAction* Actions::owner(const QKeySequence& key) const {
    const auto found =
        std::ranges::find_if(order_, [&](const QAction* a) { return a->shortcuts().contains(key); });
    return key.isEmpty() || found == order_.end() ? nullptr : *found;
}

void Actions::assign(QAction& action, const QList<QKeySequence>& keys) {
    for (const QKeySequence& key : keys) {
        QAction* other = owner(key);
        if (other != nullptr && other != &action) {
            QList<QKeySequence> rest = other->shortcuts();
            rest.removeAll(key);
            other->setShortcuts(rest);
        }
    }
    action.setShortcuts(keys);
}

void Actions::setKey(QAction& action, const QKeySequence& key) {
    assign(action, key.isEmpty() ? QList<QKeySequence>() : QList<QKeySequence>{key});
    emit keysChanged();
}

void Actions::resetKeys(QAction& action) {
    assign(action, keysOfTable(action));
    emit keysChanged();
}

void Actions::resetAllKeys() {
    for (QAction* action : order_) {
        action->setShortcuts(keysOfTable(*action));
    }
    emit keysChanged();
}

bool Actions::changed(const QAction& action) const {
    return action.shortcuts() != keysOfTable(action);
}

QStringList Actions::changedKeys() const {
    QStringList lines;
    for (const QAction* action : order_) {
        if (changed(*action)) {
            lines << action->objectName() + QLatin1Char('=') + textOf(action->shortcuts());
        }
    }
    return lines;
}

void Actions::restoreKeys(const QStringList& lines) {
    for (const QString& line : lines) {
        const QString name = line.section(QLatin1Char('='), 0, 0);
        const auto found =
            std::ranges::find_if(order_, [&](const QAction* a) { return a->objectName() == name; });
        const QList<QKeySequence> keys = keysIn(line.section(QLatin1Char('='), 1));
        if (found != order_.end() && line.contains(QLatin1Char('=')) && !keys.contains(QKeySequence())) {
            assign(**found, keys); // one key, one action, also when a newer table gave the key away
        }
    }
    emit keysChanged();
}

std::map<MenuId, QMenu*> Actions::fill(QMenuBar& bar) {
    std::map<MenuId, QMenu*> menus;
    for (const MenuId id :
         {MenuId::file, MenuId::edit, MenuId::clip, MenuId::queue, MenuId::view, MenuId::help}) {
        menus[id] = bar.addMenu(menuTitle(id));
    }
    for (const Row& row : table) {
        QMenu* menu = menus.at(row.menu);
        if (row.line_before) {
            menu->addSeparator();
        }
        menu->addAction(actions_.at(row.command));
    }
    return menus;
}

} // namespace rushes::ui
