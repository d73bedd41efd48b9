// What a room (the window, a page, a dialog) says to screen readers, and where Tab goes in it.
#pragma once

#include <QStringList>

class QWidget;

namespace rushes::testing {

/// Whatever can be pressed, moved, typed into or stepped through has a name for screen readers and one for
/// tests.
void expectNames(const QWidget& root);

/// Goes through an active window by Tab, from where the focus is until it comes back or for `most` presses:
/// the names of the stops. Each of them must be seen to have the focus.
QStringList tabThrough(QWidget& room, int most = 40);

} // namespace rushes::testing
