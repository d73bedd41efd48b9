#include "shell/main_window.h"

#include "base/memory.h"
#include "base/paths.h"
#include "controls/basic.h"
#include "controls/file_dialog.h"
#include "controls/generate_button.h"
#include "controls/prompt_edit.h"
#include "controls/recipe_panel.h"
#include "controls/tab_order.h"
#include "controls/toast.h"
#include "convert.h"
#include "desk/desk.h"
#include "desk/done_signals.h"
#include "desk/idle_look.h"
#include "desk/library_desk.h"
#include "desk/model_notice.h"
#include "desk/preset_desk.h"
#include "desk/queue_end.h"
#include "desk/seed_desk.h"
#include "desk/status_line.h"
#include "library/film_strip.h"
#include "library/strip_panel.h"
#include "models/registry.h"
#include "queue/side_panel.h"
#include "serve/browser_service.h"
#include "serve/service_notice.h"
#include "shell/dialogs.h"
#include "shell/key_guard.h"
#include "shell/stage_commands.h"
#include "stage/progress_line.h"
#include "stage/stage_panel.h"
#include "stage/stage_view.h"
#include "stage/transport_bar.h"
#include "theme/icons.h"
#include "theme/theme.h"

#include <algorithm>

#include <QActionGroup>
#include <QApplication>
#include <QCloseEvent>
#include <QDesktopServices>
#include <QDir>
#include <QDockWidget>
#include <QMenuBar>
#include <QMessageBox>
#include <QMimeData>
#include <QTimer>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>

namespace rushes::ui {

namespace {

constexpr int layout_version = 1;

QString schemeName(Scheme scheme) {
    return scheme == Scheme::dark    ? QStringLiteral("dark")
           : scheme == Scheme::light ? QStringLiteral("light")
                                     : QStringLiteral("system");
}

} // namespace

MainWindow::MainWindow(StudioParts parts, Player::Now now)
    : session_(std::move(parts)),
      settings_(
          session_.parts().settings,
          [this](std::function<void()> work) { session_.shelf().runOnDisk(std::move(work)); }
      ),
      actions_(*this),
      recipe_(new RecipePanel),
      stage_(new StagePanel(std::move(now))),
      notice_(new ModelNotice(published_models(), machine_memory().main)),
      strip_(new FilmStrip(session_.shelf().model())),
      side_(new SidePanel(session_.queue())),
      status_(new StatusLine(session_.parts().videos, [this](std::function<void()> work) {
          session_.shelf().runOnDisk(std::move(work));
      })) {
    setObjectName(QStringLiteral("studio"));
    setWindowTitle(tr("Rushes"));
    setWindowIcon(QIcon(QStringLiteral(":/rushes/icons/rushes.svg")));
    setAcceptDrops(true);
    assemble();
    makeMenus();
    desk_ = new Desk(
        session_, settings_, {*recipe_, *stage_, *strip_, *side_, *status_, *toast_, *notice_}, this
    );
    connectCommands();
    new StageCommands(actions_, *stage_, *desk_, settings_, this);
    auto* service = new BrowserService(session_, this);
    auto* dialogs = new Dialogs(*this, actions_, settings_, *desk_, *toast_, *service);
    new ServiceNotice(*service, session_, settings_, *status_, *toast_, [dialogs] {
        dialogs->showService();
    });
    connect(dialogs, &Dialogs::schemeChosen, this, &MainWindow::chooseScheme);
    connect(dialogs, &Dialogs::settingsChanged, this, &MainWindow::applySettings);
    new DoneSignals(session_, settings_, *this, this);
    new QueueEnd(session_, settings_, *toast_, this);
    applySettings();
    connect(&actions_, &Actions::keysChanged, this, [this] {
        showKeys();
        settings_.set(Setting::shortcuts, actions_.changedKeys());
    });
    actions_.restoreKeys(settings_.get(Setting::shortcuts).toStringList());
    connect(desk_, &Desk::titleChanged, this, [this](const QString& title) {
        setWindowTitle(title.isEmpty() ? tr("Rushes") : tr("%1 · Rushes").arg(title));
    });
    qApp->installEventFilter(new KeyGuard(this)); // owned by the window
    fitToScreen();
    arrangeDocks();
    restoreGeometry(settings_.get(Setting::geometry).toByteArray());
    restoreState(settings_.get(Setting::layout).toByteArray(), layout_version);
    orderTabs({recipe_, stage_, strip_, side_});
    recipe_->prompt().setFocus();
}

MainWindow::~MainWindow() = default;

void MainWindow::assemble() {
    setDockNestingEnabled(true);
    setCorner(Qt::BottomLeftCorner, Qt::BottomDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::BottomDockWidgetArea);
    auto* centre = new QWidget;
    setRole(centre, "stage");
    auto* column = new QVBoxLayout(centre);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(stage_, 1);
    notice_foot_ = new QWidget;
    auto* foot = new QVBoxLayout(notice_foot_);
    foot->setContentsMargins(size::space4, 0, size::space4, size::space2);
    foot->addWidget(notice_);
    column->addWidget(notice_foot_);
    toast_ = new Toast(&stage_->view()); // what lies below the picture stays in sight
    setCentralWidget(centre);
    dock(QStringLiteral("dock-recipe"), tr("Recipe panel"), recipe_, Qt::LeftDockWidgetArea);
    dock(QStringLiteral("dock-side"), tr("Queue and inspector"), side_, Qt::RightDockWidgetArea);
    auto* strip_panel = new StripPanel(*strip_);
    connect(strip_panel, &StripPanel::searched, &session_.shelf(), &ClipShelf::search);
    actions_.on(Command::all_clips, [this] { desk_->library().open(); });
    actions_.on(Command::search_clips, [strip_panel] { strip_panel->beginSearch(); });
    dock(QStringLiteral("dock-strip"), tr("Film strip"), strip_panel, Qt::BottomDockWidgetArea);
    setStatusBar(status_);
}

void MainWindow::makeMenus() {
    const auto menus = actions_.fill(*menuBar());
    auto* name = new QLabel(tr("Rushes"));
    name->setFont(valueFont(QFont::Bold));
    name->setContentsMargins(size::space3, 0, size::space2, 0);
    menuBar()->setCornerWidget(name, Qt::TopLeftCorner);
    search_ = linkButton(QStringLiteral("open-palette"), tr("Search or run a command"));
    search_->setIcon(icon(QStringLiteral("search")));
    auto* right = new QWidget;
    right->setMinimumHeight(size::control);
    auto* right_row = new QHBoxLayout(right);
    right_row->setContentsMargins(size::space2, 0, size::space3, 0);
    right_row->addWidget(search_, 0, Qt::AlignVCenter);
    connect(search_, &QPushButton::clicked, &actions_[Command::command_palette], &QAction::trigger);
    menuBar()->setCornerWidget(right, Qt::TopRightCorner);
    QMenu* view = menus.at(MenuId::view);
    view->insertSeparator(view->actions().front());
    for (QDockWidget* dock : docks_) {
        view->insertAction(view->actions().front(), dock->toggleViewAction());
    }
    auto* schemes = new QActionGroup(this);
    for (const Command command : {Command::follow_system, Command::dark, Command::light}) {
        actions_[command].setCheckable(true);
        schemes->addAction(&actions_[command]);
    }
    chooseScheme(settings_.get(Setting::scheme).toString());
    actions_[Command::high_contrast].setCheckable(true);
    actions_[Command::arrange].setCheckable(true);
    actions_[Command::loop].setCheckable(true);
    actions_[Command::compare].setCheckable(true);
    actions_[Command::pause_queue].setCheckable(true);
    actions_[Command::stage_alone].setCheckable(true);
}

void MainWindow::chooseScheme(const QString& name) {
    const Scheme scheme = name == QLatin1String("dark")    ? Scheme::dark
                          : name == QLatin1String("light") ? Scheme::light
                                                           : Scheme::system;
    actions_
        [scheme == Scheme::dark    ? Command::dark
         : scheme == Scheme::light ? Command::light
                                   : Command::follow_system]
            .setChecked(true);
    if (Theme* theme = Theme::instance(); theme != nullptr && theme->scheme() != scheme) {
        theme->setScheme(scheme);
    }
    settings_.set(Setting::scheme, schemeName(scheme));
}

/// What holds from now on.
void MainWindow::applySettings() {
    const bool calm = settings_.get(Setting::calm).toBool();
    session_.setNamePattern(settings_.get(Setting::name_template).toString());
    session_.setMemoryShare(settings_.get(Setting::memory_share).toInt() / 100.0);
    stage_->transport().setTimeUnit(timeUnitOf(settings_.get(Setting::time_unit).toString()));
    const bool contrast = settings_.get(Setting::high_contrast).toBool();
    actions_[Command::high_contrast].setChecked(contrast);
    if (Theme* theme = Theme::instance(); theme != nullptr) {
        theme->setHighContrast(contrast);
    }
    strip_->setCalm(calm);
    desk_->library().setCalm(calm);
    desk_->seeds().setCalm(calm);
    desk_->look().setCalm(calm);
    desk_->look().setOn(settings_.get(Setting::idle_look).toBool());
    stage_->player().setAutoplay(!calm);
    actions_[Command::guides].setChecked(settings_.get(Setting::guides).toBool());
}

void MainWindow::connectCommands() {
    actions_.on(Command::generate, [this] { desk_->generate(); });
    actions_.on(Command::generate_next, [this] { desk_->generateNext(); });
    actions_.on(Command::try_seeds, [this] { desk_->trySeeds(); });
    actions_.on(Command::try_values, [this] { desk_->tryValues(); });
    actions_.on(Command::generate_instead, [this] { desk_->generateInstead(); });
    actions_.on(Command::rename_clip, [this] { strip_->renameCurrent(); });
    QWidget& button = recipe_->generate();
    button.setContextMenuPolicy(Qt::ActionsContextMenu);
    for (const Command command :
         {Command::generate, Command::generate_next, Command::generate_instead, Command::try_seeds}) {
        button.addAction(&actions_[command]);
    }
    actions_.on(Command::stop, [this] {
        if (actions_[Command::stage_alone].isChecked()) {
            actions_[Command::stage_alone].trigger();
        } else if (desk_->comparing()) {
            desk_->compare();
        } else if (desk_->cancelEdit()) {
            return; // the waiting clip stays as it was
        } else if (session_.running()) {
            desk_->askToStop();
        } else {
            stage_->view().setFocus();
        }
    });
    connect(&actions_[Command::pause_queue], &QAction::toggled, &session_, &StudioSession::setPaused);
    connect(&session_, &StudioSession::pauseChanged, &actions_[Command::pause_queue], &QAction::setChecked);
    connect(side_, &SidePanel::pauseChanged, &session_, &StudioSession::setPaused);
    actions_.on(Command::yield_device, [this] { session_.yieldDevice(); });
    actions_.on(Command::clear_queue, [this] { session_.queue().clearWaiting(); });
    actions_.on(Command::open_recipe, [this] { openFiles(); });
    actions_.on(Command::export_clip, [this] { desk_->exportClip(); });
    actions_.on(Command::show_in_folder, [this] { desk_->showClipInFolder(); });
    actions_.on(Command::clips_folder, [this] { desk_->askForClipsFolder(); });
    actions_.on(Command::add_model, [this] { desk_->askForModel(); });
    actions_.on(Command::open_models_folder, [] {
        const QString folder = toQString(data_dir() / "models");
        QDir().mkpath(folder);
        QDesktopServices::openUrl(QUrl::fromLocalFile(folder));
    });
    actions_.on(Command::quit, [this] { close(); });
    actions_.on(Command::copy_recipe, [this] { desk_->copySettings(); });
    actions_.on(Command::presets, [this] { desk_->presets().openMenu(); });
    actions_.on(Command::keep_preset, [this] { desk_->presets().keep(); });
    actions_.on(Command::random_seed, [this] { desk_->randomSeed(); });
    actions_.on(Command::focus_prompt, [this] { recipe_->focusPrompt(); });
    QUndoStack& undo = desk_->undo();
    actions_.on(Command::undo, [this] { desk_->undoList().undo(); });
    actions_.on(Command::redo, [this] { desk_->undoList().redo(); });
    connect(&undo, &QUndoStack::canUndoChanged, &actions_[Command::undo], &QAction::setEnabled);
    connect(&undo, &QUndoStack::canRedoChanged, &actions_[Command::redo], &QAction::setEnabled);
    actions_[Command::undo].setEnabled(false);
    actions_[Command::redo].setEnabled(false);
    connect(&actions_[Command::stage_alone], &QAction::toggled, this, &MainWindow::showStageAlone);
    connect(&actions_[Command::arrange], &QAction::toggled, this, &MainWindow::setArranging);
    actions_.on(Command::reset_layout, [this] { arrangeDocks(); });
    connect(&actions_[Command::high_contrast], &QAction::triggered, this, [this](bool on) {
        settings_.set(Setting::high_contrast, on);
        applySettings();
    });
    actions_.on(Command::dark, [this] { chooseScheme(QStringLiteral("dark")); });
    actions_.on(Command::light, [this] { chooseScheme(QStringLiteral("light")); });
    actions_.on(Command::follow_system, [this] { chooseScheme(QStringLiteral("system")); });
}

void MainWindow::showKeys() {
    const auto keys = [this](Command command) { return actions_.keysText(command); };
    recipe_->generate().setKeys(keys(Command::generate));
    stage_->progress().setStopKeys(keys(Command::stop));
    stage_->transport().setKeys({
        keys(Command::start),
        keys(Command::play),
        keys(Command::end),
        keys(Command::compare),
        keys(Command::export_clip),
    });
    search_->setText(tr("Search or run a command   %1").arg(keys(Command::command_palette)).trimmed());
}

void MainWindow::openFiles() {
    askFile(
        this,
        tr("Open clip or recipe"),
        session_.videos(),
        tr("Clips and recipes (*.mp4 *.mkv *.gif *.webp *.png *.jpg *.jpeg *.avif *.json);;All files (*)"),
        [this](const std::filesystem::path& file) { desk_->openFile(toQString(file)); }
    );
}

void MainWindow::closeEvent(QCloseEvent* event) {
    actions_[Command::stage_alone].setChecked(false);
    if (side_hidden_by_width_) {
        docks_[1]->show(); // hidden for want of room, not by choice
    }
    settings_.set(Setting::geometry, saveGeometry());
    settings_.set(Setting::layout, saveState(layout_version));
    desk_->remember();
    event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    const QList<QUrl> urls = event->mimeData()->urls();
    if (!urls.isEmpty() && urls.front().isLocalFile() && event->source() == nullptr) {
        event->acceptProposedAction();
    }
}

void MainWindow::dropEvent(QDropEvent* event) {
    desk_->openFile(event->mimeData()->urls().front().toLocalFile());
    event->acceptProposedAction();
}

bool MainWindow::event(QEvent* event) {
    const bool handled = QMainWindow::event(event);
    // In this order: the first events come while the members are still being made.
    if (event->type() == QEvent::Paint && first_paint_) {
        first_paint_ = false;
        QTimer::singleShot(0, this, [this] {
            emit painted();
            stage_->view().findGraphicsCard();
        });
    }
    return handled;
}

} // namespace rushes::ui
