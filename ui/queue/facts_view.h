// Names left, values right: the phases of a run, the facts of a clip.
#pragma once

#include <utility>
#include <vector>

#include <QWidget>

class QGridLayout;
class QLabel;

namespace rushes::ui {

class FigureLabel;

class FactsView : public QWidget {
    Q_OBJECT

public:
    explicit FactsView(QWidget* parent = nullptr);

    /// Rows in order; a row whose name stays keeps its place.
    void setFacts(const std::vector<std::pair<QString, QString>>& facts);
    void setValue(const QString& name, const QString& value);
    QString value(const QString& name) const;
    QString text() const; ///< "name: value" lines

private:
    QGridLayout* grid_;
    std::vector<std::pair<QLabel*, FigureLabel*>> rows_; ///< owned by this widget
};

} // namespace rushes::ui
