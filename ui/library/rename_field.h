// The name of a file, to be typed over.
#pragma once

#include <QLineEdit>

namespace rushes::ui {

class RenameField : public QLineEdit {
    Q_OBJECT

public:
    explicit RenameField(const QString& name, QWidget* parent = nullptr);

signals:
    void done(const QString& name); ///< once; empty: it stays as it was

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void end(bool take);

    const QString before_;
    bool ended_ = false;
};

} // namespace rushes::ui
