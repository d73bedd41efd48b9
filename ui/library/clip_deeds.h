// What can be made of finished clips, as the menus of the strip and of the page of all clips offer it.
#pragma once

#include <functional>

class QMenu;

namespace rushes::ui {

enum class ClipDeed { loop_fade, loop_back, join, last_frame };

/// For `clips` chosen ones.
void addDeeds(QMenu& menu, int clips, const std::function<void(ClipDeed)>& run);

} // namespace rushes::ui
