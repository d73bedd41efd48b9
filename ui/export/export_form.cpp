#include "export/export_form.h"

#include "base/paths.h"
#include "controls/basic.h"
#include "controls/choices.h"
#include "controls/file_dialog.h"
#include "convert.h"
#include "export/formats.h"
#include "export/frame_timing.h"

#include <algorithm>
#include <iterator>

#include <QCheckBox>
#include <QComboBox>
#include <QCoreApplication>
#include <QLineEdit>
#include <QVBoxLayout>

namespace rushes::ui {

namespace {

constexpr Fit fits[] = {Fit::crop, Fit::pad, Fit::blur};
constexpr int qualities[] = {14, 18, 24}; ///< x264 crf
constexpr int rates[] = {0, 24, 25, 30};  ///< 0: the clip's own
constexpr int social_rate = 3;            ///< of `rates`: what the places for short clips expect

/// A preset with a size of its own, and not a multiple of the clip's.
bool hasShape(const SizePreset& preset) {
    return preset.width > 0;
}

} // namespace

ExportForm::ExportForm(std::vector<ExportRequest> clips, std::filesystem::path folder, QWidget* parent)
    : QWidget(parent),
      clips_(std::move(clips)),
      clip_(clips_.front()),
      folder_(std::move(folder)),
      preset_(new QComboBox),
      format_(new QComboBox),
      fit_caption_(new Caption(tr("Fit"))),
      fit_(new ChoiceRow("choice")),
      rate_(new ChoiceRow("segment")),
      blend_(new QCheckBox(tr("Blend frames"))),
      quality_(new ChoiceRow("segment")),
      recipe_(new QCheckBox(tr("Recipe inside the file"))),
      name_(new QLineEdit),
      suffix_(new QLabel),
      folder_label_(new QLabel),
      part_(linkButton(QStringLiteral("export-part"), {})),
      facts_(new QLabel) {
    setFixedWidth(size::left_panel);
    name_->setText(nameOf(clip_));
    name_->setCursorPosition(0); // its beginning says which clip it is
    if (clips_.size() > 1) {
        name_->setText(tr("each by its prompt and seed"));
        name_->setEnabled(false);
    }
    makeChoices();
    choosePreset({});
}

void ExportForm::makeChoices() {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(size::space1 + 2);
    const auto field = [&](QWidget* caption, QWidget* widget) {
        column->addWidget(caption);
        column->addWidget(widget);
        column->addSpacing(size::space2);
    };
    setNames(preset_, QStringLiteral("export-preset"), tr("Shape"));
    for (const SizePreset& preset : size_presets) {
        const QByteArray label(preset.label.data(), static_cast<qsizetype>(preset.label.size()));
        preset_->addItem(
            QCoreApplication::translate("SizePreset", label.constData()),
            QString::fromLatin1(preset.id.data(), static_cast<qsizetype>(preset.id.size()))
        );
    }
    setNames(format_, QStringLiteral("export-format"), tr("Format"));
    for (const ExportFormat& format : exportFormats()) {
        format_->addItem(tr(format.label));
    }
    setNames(fit_, QStringLiteral("export-fit"), tr("Fit"));
    fit_->add(QStringLiteral("fit-crop"), tr("Crop"))->setToolTip(tr("Fill the shape and cut what is over"));
    fit_->add(QStringLiteral("fit-pad"), tr("Pad"))->setToolTip(tr("The whole picture on black"));
    fit_->add(QStringLiteral("fit-blur"), tr("Blur"))
        ->setToolTip(tr("The whole picture on a blurred copy of itself"));
    fit_->setCurrent(2);
    setNames(quality_, QStringLiteral("export-quality"), tr("Quality"));
    quality_->add(QStringLiteral("quality-best"), tr("Best"));
    quality_->add(QStringLiteral("quality-good"), tr("Good"));
    quality_->add(QStringLiteral("quality-small"), tr("Small"));
    quality_->setCurrent(1);
    setNames(recipe_, QStringLiteral("export-recipe"), recipe_->text());
    recipe_->setChecked(true);
    recipe_->setToolTip(tr("Dropped back on the window, the file restores every setting. Without it the file "
                           "says nothing about its making."));
    setNames(name_, QStringLiteral("export-name"), tr("File name"));
    setRole(facts_, "hint");
    facts_->setObjectName(QStringLiteral("export-facts"));
    facts_->setWordWrap(true);
    field(new Caption(tr("Shape")), preset_);
    field(fit_caption_, fit_);
    field(new Caption(tr("Also as")), makeShapes());
    field(new Caption(tr("Format")), format_);
    field(new CaptionRow(tr("Frames a second"), blend_), makeRates());
    field(new Caption(tr("Quality")), quality_);
    auto* change = linkButton(QStringLiteral("export-folder"), tr("change folder"));
    connect(change, &QPushButton::clicked, this, [this] {
        askFolder(this, tr("Folder for the export"), folder_, [this](const std::filesystem::path& chosen) {
            folder_ = chosen;
            choiceMade();
        });
    });
    auto* named = new QWidget;
    auto* named_row = new QHBoxLayout(named);
    named_row->setContentsMargins(0, 0, 0, 0);
    named_row->addWidget(name_, 1);
    named_row->addWidget(suffix_);
    setRole(suffix_, "dim");
    suffix_->setObjectName(QStringLiteral("export-suffix"));
    field(new CaptionRow(tr("Name"), change), named);
    setRole(folder_label_, "hint");
    column->addWidget(folder_label_);
    column->addWidget(recipe_);
    column->addWidget(facts_);
    column->addWidget(part_, 0, Qt::AlignLeft);
    column->addStretch();
    connect(part_, &QPushButton::clicked, this, [this] {
        whole_clip_ = !whole_clip_;
        choiceMade();
    });
    connect(preset_, &QComboBox::currentIndexChanged, this, [this] {
        showRates();
        choiceMade();
    });
    connect(format_, &QComboBox::currentIndexChanged, this, &ExportForm::choiceMade);
    connect(name_, &QLineEdit::textEdited, this, &ExportForm::choiceMade);
    for (ChoiceRow* row : {fit_, rate_, quality_}) {
        connect(row, &ChoiceRow::chosen, this, &ExportForm::choiceMade);
    }
}

QWidget* ExportForm::makeRates() {
    setNames(rate_, QStringLiteral("export-rate"), tr("Frames a second"));
    for (const int rate : rates) {
        rate_->add(QStringLiteral("rate-%1").arg(rate), rate == 0 ? tr("Own") : QString::number(rate));
    }
    rate_->button(0)->setToolTip(tr("The clip's own frame rate, %1").arg(clip_.rate.fps(), 0, 'g', 4));
    rate_->setCurrent(0);
    setNames(blend_, QStringLiteral("export-blend"), blend_->text());
    blend_->setToolTip(tr("Mixes neighbouring frames where the rates differ; otherwise frames are repeated.")
    );
    connect(blend_, &QCheckBox::toggled, this, &ExportForm::choiceMade);
    return rate_;
}

/// More shapes in one go.
QWidget* ExportForm::makeShapes() {
    auto* group = new QWidget;
    auto* row = new QHBoxLayout(group);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(size::space4);
    for (const SizePreset& preset : size_presets) {
        if (hasShape(preset)) {
            const QString tag = shapeTag({preset.width, preset.height});
            QString words = tag;
            auto* box = new QCheckBox(words.replace(QLatin1Char('x'), QLatin1Char(':')));
            setNames(box, QStringLiteral("also-") + tag, tr("Also as %1").arg(words));
            box->setToolTip(tr("%1 × %2, as a file of its own").arg(preset.width).arg(preset.height));
            connect(box, &QCheckBox::toggled, this, &ExportForm::choiceMade);
            also_.push_back(box);
            row->addWidget(box);
        }
    }
    row->addStretch();
    return group;
}

void ExportForm::choosePreset(const QString& id) {
    const SizePreset& nearest = nearestPreset({clip_.width, clip_.height});
    const int index = preset_->findData(id);
    preset_->setCurrentIndex(
        index >= 0 ? index
                   : preset_->findData(
                         QString::fromLatin1(nearest.id.data(), static_cast<qsizetype>(nearest.id.size()))
                     )
    );
    showRates();
    choiceMade();
}

void ExportForm::chooseFit(int index) {
    fit_->setCurrent(index >= 0 && index < static_cast<int>(std::size(fits)) ? index : 2);
    choiceMade();
}

int ExportForm::fitIndex() const {
    return fit_->current();
}

void ExportForm::chooseFormat(int index) {
    format_->setCurrentIndex(index >= 0 && index < static_cast<int>(exportFormats().size()) ? index : 0);
}

QString ExportForm::presetId() const {
    return preset_->currentData().toString();
}

int ExportForm::formatIndex() const {
    return format_->currentIndex();
}

QSize ExportForm::targetSize(const ExportRequest& clip) const {
    const SizePreset* preset = find_preset(toStd(presetId()));
    if (preset == nullptr) {
        return {};
    }
    const auto size = export_size(*preset, clip.width, clip.height);
    return {size.width, size.height};
}

QSize ExportForm::shownSize() const {
    const QSize size = targetSize(clip_);
    return size.isEmpty() ? QSize(clip_.width, clip_.height) : size;
}

FrameRate ExportForm::rateOf(const ExportRequest& clip) const {
    const int chosen = rates[std::max(0, rate_->current())];
    return chosen == 0 ? clip.rate : FrameRate{chosen, 1};
}

bool ExportForm::checkName() {
    if (name_->text().trimmed().isEmpty()) {
        name_->setFocus();
        return false;
    }
    return true;
}

Fit ExportForm::fit() const {
    return fits[fit_->current()];
}

std::vector<ExportRequest> ExportForm::requests() const {
    std::vector<ExportRequest> all;
    for (const ExportRequest& clip : clips_) {
        for (const QSize& size : sizesOf(clip)) {
            all.push_back(requestFor(clip, size));
        }
    }
    return all;
}

QString ExportForm::nameOf(const ExportRequest& clip) const {
    return toQString(file_slug(clip.recipe.prompt) + "-" + std::to_string(clip.recipe.seed));
}

/// The chosen shape, then the further ones; an empty size is the clip's own.
std::vector<QSize> ExportForm::sizesOf(const ExportRequest& clip) const {
    std::vector<QSize> all{targetSize(clip)};
    std::size_t box = 0;
    for (const SizePreset& preset : size_presets) {
        if (hasShape(preset) && also_[box++]->isChecked() &&
            QSize(preset.width, preset.height) != all.front()) {
            all.emplace_back(preset.width, preset.height);
        }
    }
    return all;
}

/// "-9x16.mp4": files of several shapes tell them apart. A still is one file, without a number.
QString ExportForm::suffixFor(const ExportRequest& clip, QSize size) const {
    QString suffix = QLatin1String(exportFormats()[static_cast<std::size_t>(formatIndex())].suffix);
    if (clip.whole_last == 0) {
        suffix.remove(QLatin1String("-%04d"));
    }
    return size.isEmpty() ? suffix : QLatin1Char('-') + shapeTag(size) + suffix;
}

ExportRequest ExportForm::requestFor(const ExportRequest& clip, QSize size) const {
    ExportRequest request = clip;
    if (whole_clip_) {
        request.first = 0;
        request.last = clip.whole_last;
    }
    request.target_rate = rateOf(clip);
    request.blend = blend_->isChecked();
    request.settings.width = size.width();
    request.settings.height = size.height();
    request.settings.fit = fits[fit_->current()];
    request.settings.quality = qualities[quality_->current()];
    request.settings.embed_recipe = recipe_->isChecked();
    QString name = clips_.size() > 1 ? nameOf(clip) : name_->text().trimmed();
    name.replace(QLatin1Char('/'), QLatin1Char('-'));
    const QString suffix = suffixFor(clip, size);
    if (suffix.contains(QLatin1Char('%'))) {
        name.replace(QLatin1Char('%'), QLatin1Char('-')); // the only pattern is ours
        const QString base = name + suffix.left(suffix.indexOf(QLatin1String("-%")));
        request.target = folder_ / toPath(base) / toPath(name + suffix);
        request.own_folder = true; // hundreds of files want their own
    } else {
        request.target = folder_ / toPath(name + suffix);
    }
    return request;
}

void ExportForm::choiceMade() {
    showChoice();
    emit changed();
}

/// Short clips for social media are expected at 30 frames a second.
void ExportForm::showRates() {
    const SizePreset* preset = find_preset(toStd(presetId()));
    const bool social = preset != nullptr && hasShape(*preset);
    rate_->setCurrent(social && clip_.rate.fps() < rates[social_rate] ? social_rate : 0);
}

void ExportForm::showChoice() {
    const QSize size = targetSize(clip_);
    const QSize shown = shownSize();
    // The same shape needs no fitting.
    const auto other_shape = [this](QSize target) {
        return !target.isEmpty() && target.width() * clip_.height != target.height() * clip_.width;
    };
    const bool fitted =
        std::ranges::any_of(sizesOf(clip_), other_shape) ||
        std::ranges::any_of(clips_, [&](const ExportRequest& clip) {
            const QSize target = targetSize(clip);
            return !target.isEmpty() && target.width() * clip.height != target.height() * clip.width;
        });
    fit_->setVisible(fitted);
    fit_caption_->setVisible(fitted);
    std::size_t box = 0;
    for (const SizePreset& preset : size_presets) {
        if (hasShape(preset)) { // once is enough
            also_[box++]->setEnabled(QSize(preset.width, preset.height) != size);
        }
    }
    const ExportFormat& format = exportFormats()[static_cast<std::size_t>(formatIndex())];
    quality_->setEnabled(format.has_quality);
    quality_->setToolTip(quality_->isEnabled() ? QString() : tr("This format has one quality."));
    suffix_->setText(suffixFor(clip_, size));
    const ExportRequest request = requestFor(clip_, size);
    blend_->setEnabled(std::ranges::any_of(clips_, [this](const ExportRequest& clip) {
        return rateOf(clip) != clip.rate;
    }));
    const double seconds =
        static_cast<double>(request.last - request.first + 1) / std::max(clip_.rate.fps(), 0.001);
    facts_->setText(
        clips_.size() > 1 ? tr("%1 clips · about %2").arg(clips_.size()).arg(bytesText(bytes()))
                          : tr("%1 × %2 · %3 s · %4 fps · about %5")
                                .arg(shown.width())
                                .arg(shown.height())
                                .arg(seconds, 0, 'f', 1)
                                .arg(rateOf(clip_).fps(), 0, 'g', 4)
                                .arg(bytesText(bytes()))
    );
    showPart();
    const QString folder = toQString(folder_);
    folder_label_->setText(
        folder_label_->fontMetrics().elidedText(tr("in %1").arg(folder), Qt::ElideMiddle, size::left_panel)
    );
    folder_label_->setToolTip(folder);
}

/// Of all files, about.
std::uint64_t ExportForm::bytes() const {
    const ExportFormat& format = exportFormats()[static_cast<std::size_t>(formatIndex())];
    std::uint64_t sum = 0;
    for (const ExportRequest& request : requests()) {
        const std::int64_t source_frames = request.last - request.first + 1;
        const std::int64_t frames = framesAt(source_frames, request.rate, request.target_rate);
        // Repeated frames cost next to nothing in a video, everything elsewhere.
        const std::int64_t paid = format.has_quality && !request.blend ? source_frames : frames;
        const QSize size(request.settings.width, request.settings.height);
        sum += expectedBytes(
            format, size.isEmpty() ? QSize(request.width, request.height) : size, paid, quality_->current()
        );
    }
    return sum;
}

void ExportForm::showPart() {
    const double rate = std::max(clip_.rate.fps(), 0.001);
    const double whole = static_cast<double>(clip_.whole_last + 1) / rate;
    const double marked = static_cast<double>(clip_.last - clip_.first + 1) / rate;
    part_->setVisible(clips_.size() == 1 && clip_.last - clip_.first < clip_.whole_last);
    part_->setText(
        whole_clip_ ? tr("Whole clip, %1 s. Take the marked part").arg(whole, 0, 'f', 1)
                    : tr("Marked part, %1 s of %2 s. Take the whole clip")
                          .arg(marked, 0, 'f', 1)
                          .arg(whole, 0, 'f', 1)
    );
    part_->setAccessibleName(part_->text());
}

} // namespace rushes::ui
