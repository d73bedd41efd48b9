// Ctrl+K: all actions, filtered as one types.
#pragma once

#include <functional>
#include <vector>

#include <QDialog>

class QAction;
class QLineEdit;
class QListWidget;

namespace rushes::ui {

/// Something else that can be found: a clip, a model, a setting.
struct PaletteEntry {
    QString words;
    QString kind; ///< at the right, where commands have their keys
    std::function<void()> run;
};

class CommandPalette : public QDialog {
    Q_OBJECT

public:
    CommandPalette(std::vector<QAction*> actions, std::vector<PaletteEntry> entries, QWidget* parent);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void filter(const QString& text);
    void run();

    std::vector<QAction*> actions_;
    std::vector<PaletteEntry> entries_; ///< found only when something is searched
    QLineEdit* search_;
    QListWidget* list_;
};

} // namespace rushes::ui
