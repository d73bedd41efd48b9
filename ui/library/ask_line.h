// One line below the clips that asks for a word or two: tags, the name of a collection. Enter takes it, Esc
// does not.
#pragma once

#include <functional>

#include <QWidget>

class QCompleter;
class QLabel;
class QLineEdit;

namespace rushes::ui {

class AskLine : public QWidget {
    Q_OBJECT

public:
    struct Question {
        QString name; ///< the field's object name
        QString caption;
        QString accessible;
        QString hint;
        QString text{};      ///< to begin with
        QStringList known{}; ///< what is offered while typing
    };

    explicit AskLine(QWidget* parent = nullptr);

    /// `answered` gets what was typed.
    void ask(const Question& question, std::function<void(const QString& text)> answered);

signals:
    void ended(); ///< answered or not: the line is gone

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void end(bool answer);

    QLabel* caption_;
    QLineEdit* edit_;
    std::function<void(const QString&)> answered_;
};

} // namespace rushes::ui
