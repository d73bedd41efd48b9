// One undo for everything: settings, queue, strip. Each step has words that a toast can name.
#pragma once

#include <functional>

#include <QObject>
#include <QUndoStack>

namespace rushes::ui {

class Toast;

class UndoList : public QObject {
    Q_OBJECT

public:
    explicit UndoList(Toast& toast, QObject* parent = nullptr);

    QUndoStack& stack() { return stack_; }

    /// Does `redo` now (unless it was done already) and keeps how it is undone. `words` name the step: "clip
    /// removed".
    void run(const QString& words, std::function<void()> redo, std::function<void()> undo, bool done = false);

    /// A message with "Undo", which is gone as soon as something else could be undone.
    void say(const QString& message);

    void undo();
    void redo();

private:
    Toast& toast_;
    QUndoStack stack_;
};

} // namespace rushes::ui
