// Words that a demonstration model knows, in the place of one that it does not: a click puts one there.
#pragma once

#include "controls/choices.h"

#include <QWidget>

namespace rushes::ui {

class FlowLayout;

class WordChips : public QWidget {
    Q_OBJECT

public:
    explicit WordChips(QWidget* parent = nullptr);

    void setOffer(const WordOffer& offer);

signals:
    void chosen(const QString& unknown, const QString& word);

private:
    FlowLayout* row_;
    WordOffer offer_;
};

} // namespace rushes::ui
