#include "queue/facts_view.h"

#include "controls/basic.h"

#include <QGridLayout>

namespace rushes::ui {

FactsView::FactsView(QWidget* parent) : QWidget(parent), grid_(new QGridLayout(this)) {
    grid_->setContentsMargins(0, 0, 0, 0);
    grid_->setHorizontalSpacing(size::space4);
    grid_->setVerticalSpacing(size::space1);
    grid_->setColumnStretch(1, 1);
}

void FactsView::setFacts(const std::vector<std::pair<QString, QString>>& facts) {
    while (rows_.size() < facts.size()) {
        auto* name = new QLabel;
        setRole(name, "hint");
        auto* value = new FigureLabel;
        value->setElided(true);
        const int row = static_cast<int>(rows_.size());
        grid_->addWidget(name, row, 0);
        grid_->addWidget(value, row, 1);
        rows_.emplace_back(name, value);
    }
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        const bool used = i < facts.size();
        rows_[i].first->setVisible(used);
        rows_[i].second->setVisible(used);
        if (used) {
            rows_[i].first->setText(facts[i].first);
            rows_[i].second->setText(facts[i].second);
            rows_[i].second->setToolTip(facts[i].second);
            rows_[i].second->setAccessibleName(facts[i].first);
        }
    }
}

void FactsView::setValue(const QString& name, const QString& value) {
    for (const auto& [label, figure] : rows_) {
        if (label->text() == name) {
            figure->setText(value);
        }
    }
}

QString FactsView::value(const QString& name) const {
    for (const auto& [label, figure] : rows_) {
        if (label->text() == name && !label->isHidden()) {
            return figure->text();
        }
    }
    return {};
}

QString FactsView::text() const {
    QStringList lines;
    for (const auto& [label, figure] : rows_) {
        if (!label->isHidden()) {
            lines << QStringLiteral("%1: %2").arg(label->text(), figure->text());
        }
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace rushes::ui
