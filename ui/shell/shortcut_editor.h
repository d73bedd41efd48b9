// F1: every action with its key, by menu, searchable. A click or Enter on a key, then the new one: it holds
// at once.
#pragma once

#include <vector>

#include <QDialog>
#include <QKeySequence>
#include <QPushButton>

class QGridLayout;
class QLabel;
class QLineEdit;

namespace rushes::ui {

class Actions;

/// Shows a key and takes another one: pressed once, it waits for the next key. Esc leaves it as it was,
/// Backspace takes the key away, Tab goes on.
class KeyField : public QPushButton {
    Q_OBJECT

public:
    explicit KeyField(QWidget* parent = nullptr);

    void showKeys(const QString& keys);

    bool waiting() const { return waiting_; }

signals:
    void captured(const QKeySequence& key); ///< empty: none from now on

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void wait(bool on);

    QString keys_;
    bool waiting_ = false;
};

class ShortcutEditor : public QDialog {
    Q_OBJECT

public:
    ShortcutEditor(Actions& actions, QWidget* parent);

private:
    struct Row {
        QAction* action;
        QLabel* name;
        KeyField* field;
        QPushButton* reset;
        QLabel* heading; ///< of its group
    };

    QWidget* makeRows();
    QLabel* addHeading(QGridLayout& grid, const QAction& action);
    void addRow(QGridLayout& grid, QAction* action, QLabel* heading);
    void filter(const QString& words);
    QWidget* makeFoot();
    void take(QAction& action, const QKeySequence& key);
    void showKeys();

    Actions& actions_;
    std::vector<Row> rows_;
    QLineEdit* search_;
    QLabel* nothing_;
    QLabel* message_;
    QPushButton* take_over_;
    QAction* asking_ = nullptr; ///< wants asked_for_, which belongs to another action
    QKeySequence asked_for_;
};

} // namespace rushes::ui
