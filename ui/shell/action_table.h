// The table of actions: which menu, which words, which keys.
#pragma once

#include "shell/actions.h"

#include <span>

namespace rushes::ui {

struct ActionRow {
    Command command;
    MenuId menu;
    const char* name; ///< objectName
    const char* text; ///< for translation in "Actions"
    const char* keys; ///< several, separated by blanks
    bool line_before = false;
    bool letters = false; ///< a plain key: not while typing
};

std::span<const ActionRow> actionTable();

/// "&Edit"
QString menuTitle(MenuId menu);

} // namespace rushes::ui
