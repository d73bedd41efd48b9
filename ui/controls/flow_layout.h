// Items side by side, wrapped into lines: the example chips.
#pragma once

#include <memory>
#include <vector>

#include <QLayout>

namespace rushes::ui {

class FlowLayout : public QLayout {
    Q_OBJECT

public:
    explicit FlowLayout(int spacing, QWidget* parent = nullptr);
    ~FlowLayout() override;

    /// Lines in the middle, not at the left.
    void setCentred(bool centred) { centred_ = centred; }

    void addItem(QLayoutItem* item) override;

    int count() const override { return static_cast<int>(items_.size()); }

    QLayoutItem* itemAt(int index) const override;
    QLayoutItem* takeAt(int index) override;

    Qt::Orientations expandingDirections() const override { return {}; }

    bool hasHeightForWidth() const override { return true; }

    int heightForWidth(int width) const override;

    QSize sizeHint() const override { return minimumSize(); }

    QSize minimumSize() const override;
    void setGeometry(const QRect& rect) override;

private:
    int arrange(const QRect& rect, bool move) const;

    std::vector<std::unique_ptr<QLayoutItem>> items_;
    bool centred_ = false;
};

} // namespace rushes::ui
