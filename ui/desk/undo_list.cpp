#include "desk/undo_list.h"

#include "controls/toast.h"

#include <utility>

namespace rushes::ui {

namespace {

class CallStep : public QUndoCommand {
public:
    CallStep(const QString& words, std::function<void()> redo, std::function<void()> undo, bool done)
        : QUndoCommand(words), redo_(std::move(redo)), undo_(std::move(undo)), done_(done) {}

    void redo() override {
        if (!std::exchange(done_, false)) {
            redo_();
        }
    }

    void undo() override { undo_(); }

private:
    const std::function<void()> redo_;
    const std::function<void()> undo_;
    bool done_; ///< the person did it before the step was made
};

} // namespace

UndoList::UndoList(Toast& toast, QObject* parent) : QObject(parent), toast_(toast) {
    connect(&stack_, &QUndoStack::indexChanged, &toast_, &Toast::withdrawAction);
}

void UndoList::run(const QString& words, std::function<void()> redo, std::function<void()> undo, bool done) {
    stack_.push(new CallStep(words, std::move(redo), std::move(undo), done)); // the stack owns it
}

void UndoList::say(const QString& message) {
    toast_.say(message, tr("Undo"), [this] { undo(); });
}

void UndoList::undo() {
    if (stack_.canUndo()) {
        const QString words = stack_.undoText();
        stack_.undo();
        toast_.say(tr("Undone: %1").arg(words), tr("Redo"), [this] { redo(); });
    }
}

void UndoList::redo() {
    if (stack_.canRedo()) {
        const QString words = stack_.redoText();
        stack_.redo();
        toast_.say(tr("Done again: %1").arg(words), tr("Undo"), [this] { undo(); });
    }
}

} // namespace rushes::ui
