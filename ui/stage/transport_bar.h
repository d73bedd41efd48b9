// Play, step, loop, scrub and export, below the picture.
#pragma once

#include <QWidget>

class QPushButton;
class QToolButton;

namespace rushes::ui {

class FigureLabel;
class Player;
class TimeLine;

class TransportBar : public QWidget {
    Q_OBJECT

public:
    explicit TransportBar(Player& player, QWidget* parent = nullptr);

    void setBlocks(int blocks);
    void setExportEnabled(bool enabled);

signals:
    void exportClicked();

private:
    QToolButton* tool(const QString& name, const QString& icon_name, const QString& text);
    void showState();
    void showPosition();

    Player& player_;
    QToolButton* play_;
    QToolButton* loop_;
    FigureLabel* position_;
    FigureLabel* length_;
    TimeLine* time_line_;
    QPushButton* export_;
    int blocks_ = 0;
};

} // namespace rushes::ui
