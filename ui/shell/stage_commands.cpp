#include "shell/stage_commands.h"

#include "desk/desk.h"
#include "desk/edit_desk.h"
#include "desk/frame_desk.h"
#include "desk/steer_desk.h"
#include "session/settings.h"
#include "shell/actions.h"
#include "stage/stage_panel.h"
#include "stage/stage_view.h"
#include "stage/transport_bar.h"

#include <array>
#include <utility>

#include <QActionGroup>
#include <QMenu>

namespace rushes::ui {

namespace {

constexpr int far = 10; ///< frames of a long step
constexpr double divider_step = 0.05;
constexpr double zoom_step = 1.25;

constexpr std::array<std::pair<Command, CompareMode>, 4> compare_modes{{
    {Command::compare_wipe, CompareMode::wipe},
    {Command::compare_side, CompareMode::side},
    {Command::compare_difference, CompareMode::difference},
    {Command::compare_onion, CompareMode::onion},
}};

} // namespace

StageCommands::StageCommands(
    Actions& actions, StagePanel& stage, Desk& desk, Settings& settings, QObject* parent
)
    : QObject(parent), actions_(actions), stage_(stage), desk_(desk) {
    connectPlayback();
    connectComparison(settings);
    connectPicture(settings);
}

void StageCommands::connectPlayback() {
    Player& player = stage_.player();
    actions_.on(Command::play, [&player] { player.togglePlay(); });
    actions_.on(Command::step_back, [&player] { player.step(-1); });
    actions_.on(Command::step_forward, [&player] { player.step(1); });
    actions_.on(Command::jump_back, [&player] { player.step(-far); });
    actions_.on(Command::jump_forward, [&player] { player.step(far); });
    actions_.on(Command::start, [&player] { player.goToStart(); });
    actions_.on(Command::end, [&player] { player.goToEnd(); });
    actions_.on(Command::shuttle_back, [&player] { player.shuttle(-1); });
    actions_.on(Command::shuttle_stop, [&player] { player.shuttle(0); });
    actions_.on(Command::shuttle_forward, [&player] { player.shuttle(1); });
    actions_.on(Command::mark_in, [&player] { player.markIn(); });
    actions_.on(Command::mark_out, [&player] { player.markOut(); });
    actions_.on(Command::clear_marks, [&player] { player.clearMarks(); });
    QAction& loop = actions_[Command::loop];
    loop.setChecked(player.clock().looping());
    connect(&loop, &QAction::triggered, &player, &Player::setLooping);
    connect(&player, &Player::stateChanged, &loop, [&loop, &player] {
        loop.setChecked(player.clock().looping());
    });
    connect(&stage_.view(), &StageView::doubleClicked, &actions_[Command::stage_alone], &QAction::trigger);
}

void StageCommands::connectComparison(Settings& settings) {
    actions_.on(Command::compare, [this] { desk_.compare(); });
    const auto move = [this](double places) { stage_.view().setDivider(stage_.view().divider() + places); };
    actions_.on(Command::divider_left, [move] { move(-divider_step); });
    actions_.on(Command::divider_right, [move] { move(divider_step); });
    connectCompareModes(settings);
    const auto show = [this](bool on) {
        actions_[Command::compare].setChecked(on);
        actions_[Command::divider_left].setEnabled(on);
        actions_[Command::divider_right].setEnabled(on);
        actions_[Command::compare_next].setEnabled(on);
    };
    connect(&desk_, &Desk::compareChanged, this, show);
    show(false);
}

/// A way of comparing that is chosen while nothing is compared begins it. It is remembered.
void StageCommands::connectCompareModes(Settings& settings) {
    stage_.view().setCompareMode(compareModeOf(settings.get(Setting::compare_mode).toString()));
    const auto choose = [this, &settings](CompareMode mode) {
        stage_.view().setCompareMode(mode);
        settings.set(Setting::compare_mode, nameOf(mode));
    };
    auto* group = new QActionGroup(this);
    for (const auto& [command, mode] : compare_modes) {
        QAction& action = actions_[command];
        action.setCheckable(true);
        group->addAction(&action);
        action.setChecked(mode == stage_.view().compareMode());
        connect(&action, &QAction::triggered, this, [this, choose, mode = mode] {
            choose(mode);
            if (!desk_.comparing()) {
                desk_.compare();
            }
        });
    }
    actions_.on(Command::compare_next, [this, choose] {
        const CompareMode mode = next(stage_.view().compareMode());
        choose(mode);
        for (const auto& [command, other] : compare_modes) {
            actions_[command].setChecked(other == mode);
        }
    });
    auto* menu = new QMenu(&stage_);
    menu->setObjectName(QStringLiteral("compare-menu"));
    for (const auto& [command, mode] : compare_modes) {
        menu->addAction(&actions_[command]);
    }
    stage_.transport().setCompareMenu(menu);
}

void StageCommands::connectPicture(Settings& settings) {
    StageView& view = stage_.view();
    actions_.on(Command::zoom_in, [&view] { view.zoomBy(zoom_step); });
    actions_.on(Command::zoom_out, [&view] { view.zoomBy(1 / zoom_step); });
    actions_.on(Command::zoom_fit, [&view] { view.zoomToFit(); });
    QAction& guides = actions_[Command::guides];
    guides.setCheckable(true);
    connect(&guides, &QAction::toggled, &view, &StageView::setGuides);
    guides.setChecked(settings.get(Setting::guides).toBool());
    connect(&guides, &QAction::toggled, this, [&settings](bool on) { settings.set(Setting::guides, on); });
    SteerDesk& steering = desk_.steering();
    actions_.on(Command::steer, [&steering] { steering.steer(); });
    actions_.on(Command::another_way, [&steering] { steering.goAnotherWay(); });
    EditDesk& edits = desk_.edits();
    actions_.on(Command::trim_clip, [&edits] { edits.trim(); });
    actions_.on(Command::loop_fade, [&edits] { edits.loop(Loop::fade); });
    actions_.on(Command::loop_back, [&edits] { edits.loop(Loop::back); });
    actions_.on(Command::join_clips, [&edits] { edits.join(); });
    actions_.on(Command::last_frame, [&edits] { edits.takeLastFrame(); });
    FrameDesk& frames = desk_.frames();
    actions_.on(Command::copy_frame, [&frames] { frames.copyFrame(); });
    actions_.on(Command::save_frame, [&frames] { frames.saveFrame(); });
    actions_.on(Command::copy_file, [&frames] { frames.copyFile(); });
    actions_.on(Command::open_elsewhere, [&frames] { frames.openElsewhere(); });
    connect(&view, &StageView::dragged, &frames, &FrameDesk::dragFile);
    connect(&view, &StageView::menuRequested, this, &StageCommands::showMenu);
}

void StageCommands::showMenu(const QPoint& global) {
    QMenu menu(&stage_);
    menu.setObjectName(QStringLiteral("stage-menu"));
    const std::vector<std::vector<Command>> groups{
        {Command::play, Command::compare, Command::export_clip},
        {Command::another_way},
        {Command::trim_clip, Command::loop_fade, Command::loop_back, Command::last_frame},
        {Command::copy_frame, Command::save_frame},
        {Command::copy_file, Command::show_in_folder, Command::open_elsewhere},
        {Command::zoom_in, Command::zoom_out, Command::zoom_fit, Command::guides, Command::stage_alone},
    };
    for (const auto& group : groups) {
        for (const Command command : group) {
            menu.addAction(&actions_[command]);
        }
        menu.addSeparator();
    }
    menu.exec(global);
}

} // namespace rushes::ui
