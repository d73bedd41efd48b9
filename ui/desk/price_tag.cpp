#include "desk/price_tag.h"

#include "base/error.h"
#include "controls/generate_button.h"
#include "controls/recipe_panel.h"
#include "convert.h"
#include "session/studio_session.h"

namespace rushes::ui {

PriceTag::PriceTag(StudioSession& session, RecipePanel& panel, QObject* parent)
    : QObject(parent), session_(session), panel_(panel) {
    timer_.setSingleShot(true);
    timer_.setInterval(0);
    connect(&timer_, &QTimer::timeout, this, &PriceTag::show);
    connect(&session_, &StudioSession::modelsFound, this, &PriceTag::refresh);
    connect(&session_, &StudioSession::engineLoaded, this, &PriceTag::refresh);
    connect(&session_, &StudioSession::pricesChanged, this, &PriceTag::refresh);
}

void PriceTag::show() {
    if (session_.models().empty()) {
        return;
    }
    GenerateButton& button = panel_.generate();
    try {
        const Price price = session_.price(panel_.recipe());
        QStringList parts;
        if (price.seconds >= 0) {
            parts << aboutSeconds(price.seconds);
        }
        parts << bytesText(price.bytes);
        button.setPrice(parts.join(QStringLiteral(" · ")));
        button.setToolTip(QString());
        button.setEnabled(true);
        session_.warmUp(panel_.recipe());
    } catch (const Error& error) {
        button.setPrice(tr("not possible"));
        button.setToolTip(QString::fromUtf8(error.what()) + QLatin1Char(' ') + toQString(error.hint()));
    }
}

} // namespace rushes::ui
