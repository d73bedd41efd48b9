#include "controls/lora_group.h"

#include "controls/basic.h"
#include "controls/file_dialog.h"
#include "controls/flow_layout.h"
#include "controls/help.h"
#include "convert.h"

#include <algorithm>

#include <QDoubleSpinBox>
#include <QDragEnterEvent>
#include <QMimeData>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace rushes::ui {

namespace fs = std::filesystem;

namespace {

constexpr qsizetype most_words = 8;

bool sameFiles(const std::vector<RecipeLora>& a, const std::vector<RecipeLora>& b) {
    return std::ranges::equal(a, b, {}, &RecipeLora::path, &RecipeLora::path);
}

/// The one file of weights that is dragged; empty: something else is.
fs::path weightsIn(const QMimeData& data) {
    if (data.urls().size() != 1 || !data.urls().front().isLocalFile()) {
        return {};
    }
    const fs::path file = toPath(data.urls().front().toLocalFile());
    return file.extension() == ".safetensors" ? file : fs::path();
}

QString spinName(int index) {
    return QStringLiteral("lora-strength-%1").arg(index);
}

} // namespace

LoraGroup::LoraGroup(QWidget* parent) : QWidget(parent), rows_(new QVBoxLayout) {
    setNames(this, QStringLiteral("loras"), tr("LoRAs"));
    setAcceptDrops(true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(size::space1 + 2);
    auto* choose = linkButton(QStringLiteral("lora-add"), tr("add"));
    choose->setAccessibleName(tr("Add a LoRA"));
    connect(choose, &QPushButton::clicked, this, &LoraGroup::ask);
    column->addWidget(new CaptionRow(tr("LoRAs"), choose, helpDot(HelpTopic::loras, choose)));
    rows_->setContentsMargins(0, 0, 0, 0);
    rows_->setSpacing(size::space1);
    column->addLayout(rows_);
    hide();
}

void LoraGroup::showRecipe(const ModelInfo& model, const Recipe& recipe) {
    setVisible(!recipe.loras.empty() || (model.takes_loras && !model.demonstration));
    const bool same = sameFiles(loras_, recipe.loras);
    loras_ = recipe.loras;
    if (!same) {
        rebuild();
        return;
    }
    for (int i = 0; i < static_cast<int>(loras_.size()); ++i) { // the rows stay under the mouse
        auto* strength = findChild<QDoubleSpinBox*>(spinName(i));
        const double value = loras_[static_cast<std::size_t>(i)].strength;
        if (strength->value() != value) { // or it would write over what is being typed
            const QSignalBlocker quiet(strength);
            strength->setValue(value);
        }
    }
}

void LoraGroup::ask() {
    const fs::path start = loras_.empty() ? fs::path() : fs::path(loras_.back().path).parent_path();
    askFile(window(), tr("Choose a LoRA"), start, tr("LoRAs (*.safetensors)"), [this](const fs::path& file) {
        add(file);
    });
}

void LoraGroup::add(const fs::path& file) {
    std::vector<RecipeLora> next = loras_;
    const std::string path = fs::weakly_canonical(file).string();
    if (std::ranges::find(next, path, &RecipeLora::path) == next.end()) {
        next.push_back({.hash = {}, .path = path, .strength = 1});
        emit edited(next, true);
    }
}

void LoraGroup::remove(int index) {
    std::vector<RecipeLora> next = loras_;
    next.erase(next.begin() + index);
    emit edited(next, true);
}

void LoraGroup::showAbout(const std::string& path, const QStringList& words, const QString& problem) {
    about_[path] = {words, problem};
    rebuild();
}

void LoraGroup::rebuild() {
    while (QLayoutItem* item = rows_->takeAt(0)) {
        item->widget()->hide();
        item->widget()->setObjectName({});
        item->widget()->setParent(nullptr);
        item->widget()->deleteLater();
        delete item; // takeAt() hands it over
    }
    for (int i = 0; i < static_cast<int>(loras_.size()); ++i) {
        rows_->addWidget(makeRow(i));
        const std::string& path = loras_[static_cast<std::size_t>(i)].path;
        const auto about = about_.find(path);
        if (about == about_.end()) {
            emit aboutWanted(path);
        } else if (!about->second.words.isEmpty() || !about->second.problem.isEmpty()) {
            rows_->addWidget(makeWords(i, about->second));
        }
    }
}

QWidget* LoraGroup::makeRow(int index) {
    const RecipeLora& lora = loras_[static_cast<std::size_t>(index)];
    const QString name = toQString(fs::path(lora.path).stem());
    auto* row = new QWidget;
    auto* line = new QHBoxLayout(row);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(size::space2);
    auto* label = new FigureLabel(FigureLabel::Tone::value);
    setNames(label, QStringLiteral("lora-name-%1").arg(index), name);
    label->setElided(true);
    label->setText(name);
    label->setToolTip(toQString(fs::path(lora.path)));
    auto* strength = new QDoubleSpinBox;
    setNames(strength, spinName(index), tr("Strength of %1").arg(name));
    strength->setRange(-max_lora_strength, max_lora_strength);
    strength->setSingleStep(0.05);
    strength->setDecimals(2);
    strength->setValue(lora.strength);
    strength->setToolTip(tr("1 as it was trained, less is a hint of it, below 0 the opposite."));
    connect(strength, &QDoubleSpinBox::valueChanged, this, [this, index](double value) {
        std::vector<RecipeLora> next = loras_;
        next[static_cast<std::size_t>(index)].strength = value;
        emit edited(next, false);
    });
    auto* away = linkButton(QStringLiteral("lora-remove-%1").arg(index), tr("remove"));
    away->setAccessibleName(tr("Remove %1").arg(name));
    connect(away, &QPushButton::clicked, this, [this, index] { remove(index); });
    line->addWidget(label, 1);
    line->addWidget(strength);
    line->addWidget(away);
    return row;
}

QWidget* LoraGroup::makeWords(int index, const About& about) {
    auto* box = new QWidget;
    if (!about.problem.isEmpty()) {
        auto* column = new QVBoxLayout(box);
        column->setContentsMargins(0, 0, 0, 0);
        auto* said = new QLabel(about.problem);
        setRole(said, "hint");
        setNames(said, QStringLiteral("lora-problem-%1").arg(index), about.problem);
        said->setWordWrap(true);
        column->addWidget(said);
        return box;
    }
    auto* flow = new FlowLayout(size::space2 - 2, box);
    for (const QString& word : about.words.mid(0, most_words)) {
        auto* chip = new QPushButton(word);
        setRole(chip, "chip");
        setNames(chip, QStringLiteral("lora-word-%1").arg(word), tr("Put into the prompt: %1").arg(word));
        chip->setToolTip(tr("It was trained with this word: a click puts it into the prompt."));
        chip->setMinimumWidth(0);
        connect(chip, &QPushButton::clicked, this, [this, word] { emit wordChosen(word); });
        flow->addWidget(chip);
    }
    return box;
}

void LoraGroup::dragEnterEvent(QDragEnterEvent* event) {
    if (!weightsIn(*event->mimeData()).empty()) {
        event->acceptProposedAction();
    }
}

void LoraGroup::dropEvent(QDropEvent* event) {
    if (const fs::path file = weightsIn(*event->mimeData()); !file.empty()) {
        event->acceptProposedAction();
        add(file);
    }
}

} // namespace rushes::ui
