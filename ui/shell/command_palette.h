// Ctrl+K: all actions, filtered as one types.
#pragma once

#include <vector>

#include <QDialog>

class QAction;
class QLineEdit;
class QListWidget;

namespace rushes::ui {

class CommandPalette : public QDialog {
    Q_OBJECT

public:
    CommandPalette(std::vector<QAction*> actions, QWidget* parent);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void filter(const QString& text);
    void run();

    std::vector<QAction*> actions_;
    QLineEdit* search_;
    QListWidget* list_;
};

} // namespace rushes::ui
