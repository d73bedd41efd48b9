// The film strip with its search, which is seen only while somebody searches.
#pragma once

#include <QWidget>

class QLineEdit;
class QToolButton;

namespace rushes::ui {

class FilmStrip;

class StripPanel : public QWidget {
    Q_OBJECT

public:
    explicit StripPanel(FilmStrip& strip, QWidget* parent = nullptr);

    void beginSearch();

signals:
    void searched(const QString& words, bool favourites); ///< nothing of both: all clips again

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void endSearch();

    void tell();

    FilmStrip& strip_;
    QWidget* head_;
    QLineEdit* search_;
    QToolButton* favourites_;
};

} // namespace rushes::ui
