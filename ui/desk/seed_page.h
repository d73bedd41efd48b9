// A contact sheet: takes of one idea side by side, all moving. Keep, drop, make the chosen one, by key or
// mouse.
#pragma once

#include <QDialog>
#include <QTimer>

class QLabel;
class QListView;

namespace rushes::ui {

class Sketches;

/// What the takes are for.
enum class TakesAre { clips, values, first_pictures };

class SeedPage : public QDialog {
    Q_OBJECT

public:
    /// `columns`: takes in a row.
    SeedPage(Sketches& sketches, TakesAre kind, int columns, QWidget* parent = nullptr);

    /// Takes stand still.
    void setCalm(bool calm);

signals:
    void chosen(int row);
    void anotherSetWanted();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void showState();
    int current() const;
    void mark(int row, bool keep);

    Sketches& sketches_;
    const TakesAre kind_;
    QListView* list_;
    QLabel* state_;
    QTimer clock_;
    int frame_ = 0;
};

} // namespace rushes::ui
