// Writes down what the session does: what a person who hunts a fault on another machine needs to know.
#pragma once

namespace rushes::ui {

class StudioSession;

/// As long as the session lives. Prompts are lines of their own, which writeDiagnostics() leaves out.
void logSession(StudioSession& session);

} // namespace rushes::ui
