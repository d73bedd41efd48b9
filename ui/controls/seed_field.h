// The seed: a number, a die for another one, a lock to keep it from run to run.
#pragma once

#include <cstdint>

#include <QWidget>

class QLineEdit;
class QToolButton;

namespace rushes::ui {

class SeedField : public QWidget {
    Q_OBJECT

public:
    explicit SeedField(QWidget* parent = nullptr);

    void showSeed(std::uint64_t seed);
    bool locked() const;
    void setLocked(bool locked);

    static std::uint64_t randomSeed();

signals:
    void edited(quint64 seed);
    void lockChanged(bool locked);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void takeText();
    void showLock();

    QLineEdit* edit_;
    QToolButton* dice_;
    QToolButton* lock_;
    std::uint64_t seed_ = 0;
};

} // namespace rushes::ui
