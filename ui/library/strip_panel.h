// The film strip with its search, which is seen only while somebody searches.
#pragma once

#include <QWidget>

class QLineEdit;

namespace rushes::ui {

class FilmStrip;

class StripPanel : public QWidget {
    Q_OBJECT

public:
    explicit StripPanel(FilmStrip& strip, QWidget* parent = nullptr);

    void beginSearch();

signals:
    void searched(const QString& words); ///< empty: all clips again

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void endSearch();

    FilmStrip& strip_;
    QLineEdit* search_;
};

} // namespace rushes::ui
