// The quiet line of the first start: the built-in model is a demonstration, and how to add a larger one. It
// takes its own line below the transport bar.
#pragma once

#include <QWidget>

namespace rushes::ui {

class ModelNotice : public QWidget {
    Q_OBJECT

public:
    explicit ModelNotice(QWidget* parent = nullptr);

signals:
    void addRequested();
    void dismissed();
};

} // namespace rushes::ui
