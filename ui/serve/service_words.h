// What the service tells, in words for people.
#pragma once

#include "metrics/alerts.h"
#include "serve/server.h"

#include <vector>

#include <QString>

namespace rushes::ui {

/// "6 clips wait, more than 5."
QString alertWords(const Alert& alert);

/// "Firefox on this machine, watches 1 clip"; a line for each.
QString connectedWords(const std::vector<serve::Connected>& connected);

/// How a browser's name for itself ends up on a page of people: "Firefox"; empty: none known.
QString browserName(const QString& user_agent);

} // namespace rushes::ui
