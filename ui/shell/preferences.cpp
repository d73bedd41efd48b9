#include "shell/preferences.h"

#include "controls/basic.h"
#include "convert.h"
#include "export/formats.h"
#include "session/clip_names.h"
#include "session/settings.h"

#include <algorithm>

#include <QCheckBox>
#include <QComboBox>
#include <QCoreApplication>
#include <QGridLayout>
#include <QLineEdit>
#include <QScrollArea>
#include <QVBoxLayout>

namespace rushes::ui {

Preferences::Preferences(Settings& settings, const QStringList& cards, QWidget* parent)
    : QDialog(parent),
      settings_(settings),
      search_(new QLineEdit),
      nothing_(new QLabel(tr("Nothing here has these words."))),
      grid_(new QGridLayout) {
    setObjectName(QStringLiteral("preferences"));
    setWindowTitle(tr("Settings"));
    setNames(search_, QStringLiteral("preferences-search"), tr("Search the settings"));
    search_->setPlaceholderText(tr("Search the settings"));
    search_->setClearButtonEnabled(true);
    auto* body = new QWidget;
    auto* inner = new QVBoxLayout(body);
    inner->setContentsMargins(size::space4, size::space2, size::space4, size::space4);
    grid_->setHorizontalSpacing(size::space4);
    grid_->setVerticalSpacing(size::space1);
    grid_->setColumnStretch(1, 1);
    inner->addLayout(grid_);
    inner->addWidget(nothing_);
    inner->addStretch();
    setRole(nothing_, "dim");
    nothing_->hide();
    addLook();
    addClips();
    addExport();
    addEngine(cards);
    addNetwork();
    addDone();
    auto* scroll = new QScrollArea;
    scroll->setWidget(body);
    scroll->setWidgetResizable(true);
    scroll->setFocusPolicy(Qt::NoFocus);
    auto* head = new QVBoxLayout;
    head->setContentsMargins(size::space4, size::space4, size::space4, size::space2);
    head->addWidget(search_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(head);
    column->addWidget(scroll, 1);
    connect(search_, &QLineEdit::textChanged, this, &Preferences::filter);
    resize(size::dialog_height, size::dialog_height);
    search_->setFocus();
}

void Preferences::addHeading(const QString& text) {
    auto* label = new QLabel(text);
    setRole(label, "title");
    label->setContentsMargins(0, size::space3, 0, size::space1);
    grid_->addWidget(label, grid_->rowCount(), 0, 1, 2);
    rows_.push_back({label, nullptr, nullptr, true});
}

void Preferences::addRow(const QString& caption, QWidget* control, const QString& hint) {
    auto* label = new QLabel(caption);
    label->setBuddy(control);
    auto* words = new QLabel(hint);
    setRole(words, "hint");
    words->setWordWrap(true);
    words->setContentsMargins(0, 0, 0, size::space2);
    words->setHidden(hint.isEmpty());
    control->setAccessibleName(caption);
    control->setAccessibleDescription(hint);
    const int row = grid_->rowCount();
    grid_->addWidget(label, row, 0);
    grid_->addWidget(
        control, row, 1, qobject_cast<QCheckBox*>(control) != nullptr ? Qt::AlignLeft : Qt::Alignment()
    );
    grid_->addWidget(words, row + 1, 1);
    rows_.push_back({label, control, words});
}

QComboBox* Preferences::combo(
    const QString& name, Setting setting, const std::vector<std::pair<QString, QString>>& choices
) {
    auto* box = new QComboBox;
    box->setObjectName(name);
    for (const auto& [value, words] : choices) {
        box->addItem(words, value);
    }
    box->setCurrentIndex(std::max(0, box->findData(settings_.get(setting).toString())));
    connect(box, &QComboBox::activated, this, [this, box, setting] {
        settings_.set(setting, box->currentData());
        emit changed();
    });
    return box;
}

QCheckBox* Preferences::check(const QString& name, Setting setting) {
    auto* box = new QCheckBox;
    box->setObjectName(name);
    box->setChecked(settings_.get(setting).toBool());
    connect(box, &QCheckBox::toggled, this, [this, setting](bool on) {
        settings_.set(setting, on);
        emit changed();
    });
    return box;
}

void Preferences::addLook() {
    addHeading(tr("Look and language"));
    QComboBox* scheme = combo(
        QStringLiteral("pref-theme"),
        Setting::scheme,
        {{QStringLiteral("system"), tr("As the system")},
         {QStringLiteral("dark"), tr("Dark")},
         {QStringLiteral("light"), tr("Light")}}
    );
    connect(scheme, &QComboBox::activated, this, [this, scheme] {
        emit schemeChosen(scheme->currentData().toString());
    });
    addRow(tr("Theme"), scheme, {});
    addRow(
        tr("Language"),
        combo(
            QStringLiteral("pref-language"),
            Setting::language,
            {{QString(), tr("As the system")},
             {QStringLiteral("en"), QStringLiteral("English")},
             {QStringLiteral("de"), QStringLiteral("Deutsch")},
             {QStringLiteral("zh_CN"), QStringLiteral("简体中文")}}
        ),
        tr("From the next start on.")
    );
    addRow(
        tr("Less motion"),
        check(QStringLiteral("pref-calm"), Setting::calm),
        tr("Clips in the strip stand still under the mouse, and a clip does not play by itself.")
    );
    addRow(
        tr("High contrast"),
        check(QStringLiteral("pref-contrast"), Setting::high_contrast),
        tr("Black or white grounds, stronger lines and letters.")
    );
    addRow(
        tr("Time on the stage"),
        combo(
            QStringLiteral("pref-time"),
            Setting::time_unit,
            {{QStringLiteral("seconds"), tr("Seconds, 0:02.8")},
             {QStringLiteral("frames"), tr("Frames, 34")},
             {QStringLiteral("timecode"), tr("As in editors, 00:00:02:09")}}
        ),
        {}
    );
    auto* keys = new QPushButton(tr("Keyboard shortcuts…"));
    keys->setObjectName(QStringLiteral("pref-keys"));
    keys->setAutoDefault(false);
    connect(keys, &QPushButton::clicked, this, &Preferences::keysWanted);
    addRow(tr("Keys"), keys, {});
}

void Preferences::addClips() {
    addHeading(tr("Clips"));
    auto* folder = new QPushButton(tr("Choose a folder…"));
    folder->setObjectName(QStringLiteral("pref-folder"));
    folder->setAutoDefault(false);
    connect(folder, &QPushButton::clicked, this, &Preferences::folderWanted);
    const QString now = settings_.get(Setting::videos).toString();
    addRow(tr("Folder for new clips"), folder, now.isEmpty() ? tr("Your video folder.") : now);
    auto* name = new QLineEdit(settings_.get(Setting::name_template).toString());
    name->setObjectName(QStringLiteral("pref-name"));
    addRow(tr("Names of new clips"), name, {});
    QLabel* example = rows_.back().hint;
    const auto show = [example](const QString& pattern) {
        Recipe recipe;
        recipe.prompt = "a red ball";
        recipe.seed = 42;
        recipe.model = "rushes-demo";
        example->setText(tr("{time} {date} {prompt} {seed} {model}; now: %1").arg(clipName(pattern, recipe)));
    };
    show(name->text());
    connect(name, &QLineEdit::textEdited, this, [this, show](const QString& pattern) {
        settings_.set(Setting::name_template, pattern);
        show(pattern);
        emit changed();
    });
}

void Preferences::addExport() {
    addHeading(tr("Export"));
    std::vector<std::pair<QString, QString>> shapes{{QString(), tr("Nearest to the clip")}};
    for (const SizePreset& preset : size_presets) {
        const QByteArray label(preset.label.data(), static_cast<qsizetype>(preset.label.size()));
        shapes.emplace_back(
            QString::fromLatin1(preset.id.data(), static_cast<qsizetype>(preset.id.size())),
            QCoreApplication::translate("SizePreset", label.constData())
        );
    }
    addRow(tr("Usual shape"), combo(QStringLiteral("pref-shape"), Setting::export_preset, shapes), {});
    std::vector<std::pair<QString, QString>> kinds;
    for (std::size_t i = 0; i < exportFormats().size(); ++i) {
        kinds.emplace_back(
            QString::number(i), QCoreApplication::translate("ExportDialog", exportFormats()[i].label)
        );
    }
    addRow(
        tr("Usual format"),
        combo(QStringLiteral("pref-format"), Setting::export_format, kinds),
        tr("The last export decides again.")
    );
    addRow(
        tr("Safe areas"),
        check(QStringLiteral("pref-guides"), Setting::guides),
        tr("Lines over the picture that show what the places for short clips leave free.")
    );
}

void Preferences::addEngine(const QStringList& cards) {
    addHeading(tr("Engine"));
    std::vector<std::pair<QString, QString>> choices{
        {QStringLiteral("auto"), tr("Choose by itself")}, {QStringLiteral("cpu"), tr("Processor")}
    };
    for (qsizetype i = 0; i < cards.size(); ++i) {
        choices.emplace_back(QStringLiteral("cuda:%1").arg(i), cards[i]);
    }
    // One that is gone stays in the list as what it is: it was chosen.
    const QString chosen = settings_.get(Setting::device).toString();
    if (std::ranges::find(choices, chosen, &std::pair<QString, QString>::first) == choices.end()) {
        choices.emplace_back(chosen, tr("%1, not there now").arg(chosen));
    }
    addRow(
        tr("Device"),
        combo(QStringLiteral("pref-device"), Setting::device, choices),
        tr("Where clips are computed. From the next start on.")
    );
    std::vector<std::pair<QString, QString>> shares{{QStringLiteral("100"), tr("All of it")}};
    for (const int percent : {75, 50, 25}) {
        shares.emplace_back(QString::number(percent), tr("%1 %").arg(percent));
    }
    addRow(
        tr("Memory for clips"),
        combo(QStringLiteral("pref-memory"), Setting::memory_share, shares),
        tr("Clips that need more of the device's memory are not begun; the settings that fit are offered.")
    );
    addRow(
        tr("A look while I write"),
        check(QStringLiteral("pref-look"), Setting::idle_look),
        tr("While nothing is computed, a first look at the settings is drawn above the Generate button.")
    );
}

void Preferences::addNetwork() {
    addHeading(tr("Network"));
    addRow(
        tr("May open web pages"),
        check(QStringLiteral("pref-web"), Setting::web_pages),
        tr("Rushes itself never connects to anything. With this, the page of a published model opens in your "
           "browser when you ask for it; without, its address is copied.")
    );
    auto* service = new QPushButton(tr("Clips in the browser…"));
    service->setObjectName(QStringLiteral("pref-serve"));
    service->setAutoDefault(false);
    connect(service, &QPushButton::clicked, this, &Preferences::serviceWanted);
    addRow(
        tr("Clips in the browser"),
        service,
        tr("Browsers and programs of this machine watch clips while they are made, and ask for new ones.")
    );
}

void Preferences::addDone() {
    addHeading(tr("When a clip is ready"));
    addRow(
        tr("Notify me"),
        check(QStringLiteral("pref-notify"), Setting::notify),
        tr("A message of the desktop while another window is in front.")
    );
    addRow(tr("Play a sound"), check(QStringLiteral("pref-sound"), Setting::done_sound), {});
    addRow(
        tr("When the queue is empty"),
        combo(
            QStringLiteral("pref-when-done"),
            Setting::when_done,
            {{QStringLiteral("nothing"), tr("Nothing more")},
             {QStringLiteral("command"), tr("Run my command")},
             {QStringLiteral("suspend"), tr("Sleep, this time")},
             {QStringLiteral("shut_down"), tr("Shut down, this time")}}
        ),
        tr("A minute goes by first, in which it can be stopped.")
    );
    auto* command = new QLineEdit(settings_.get(Setting::when_done_command).toString());
    command->setObjectName(QStringLiteral("pref-command"));
    addRow(tr("My command"), command, tr("For the shell, as you would type it."));
    connect(command, &QLineEdit::textEdited, this, [this](const QString& text) {
        settings_.set(Setting::when_done_command, text);
    });
}

QStringList Preferences::captions() {
    return {
        tr("Theme"),
        tr("Language"),
        tr("Less motion"),
        tr("High contrast"),
        tr("Time on the stage"),
        tr("Keys"),
        tr("Folder for new clips"),
        tr("Names of new clips"),
        tr("Usual shape"),
        tr("Usual format"),
        tr("Safe areas"),
        tr("Device"),
        tr("Memory for clips"),
        tr("A look while I write"),
        tr("May open web pages"),
        tr("Clips in the browser"),
        tr("Notify me"),
        tr("Play a sound"),
        tr("When the queue is empty"),
        tr("My command"),
    };
}

void Preferences::search(const QString& words) {
    search_->setText(words);
}

void Preferences::filter(const QString& words) {
    const QStringList wanted = words.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    int seen = 0;
    for (const Row& row : rows_) {
        if (row.heading) {
            row.caption->setVisible(wanted.isEmpty());
            continue;
        }
        const QString text = row.caption->text() + QLatin1Char(' ') + row.hint->text();
        const bool fits = std::ranges::all_of(wanted, [&](const QString& word) {
            return text.contains(word, Qt::CaseInsensitive);
        });
        row.caption->setVisible(fits);
        row.control->setVisible(fits);
        row.hint->setVisible(fits && !row.hint->text().isEmpty());
        seen += fits ? 1 : 0;
    }
    nothing_->setVisible(seen == 0);
}

} // namespace rushes::ui
