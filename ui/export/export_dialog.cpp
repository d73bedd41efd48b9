#include "export/export_dialog.h"

#include "base/paths.h"
#include "controls/basic.h"
#include "convert.h"
#include "export/export_preview.h"
#include "media/presets.h"

#include <iterator>

#include <QCheckBox>
#include <QComboBox>
#include <QCoreApplication>
#include <QDesktopServices>
#include <QFileDialog>
#include <QFileInfo>
#include <QLineEdit>
#include <QProgressBar>
#include <QUrl>
#include <QVBoxLayout>

namespace rushes::ui {

namespace {

struct Format {
    const char* label;
    const char* suffix;
    bool has_quality;
};

constexpr Format formats[] = {
    {QT_TRANSLATE_NOOP("ExportDialog", "MP4 · H.264, plays everywhere"), ".mp4", true},
    {QT_TRANSLATE_NOOP("ExportDialog", "GIF · loops, 256 colours"), ".gif", false},
    {QT_TRANSLATE_NOOP("ExportDialog", "WebP · loops, small"), ".webp", true},
    {QT_TRANSLATE_NOOP("ExportDialog", "PNG sequence · lossless"), "-%04d.png", false},
    {QT_TRANSLATE_NOOP("ExportDialog", "MKV · FFV1, lossless"), ".mkv", false},
};

constexpr Fit fits[] = {Fit::crop, Fit::pad, Fit::blur};
constexpr int qualities[] = {14, 18, 24}; ///< x264 crf

} // namespace

void showInFolder(const QString& file) {
    QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(file).absolutePath()));
}

ExportDialog::ExportDialog(ExportRequest clip, std::filesystem::path folder, QWidget* parent)
    : QDialog(parent),
      clip_(std::move(clip)),
      folder_(std::move(folder)),
      preset_(new QComboBox),
      format_(new QComboBox),
      fit_caption_(new Caption(tr("Fit"))),
      fit_(new ChoiceRow("choice")),
      quality_(new ChoiceRow("segment")),
      recipe_(new QCheckBox(tr("Recipe inside the file"))),
      name_(new QLineEdit),
      folder_label_(new QLabel),
      facts_(new QLabel),
      message_(new QLabel),
      progress_(new QProgressBar),
      show_in_folder_(new QPushButton(tr("Show in folder"))),
      close_(new QPushButton(tr("Close"))),
      start_(new QPushButton(tr("Export"))),
      preview_(new ExportPreview) {
    setObjectName(QStringLiteral("export-dialog"));
    setWindowTitle(tr("Export"));
    resize(size::dialog_width, size::dialog_height);
    auto* top = new QHBoxLayout;
    top->setSpacing(size::space4 + size::space2);
    top->addWidget(makeChoices());
    top->addWidget(preview_, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(
        size::space4 + size::space1, size::space4 + size::space1, size::space4 + size::space1, size::space4
    );
    column->setSpacing(size::space3);
    column->addLayout(top, 1);
    column->addWidget(makeBottom());

    connect(&job_, &ExportJob::progressed, progress_, &QProgressBar::setValue);
    connect(&job_, &ExportJob::finished, this, &ExportDialog::showResult);
    connect(&job_, &ExportJob::cancelled, this, [this] {
        showRunning(false);
        message_->setText(tr("Cancelled. Nothing was written."));
    });
    connect(&job_, &ExportJob::failed, this, [this](const Error& error) {
        showRunning(false);
        message_->setText(QString::fromUtf8(error.what()) + QLatin1Char(' ') + toQString(error.hint()));
    });
    const std::string time_less = file_slug(clip_.recipe.prompt) + "-" + std::to_string(clip_.recipe.seed);
    name_->setText(toQString(time_less));
    showRunning(false);
    showChoice();
}

QWidget* ExportDialog::makeChoices() {
    auto* group = new QWidget;
    group->setFixedWidth(size::left_panel);
    auto* column = new QVBoxLayout(group);
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
    for (const Format& format : formats) {
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
    field(new Caption(tr("Format")), format_);
    field(new Caption(tr("Quality")), quality_);
    auto* change = linkButton(QStringLiteral("export-folder"), tr("change folder"));
    connect(change, &QPushButton::clicked, this, [this] {
        const QString chosen =
            QFileDialog::getExistingDirectory(this, tr("Folder for the export"), toQString(folder_));
        if (!chosen.isEmpty()) {
            folder_ = toPath(chosen);
            showChoice();
        }
    });
    field(new CaptionRow(tr("Name"), change), name_);
    setRole(folder_label_, "hint");
    column->addWidget(folder_label_);
    column->addWidget(recipe_);
    column->addWidget(facts_);
    column->addStretch();
    connect(preset_, &QComboBox::currentIndexChanged, this, &ExportDialog::showChoice);
    connect(format_, &QComboBox::currentIndexChanged, this, &ExportDialog::showChoice);
    connect(fit_, &ChoiceRow::chosen, this, &ExportDialog::showChoice);
    return group;
}

QWidget* ExportDialog::makeBottom() {
    auto* group = new QWidget;
    auto* column = new QVBoxLayout(group);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(size::space3);
    progress_->setObjectName(QStringLiteral("export-progress"));
    progress_->setTextVisible(false);
    column->addWidget(progress_);
    auto* row = new QHBoxLayout;
    row->setSpacing(size::space2);
    message_->setObjectName(QStringLiteral("export-message"));
    message_->setWordWrap(true);
    message_->setTextFormat(Qt::PlainText);
    row->addWidget(message_, 1);
    setNames(show_in_folder_, QStringLiteral("export-show"), show_in_folder_->text());
    setNames(close_, QStringLiteral("export-close"), close_->text());
    setNames(start_, QStringLiteral("export-start"), start_->text());
    setRole(start_, "primary");
    start_->setDefault(true);
    show_in_folder_->hide();
    for (QPushButton* button : {show_in_folder_, close_, start_}) {
        row->addWidget(button);
    }
    column->addLayout(row);
    connect(start_, &QPushButton::clicked, this, &ExportDialog::begin);
    connect(show_in_folder_, &QPushButton::clicked, this, [this] { showInFolder(result_file_); });
    connect(close_, &QPushButton::clicked, this, [this] {
        if (job_.running()) {
            job_.cancel();
        } else {
            close();
        }
    });
    return group;
}

void ExportDialog::setPicture(const QImage& picture) {
    preview_->setPicture(picture);
}

void ExportDialog::choosePreset(const QString& id) {
    const int index = preset_->findData(id);
    preset_->setCurrentIndex(index < 0 ? 0 : index);
}

void ExportDialog::chooseFormat(int index) {
    format_->setCurrentIndex(index >= 0 && index < static_cast<int>(std::size(formats)) ? index : 0);
}

QString ExportDialog::presetId() const {
    return preset_->currentData().toString();
}

int ExportDialog::formatIndex() const {
    return format_->currentIndex();
}

QSize ExportDialog::targetSize() const {
    const SizePreset* preset = find_preset(toStd(presetId()));
    if (preset == nullptr) {
        return {};
    }
    const auto size = export_size(*preset, clip_.width, clip_.height);
    return {size.width, size.height};
}

ExportSettings ExportDialog::settings() const {
    ExportSettings settings;
    settings.width = targetSize().width();
    settings.height = targetSize().height();
    settings.fit = fits[fit_->current()];
    settings.quality = qualities[quality_->current()];
    settings.embed_recipe = recipe_->isChecked();
    return settings;
}

void ExportDialog::showChoice() {
    const QSize size = targetSize();
    const QSize shown = size.isEmpty() ? QSize(clip_.width, clip_.height) : size;
    // The same shape needs no fitting.
    const bool other_shape = !size.isEmpty() && size.width() * clip_.height != size.height() * clip_.width;
    fit_->setVisible(other_shape);
    fit_caption_->setVisible(other_shape);
    quality_->setEnabled(formats[formatIndex()].has_quality);
    quality_->setToolTip(quality_->isEnabled() ? QString() : tr("This format has one quality."));
    preview_->setTarget(shown, fits[fit_->current()]);
    const double seconds =
        static_cast<double>(clip_.last - clip_.first + 1) / std::max(clip_.rate.fps(), 0.001);
    facts_->setText(tr("%1 × %2 · %3 s · %4 fps")
                        .arg(shown.width())
                        .arg(shown.height())
                        .arg(seconds, 0, 'f', 1)
                        .arg(clip_.rate.fps(), 0, 'g', 4));
    const QString folder = toQString(folder_);
    folder_label_->setText(
        folder_label_->fontMetrics().elidedText(tr("in %1").arg(folder), Qt::ElideMiddle, size::left_panel)
    );
    folder_label_->setToolTip(folder);
}

void ExportDialog::begin() {
    QString name = name_->text().trimmed();
    name.replace(QLatin1Char('/'), QLatin1Char('-'));
    if (name.isEmpty()) {
        message_->setText(tr("Give the file a name."));
        name_->setFocus();
        return;
    }
    const QString suffix = QLatin1String(formats[formatIndex()].suffix);
    if (suffix.contains(QLatin1Char('%'))) {
        name.replace(QLatin1Char('%'), QLatin1Char('-')); // the only pattern is ours
    }
    ExportRequest request = clip_;
    request.target = folder_ / toPath(name + suffix);
    request.settings = settings();
    message_->clear();
    showRunning(true);
    job_.start(request);
}

void ExportDialog::showRunning(bool running) {
    start_->setEnabled(!running);
    close_->setText(running ? tr("Cancel") : tr("Close"));
    progress_->setValue(running ? 0 : progress_->value());
    progress_->setVisible(running);
    show_in_folder_->setVisible(false);
}

void ExportDialog::showResult(const ExportResult& result) {
    showRunning(false);
    result_file_ = toQString(result.path);
    QString text = tr("Written: %1").arg(QFileInfo(result_file_).fileName());
    if (!result.note.empty()) {
        text += QLatin1Char('\n') + toQString(result.note);
    }
    message_->setText(text);
    message_->setToolTip(result_file_);
    show_in_folder_->setVisible(true);
    emit exported(result_file_);
}

} // namespace rushes::ui
