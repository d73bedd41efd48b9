#include "desk/model_adder.h"

#include "base/error.h"
#include "controls/file_dialog.h"
#include "controls/recipe_panel.h"
#include "controls/toast.h"
#include "convert.h"
#include "desk/model_notice.h"
#include "queue/side_panel.h"
#include "session/settings.h"
#include "session/studio_session.h"
#include "stage/stage_panel.h"

#include <algorithm>

#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QDir>
#include <QUrl>

namespace rushes::ui {

ModelAdder::ModelAdder(StudioSession& session, Settings& settings, DeskPanels panels, QObject* parent)
    : QObject(parent), session_(session), settings_(settings), panels_(panels) {
    connect(&session_, &StudioSession::modelsFound, this, &ModelAdder::showModels);
    connect(&session_, &StudioSession::modelAdded, this, &ModelAdder::chooseAdded);
    connect(&session_, &StudioSession::modelRefused, this, &ModelAdder::refuse);
    // Who made a clip knows how it goes: the notice gets out of the way.
    const auto fold = [this] { panels_.notice.fold(session_.shelf().clips() > 0); };
    connect(&session_.shelf(), &ClipShelf::loaded, this, fold);
    connect(&session_.shelf(), &ClipShelf::added, this, fold);
    connect(&panels_.recipe, &RecipePanel::addModelClicked, this, &ModelAdder::ask);
    connect(&panels_.side, &SidePanel::addModelClicked, this, &ModelAdder::ask);
    connect(&panels_.notice, &ModelNotice::addRequested, this, &ModelAdder::ask);
    connect(&panels_.notice, &ModelNotice::pageRequested, this, &ModelAdder::openPage);
    connect(&panels_.notice, &ModelNotice::dismissed, this, [this] {
        panels_.notice.hide();
        settings_.set(Setting::models_known, true);
    });
}

/// In the browser where that is allowed; else its address is at hand.
void ModelAdder::openPage(const QString& repository) {
    const QString address = QStringLiteral("https://huggingface.co/") + repository;
    if (settings_.get(Setting::web_pages).toBool()) {
        QDesktopServices::openUrl(QUrl(address));
        return;
    }
    QApplication::clipboard()->setText(address);
    panels_.toast.say(tr("Address copied: %1. The settings can let Rushes open web pages.").arg(address));
}

void ModelAdder::ask() {
    const auto start = asked_last_.empty() ? toPath(QDir::homePath()) : asked_last_.parent_path();
    askFolder(panels_.stage.window(), tr("Add a model folder"), start, [this](const auto& folder) {
        add(folder);
    });
}

void ModelAdder::add(const std::filesystem::path& folder) {
    asked_last_ = folder;
    panels_.toast.say(tr("Looking into %1").arg(toQString(folder.filename())));
    session_.addModel(folder);
}

void ModelAdder::showModels(const QStringList& problems) {
    const auto& models = session_.models();
    panels_.recipe.setModels(models, session_.grammar());
    panels_.side.setModels(models, problems);
    const bool only_demonstration = std::ranges::all_of(models, &ModelInfo::demonstration);
    if (!only_demonstration) {
        settings_.set(Setting::models_known, true);
    }
    panels_.notice.setVisible(
        only_demonstration && !models.empty() && !settings_.get(Setting::models_known).toBool()
    );
    if (models.empty()) {
        panels_.stage.showError(
            Error(
                ErrorKind::resource,
                "No model is installed.",
                "Add a model's folder in the Hugging Face diffusers layout."
            ),
            {{tr("Add a model folder…"), [this] { ask(); }}}
        );
    }
}

void ModelAdder::chooseAdded(const std::string& id) {
    panels_.stage.dismissError();
    panels_.recipe.chooseModel(id);
    const ModelInfo* model = panels_.recipe.model();
    panels_.toast.say(tr("%1 is added and chosen").arg(toQString(model != nullptr ? model->name : id)));
}

void ModelAdder::refuse(const Error& error) {
    panels_.toast.hide();
    panels_.stage.showError(error, {{tr("Choose another folder…"), [this] { ask(); }}});
}

} // namespace rushes::ui
