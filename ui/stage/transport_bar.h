// Play, step, loop, scrub and export, below the picture.
#pragma once

#include "stage/time_line.h"

#include <QString>
#include <QWidget>

class QMenu;
class QPushButton;
class QToolButton;

namespace rushes::ui {

class FigureLabel;
class Player;

/// The shortcuts that the tooltips name.
struct TransportKeys {
    QString start;
    QString play;
    QString end;
    QString compare;
    QString export_clip;
};

class TransportBar : public QWidget {
    Q_OBJECT

public:
    explicit TransportBar(Player& player, QWidget* parent = nullptr);

    void setBlocks(int blocks);
    void setExportEnabled(bool enabled);
    void setComparing(bool on);
    /// The ways of comparing, beside the button.
    void setCompareMenu(QMenu* menu);
    void setKeys(const TransportKeys& keys);
    void setTimeUnit(TimeUnit unit);

signals:
    void exportClicked();
    void compareClicked();

private:
    void resizeEvent(QResizeEvent* event) override;
    QToolButton* tool(const QString& name, const QString& icon_name, const QString& text);
    void showState();
    void showPosition();

    Player& player_;
    TransportKeys keys_;
    QToolButton* first_;
    QToolButton* play_;
    QToolButton* last_;
    QToolButton* loop_;
    QToolButton* compare_;
    FigureLabel* position_;
    FigureLabel* length_;
    FigureLabel* speed_;
    TimeLine* time_line_;
    QPushButton* export_;
    int blocks_ = 0;
    TimeUnit unit_ = TimeUnit::seconds;
};

} // namespace rushes::ui
