// Reads what LoRA files say of themselves for the panel, on a thread of its own: they lie on a disk.
#pragma once

#include "work/task_thread.h"

#include <QObject>

namespace rushes::ui {

class LoraGroup;

class LoraReader : public QObject {
    Q_OBJECT

public:
    explicit LoraReader(LoraGroup& group, QObject* parent = nullptr);

private:
    void read(const std::string& path);

    LoraGroup& group_;
    TaskThread thread_; ///< last: ends first
};

} // namespace rushes::ui
