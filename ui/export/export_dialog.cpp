#include "export/export_dialog.h"

#include "controls/basic.h"
#include "convert.h"
#include "export/export_preview.h"
#include "work/show_in_folder.h"

#include <QFileInfo>
#include <QProgressBar>
#include <QVBoxLayout>

namespace rushes::ui {

ExportDialog::ExportDialog(std::vector<ExportRequest> clips, std::filesystem::path folder, QWidget* parent)
    : QDialog(parent),
      form_(new ExportForm(std::move(clips), std::move(folder))),
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
    top->addWidget(form_, 0, Qt::AlignTop);
    top->addWidget(preview_, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(
        size::space4 + size::space1, size::space4 + size::space1, size::space4 + size::space1, size::space4
    );
    column->setSpacing(size::space3);
    column->addLayout(top, 1);
    column->addWidget(makeBottom());

    connectJob();
    connect(form_, &ExportForm::changed, this, [this] {
        message_->clear(); // what was said about the last export no longer holds
        show_in_folder_->hide();
        showChoice();
    });
    showRunning(false);
    showChoice();
}

void ExportDialog::showChoice() {
    preview_->setTarget(form_->shownSize(), form_->fit());
    const auto files = form_->requests().size();
    start_->setText(files == 1 ? tr("Export") : tr("Export %1 files").arg(files));
}

void ExportDialog::connectJob() {
    connect(&job_, &ExportJob::progressed, this, [this](int percent) {
        if (percent >= 100) {
            progress_->setRange(0, 0); // the last frame is in; formats that sort their colours take longer
            message_->setText(tr("Finishing the file…"));
        } else {
            progress_->setValue(percent);
        }
    });
    connect(&job_, &ExportJob::finished, this, &ExportDialog::showResult);
    connect(&job_, &ExportJob::cancelled, this, [this] {
        waiting_.clear();
        showRunning(false);
        message_->setText(
            results_.isEmpty() ? tr("Cancelled. Nothing was written.")
                               : tr("Cancelled. %1 files are complete.").arg(results_.size())
        );
    });
    connect(&job_, &ExportJob::failed, this, [this](const Error& error) {
        waiting_.clear();
        showRunning(false);
        message_->setText(QString::fromUtf8(error.what()) + QLatin1Char(' ') + toQString(error.hint()));
    });
}

void ExportDialog::reject() {
    if (job_.running()) {
        job_.cancel();
    } else {
        QDialog::reject();
    }
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
    connect(show_in_folder_, &QPushButton::clicked, this, [this] { showInFolder(results_.back()); });
    connect(close_, &QPushButton::clicked, this, [this] { reject(); });
    return group;
}

void ExportDialog::setPicture(const QImage& picture) {
    preview_->setPicture(picture);
}

void ExportDialog::begin() {
    if (!form_->checkName()) {
        message_->setText(tr("Give the file a name."));
        return;
    }
    results_.clear();
    waiting_ = form_->requests();
    files_ = waiting_.size();
    startNext();
}

void ExportDialog::startNext() {
    const ExportRequest request = waiting_.front();
    waiting_.erase(waiting_.begin());
    message_->setText(
        files_ == 1 ? QString() : tr("File %1 of %2").arg(files_ - waiting_.size()).arg(files_)
    );
    showRunning(true);
    job_.start(request);
}

void ExportDialog::showRunning(bool running) {
    start_->setEnabled(!running);
    form_->setEnabled(!running); // what is written does not change any more
    close_->setText(running ? tr("Cancel") : tr("Close"));
    progress_->setRange(0, 100);
    progress_->setValue(0);
    progress_->setVisible(running);
    show_in_folder_->setVisible(false);
}

void ExportDialog::showResult(const ExportResult& result) {
    results_ << toQString(result.path);
    emit exported(results_.back());
    if (!waiting_.empty()) {
        startNext();
        return;
    }
    showRunning(false);
    QString text = results_.size() == 1 ? tr("Written: %1").arg(QFileInfo(results_.front()).fileName())
                                        : tr("Written: %1 files").arg(results_.size());
    if (!result.note.empty()) {
        text += QLatin1Char('\n') + toQString(result.note);
    }
    message_->setText(text);
    message_->setToolTip(results_.join(QLatin1Char('\n')));
    show_in_folder_->setVisible(true);
}

} // namespace rushes::ui
