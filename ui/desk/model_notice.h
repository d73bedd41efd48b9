// The quiet line of the first start: the built-in model is a demonstration, and how to add a larger one. It
// takes its own line below the transport bar.
#pragma once

#include "models/model_info.h"

#include <cstdint>
#include <vector>

#include <QBoxLayout>
#include <QWidget>

namespace rushes::ui {

/// What the line says to a machine with so much main memory (0: not known).
QString largerModelsText(const std::vector<PublishedModel>& published, std::uint64_t memory);

class ModelNotice : public QWidget {
    Q_OBJECT

public:
    ModelNotice(
        const std::vector<PublishedModel>& published, std::uint64_t memory, QWidget* parent = nullptr
    );

    /// After the first clip only a link is left.
    void fold(bool folded);

signals:
    void addRequested();
    void dismissed();
    void pageRequested(const QString& repository); ///< of a published model

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QBoxLayout* beside_ = nullptr; ///< words and buttons
    QWidget* whole_;
    QWidget* link_;
};

} // namespace rushes::ui
