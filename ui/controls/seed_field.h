// The seed: a number that is used as it stands there, a die for another one, and a switch for a new one after
// every clip.
#pragma once

#include <cstdint>

#include <QWidget>

class QCheckBox;
class QLineEdit;
class QToolButton;

namespace rushes::ui {

class SeedField : public QWidget {
    Q_OBJECT

public:
    explicit SeedField(QWidget* parent = nullptr);

    void showSeed(std::uint64_t seed);

    /// Belongs beside the caption.
    QCheckBox& newEachTime() { return *new_each_time_; }

    /// Takes what is typed now, although the field still has the focus.
    void takeText();

    static std::uint64_t randomSeed();

signals:
    void edited(quint64 seed);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QLineEdit* edit_;
    QToolButton* dice_;
    QCheckBox* new_each_time_;
    std::uint64_t seed_ = 0;
};

} // namespace rushes::ui
