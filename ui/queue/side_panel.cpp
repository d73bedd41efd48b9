#include "queue/side_panel.h"

#include "controls/basic.h"
#include "controls/choices.h"
#include "controls/fact_words.h"
#include "convert.h"
#include "jobs/edited_clip.h"
#include "queue/facts_view.h"
#include "queue/queue_model.h"
#include "queue/queue_view.h"

#include <algorithm>
#include <string_view>

#include <QApplication>
#include <QClipboard>
#include <QScrollArea>
#include <QTabWidget>
#include <QVBoxLayout>

namespace rushes::ui {

namespace {

using Clock = std::chrono::steady_clock;

QWidget* page(QVBoxLayout*& column) {
    auto* body = new QWidget;
    column = new QVBoxLayout(body);
    column->setContentsMargins(size::space3 + 2, size::space3, size::space3 + 2, size::space3);
    column->setSpacing(size::space2);
    return body;
}

QWidget* scrolled(QWidget* body) {
    auto* scroll = new QScrollArea;
    scroll->setWidget(body);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    return scroll;
}

QString secondsText(double seconds) {
    return seconds < 0 ? QStringLiteral("–") : QStringLiteral("%1 s").arg(seconds, 0, 'f', 2);
}

double since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

} // namespace

SidePanel::SidePanel(QueueModel& queue, QWidget* parent)
    : QWidget(parent),
      queue_(queue),
      tabs_(new QTabWidget),
      pause_(linkButton(QStringLiteral("queue-pause"), tr("Pause after this"))),
      total_(new FigureLabel(FigureLabel::Tone::hint)),
      run_facts_(new FactsView),
      run_details_(new FactsView),
      prompt_(new QLabel),
      clip_facts_(new FactsView),
      copy_(new QPushButton(tr("Copy recipe"))) {
    setRole(this, "panel");
    setMinimumWidth(size::right_panel_min);
    tabs_->setObjectName(QStringLiteral("side-tabs"));
    tabs_->setUsesScrollButtons(false); // longer words of other languages are cut, no tab goes out of sight
    tabs_->setElideMode(Qt::ElideRight);
    tabs_->addTab(makeQueue(), tr("Queue", "the list"));
    tabs_->addTab(makeInspector(), tr("Inspector"));
    tabs_->addTab(scrolled(page(models_)), tr("Models"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, size::space1, 0, 0);
    column->addWidget(tabs_);
    connect(&queue_, &QueueModel::countChanged, this, &SidePanel::showTab);
}

QWidget* SidePanel::makeQueue() {
    QVBoxLayout* column = nullptr;
    QWidget* body = page(column);
    auto* view = new QueueView(queue_);
    column->addWidget(view);
    connect(view, &QueueView::pauseNowRequested, this, &SidePanel::pauseNowRequested);
    connect(view, &QueueView::retryRequested, this, &SidePanel::retryRequested);
    connect(view, &QueueView::duplicateRequested, this, &SidePanel::duplicateRequested);
    connect(view, &QueueView::editRequested, this, &SidePanel::editRequested);
    connect(view, &QueueView::reordered, this, &SidePanel::reordered);
    auto* clear = linkButton(QStringLiteral("queue-clear"), tr("Clear"));
    auto* links = new QHBoxLayout;
    links->setSpacing(size::space4);
    links->addWidget(pause_);
    links->addWidget(clear);
    links->addStretch();
    total_->setObjectName(QStringLiteral("queue-total"));
    column->addWidget(total_);
    column->addLayout(links);
    pause_->setCheckable(true);
    connect(pause_, &QPushButton::toggled, this, [this](bool on) {
        pause_->setText(on ? tr("Resume queue") : tr("Pause after this"));
        emit pauseChanged(on);
    });
    connect(clear, &QPushButton::clicked, &queue_, &QueueModel::clearWaiting);
    const auto show_clear = [this, clear] {
        clear->setEnabled(queue_.waiting() > 0);
        total_->setText(queue_.totalText());
        total_->setVisible(!total_->text().isEmpty());
    };
    connect(&queue_, &QueueModel::countChanged, clear, show_clear);
    connect(&queue_, &QAbstractItemModel::dataChanged, clear, show_clear); // the first one began to run
    show_clear();
    column->addSpacing(size::space4);
    column->addWidget(new Caption(tr("This run")));
    run_facts_->setObjectName(QStringLiteral("run-facts"));
    column->addWidget(run_facts_);
    run_details_->setObjectName(QStringLiteral("run-details"));
    auto* details = linkButton(QStringLiteral("run-details-toggle"), tr("Details"));
    connect(details, &QPushButton::clicked, this, [this] {
        run_details_->setVisible(run_details_->isHidden());
    });
    column->addWidget(details, 0, Qt::AlignLeft);
    column->addWidget(run_details_);
    run_details_->hide();
    column->addStretch();
    const QString none = QStringLiteral("–");
    run_facts_->setFacts({{tr("First frame"), none}, {tr("Frame rate"), none}, {tr("Memory"), none}});
    run_details_->setFacts({
        {tr("Loading"), none},
        {tr("Text"), none},
        {tr("Denoising"), none},
        {tr("Decoding"), none},
        {tr("Finishing the file"), none},
    });
    return body; // the cards scroll by themselves
}

QWidget* SidePanel::makeInspector() {
    QVBoxLayout* column = nullptr;
    QWidget* body = page(column);
    prompt_->setWordWrap(true);
    prompt_->setObjectName(QStringLiteral("inspector-prompt"));
    prompt_->setTextFormat(Qt::PlainText);
    prompt_->setText(tr("Choose a clip in the strip to see how it was made."));
    column->addWidget(new Caption(tr("Prompt")));
    column->addWidget(prompt_);
    column->addSpacing(size::space2);
    clip_facts_->setObjectName(QStringLiteral("clip-facts"));
    column->addWidget(clip_facts_);
    column->addSpacing(size::space2);
    setNames(copy_, QStringLiteral("copy-recipe"), tr("Copy the recipe"));
    copy_->setEnabled(false);
    column->addWidget(copy_, 0, Qt::AlignLeft);
    column->addStretch();
    connect(copy_, &QPushButton::clicked, this, [this] {
        QApplication::clipboard()->setText(toQString(recipe_json_));
        emit copied(tr("Recipe copied"));
    });
    return scrolled(body);
}

void SidePanel::setPaused(bool paused) {
    pause_->setChecked(paused);
    showTab();
}

void SidePanel::showTab() {
    const int jobs = queue_.rowCount();
    const QString text = jobs > 0 ? tr("Queue %1").arg(jobs) : tr("Queue", "the list");
    tabs_->setTabText(0, pause_->isChecked() ? tr("%1 · paused").arg(text) : text);
}

void SidePanel::beginRun() {
    live_.emplace();
    live_->start = Clock::now();
    live_->phase_start = live_->start;
    showLive();
}

void SidePanel::showProgress(const Progress& progress) {
    if (!live_) {
        return;
    }
    if (live_->phase && *live_->phase != progress.phase) {
        const double spent = since(live_->phase_start);
        (*live_->phase == Phase::loading ? live_->loading : live_->text) +=
            *live_->phase <= Phase::text ? spent : 0;
        live_->phase_start = Clock::now();
    }
    live_->phase = progress.phase;
    if (live_->first_frame < 0 && !progress.draft && progress.frames_done > 0) {
        live_->first_frame = since(live_->start);
    }
    live_->last = progress;
    showLive();
}

void SidePanel::showLive() {
    const Live& live = *live_;
    const Progress& p = live.last;
    const QString running = tr("…");
    const auto percent = [&](double fraction) {
        return fraction > 0 ? tr("%1 %").arg(static_cast<int>(fraction * 100)) : running;
    };
    const bool loaded = live.phase && *live.phase > Phase::loading;
    const bool read = live.phase && *live.phase > Phase::text;
    run_facts_->setFacts({
        {tr("First frame"), live.first_frame < 0 ? running : secondsText(live.first_frame)},
        {tr("Frame rate"), p.frame_rate > 0 ? tr("%1 fps").arg(p.frame_rate, 0, 'f', 1) : running},
        {tr("Memory"), running},
    });
    run_details_->setFacts({
        {tr("Loading"), loaded ? secondsText(live.loading) : running},
        {tr("Text"), read ? secondsText(live.text) : running},
        {tr("Denoising"), percent(p.draft ? 0 : p.denoised)},
        {tr("Decoding"), percent(p.draft ? 0 : p.decoded)},
        {tr("Finishing the file"), running},
    });
}

void SidePanel::showReport(const RunReport& report, double encoding_seconds, int underruns) {
    live_.reset();
    const double work = report.denoise_seconds + report.decode_seconds;
    std::vector<std::pair<QString, QString>> facts{
        {tr("First frame"), secondsText(report.first_frame_seconds)},
        {tr("Frame rate"), work > 0 ? tr("%1 fps").arg(report.frames / work, 0, 'f', 1) : QStringLiteral("–")
        },
        {tr("Total"), secondsText(report.total_seconds)},
        {tr("Memory"), bytesText(report.peak_memory_bytes)},
    };
    if (underruns > 0) {
        facts.emplace_back(
            tr("Playback waited"), underruns == 1 ? tr("once") : tr("%1 times").arg(underruns)
        );
    }
    run_facts_->setFacts(facts);
    run_details_->setFacts({
        {tr("Loading"), secondsText(report.load_seconds)},
        {tr("Text"), secondsText(report.text_seconds)},
        {tr("Denoising"), secondsText(report.denoise_seconds)},
        {tr("Decoding"), secondsText(report.decode_seconds)},
        {tr("Finishing the file"), secondsText(encoding_seconds)},
    });
}

void SidePanel::inspect(const ClipRecord& record) {
    const Recipe& recipe = record.recipe;
    recipe_json_ = to_json(recipe);
    copy_->setEnabled(true);
    prompt_->setText(recipe.prompt.empty() ? tr("(no prompt)") : toQString(recipe.prompt));
    std::vector<std::pair<QString, QString>> facts;
    facts.emplace_back(tr("File"), toQString(record.file.filename()));
    facts.emplace_back(tr("File size"), tr("…"));
    facts.emplace_back(tr("Size"), tr("%1 × %2").arg(record.width).arg(record.height));
    facts.emplace_back(tr("Length"), durationText(record.frames, recipe.frame_rate));
    for (const RecipeFact& fact : recipe_facts(recipe)) {
        const std::string_view key = fact.key;
        // What the file has is above; the prompt stands over it all.
        const bool said = key == "prompt" || key == "width" || key == "frames" || key == "frame_rate";
        if (!said && !fact.words.empty()) {
            const QString label = factLabel(fact);
            facts.emplace_back(label.left(1).toUpper() + label.mid(1), factWords(fact));
        }
    }
    for (const RecipeInput& input : recipe.inputs) {
        facts.emplace_back(inputLabel(input, recipe.frame_rate), inputWords(input));
    }
    if (const auto edited = edited_in(record.report_json)) {
        QStringList parts;
        for (const EditedPart& part : edited->parts) {
            const QString name = toQString(std::filesystem::path(part.path).filename());
            parts << tr("%1, frames %2 to %3").arg(name).arg(part.first + 1).arg(part.last + 1);
        }
        facts.emplace_back(tr("Made of"), parts.join(QLatin1Char('\n')));
    }
    facts.emplace_back(
        tr("Made in"), record.seconds_to_make > 0 ? secondsText(record.seconds_to_make) : QStringLiteral("–")
    );
    facts.emplace_back(tr("Rushes"), toQString(recipe.program_version));
    clip_facts_->setFacts(facts);
}

void SidePanel::setFileSize(std::uint64_t bytes) {
    clip_facts_->setValue(tr("File size"), bytesText(bytes));
}

void SidePanel::setModels(const std::vector<ModelInfo>& models, const QStringList& problems) {
    while (QLayoutItem* item = models_->takeAt(0)) {
        if (item->widget() != nullptr) {
            item->widget()->deleteLater();
        }
        delete item; // takeAt() hands it over
    }
    const auto line = [](const QString& text, const char* role) {
        auto* label = new QLabel(text);
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        setRole(label, role);
        return label;
    };
    for (const ModelInfo& model : models) {
        auto* card = new QWidget;
        setRole(card, "card");
        setNames(card, QStringLiteral("model-") + toQString(model.id), toQString(model.name));
        auto* column = new QVBoxLayout(card);
        column->setContentsMargins(size::space3, size::space2, size::space3, size::space2);
        column->setSpacing(size::space1);
        column->addWidget(line(toQString(model.name), "value"));
        column->addWidget(line(toQString(model.description), "hint"));
        QStringList facts{bytesText(model.weight_bytes)};
        facts
            << (model.fixed_steps ? tr("%1 steps, fixed").arg(model.default_steps)
                                  : tr("%1 steps").arg(model.default_steps));
        facts << (model.causal ? tr("frames arrive block by block") : tr("whole clip at once"));
        column->addWidget(line(facts.join(QStringLiteral(" · ")), "hint"));
        models_->addWidget(card);
    }
    for (const QString& problem : problems) {
        models_->addWidget(line(tr("Left out: %1").arg(problem), "hint"));
    }
    auto* add = linkButton(QStringLiteral("side-add-model"), tr("Add a model folder…"));
    add->setToolTip(
        tr("A folder in the Hugging Face diffusers layout, with model_index.json in it; nothing is copied")
    );
    connect(add, &QPushButton::clicked, this, &SidePanel::addModelClicked);
    models_->addWidget(add, 0, Qt::AlignLeft);
    models_->addStretch();
}

} // namespace rushes::ui
