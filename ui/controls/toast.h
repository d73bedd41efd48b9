// A short message with one action ("Undo"); goes by itself. It lies over the lower edge of its parent, at a
// fixed place: nothing moves when it comes.
#pragma once

#include <functional>

#include <QTimer>
#include <QWidget>

class QLabel;
class QPushButton;

namespace rushes::ui {

class Toast : public QWidget {
    Q_OBJECT

public:
    explicit Toast(QWidget* parent = nullptr);

    void say(const QString& text, const QString& action = {}, std::function<void()> act = {});
    QString text() const;

    /// The message stays, its action goes: something else happened since.
    void withdrawAction();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void place();

    QLabel* label_;
    QPushButton* action_;
    std::function<void()> act_;
    QTimer timer_;
};

} // namespace rushes::ui
