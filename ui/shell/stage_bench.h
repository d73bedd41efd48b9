// rushes bench ui: what a frame costs the window's thread and how long it takes to the screen.
#pragma once

namespace rushes::ui {

/// Plays clips of 1080p and 4K in a full-screen stage and prints a table, or JSON. The exit code.
int runStageBench(bool json);

} // namespace rushes::ui
