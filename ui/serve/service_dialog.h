// The switch of the service: on or off, the link to it, who is connected, what is not well.
#pragma once

#include <QDialog>

class QCheckBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace rushes::ui {

class BrowserService;
class Settings;

class ServiceDialog : public QDialog {
    Q_OBJECT

public:
    ServiceDialog(BrowserService& service, Settings& settings, QWidget* parent = nullptr);

private:
    QWidget* makeLink();
    QWidget* makePort();
    void showState();
    void choose(bool on);

    BrowserService& service_;
    Settings& settings_;
    QCheckBox* on_;
    QLabel* state_;
    QLineEdit* link_;
    QPushButton* copy_;
    QPushButton* open_;
    QSpinBox* port_;
    QDoubleSpinBox* price_;
    QLabel* connected_;
    QLabel* alerts_;
};

} // namespace rushes::ui
