// What the next clip will take, on the Generate button. Asked for again, once in a turn of the event loop,
// when settings, models or learned speeds changed; the model of the settings is loaded meanwhile.
#pragma once

#include <QObject>
#include <QTimer>

namespace rushes::ui {

class RecipePanel;
class StudioSession;

class PriceTag : public QObject {
    Q_OBJECT

public:
    PriceTag(StudioSession& session, RecipePanel& panel, QObject* parent = nullptr);

    void refresh() { timer_.start(); }

private:
    void show();

    StudioSession& session_;
    RecipePanel& panel_;
    QTimer timer_;
};

} // namespace rushes::ui
