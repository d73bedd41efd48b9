// rushes bench ui --library: the studio with 100,000 clips.
#pragma once

namespace rushes::ui {

/// Opens the studio on 100,000 clips in a folder of its own and prints, as a table or JSON, how soon it
/// answers, what searches take, how its wall of clips scrolls, what a thousand jobs at once take, and nine
/// drafts. The exit code: 1 without an engine or model.
int runLibraryBench(bool json);

} // namespace rushes::ui
