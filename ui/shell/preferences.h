// Everything that is chosen once: one page, searchable. Each change holds at once.
#pragma once

#include <functional>
#include <vector>

#include <QDialog>

class QCheckBox;
class QComboBox;
class QGridLayout;
class QLabel;
class QLineEdit;

namespace rushes::ui {

class Settings;
enum class Setting;

class Preferences : public QDialog {
    Q_OBJECT

public:
    /// `cards`: the graphics cards that can be used, in the order of their device strings.
    Preferences(Settings& settings, const QStringList& cards, QWidget* parent = nullptr);

    /// What the page has, for a search from elsewhere.
    static QStringList captions();
    void search(const QString& words);

signals:
    void schemeChosen(const QString& name);
    void folderWanted();
    void keysWanted();
    void serviceWanted();
    void changed(); ///< some setting

private:
    /// A caption, its control, and words that explain it; a search looks at all of them.
    struct Row {
        QLabel* caption;
        QWidget* control;
        QLabel* hint;
        bool heading = false;
    };

    void addHeading(const QString& text);
    void addRow(const QString& caption, QWidget* control, const QString& hint);
    QComboBox*
    combo(const QString& name, Setting setting, const std::vector<std::pair<QString, QString>>& choices);
    QCheckBox* check(const QString& name, Setting setting);
    void addLook();
    void addClips();
    void addExport();
    void addEngine(const QStringList& cards);
    void addNetwork();
    void addDone();
    void filter(const QString& words);

    Settings& settings_;
    QLineEdit* search_;
    QLabel* nothing_;
    QGridLayout* grid_;
    std::vector<Row> rows_;
};

} // namespace rushes::ui
