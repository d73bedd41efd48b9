// Models that come while the studio runs: asks for a folder, has the session look into it, chooses the model
// when it is one and says why when it is none. Shows the quiet line of the first start.
#pragma once

#include "desk/desk_panels.h"

#include <filesystem>

#include <QObject>

namespace rushes {
class Error;
} // namespace rushes

namespace rushes::ui {

class Settings;
class StudioSession;

class ModelAdder : public QObject {
    Q_OBJECT

public:
    ModelAdder(StudioSession& session, Settings& settings, DeskPanels panels, QObject* parent = nullptr);

    void ask();
    void add(const std::filesystem::path& folder);

private:
    void openPage(const QString& repository);
    void showModels(const QStringList& problems);
    void chooseAdded(const std::string& id);
    void refuse(const Error& error);

    StudioSession& session_;
    Settings& settings_;
    DeskPanels panels_;
    std::filesystem::path asked_last_; ///< where the dialog opens
};

} // namespace rushes::ui
