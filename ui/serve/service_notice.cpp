#include "serve/service_notice.h"

#include "controls/basic.h"
#include "controls/toast.h"
#include "serve/browser_service.h"
#include "serve/service_words.h"
#include "session/settings.h"
#include "session/studio_session.h"

#include <QStatusBar>

namespace rushes::ui {

ServiceNotice::ServiceNotice(
    BrowserService& service,
    StudioSession& session,
    const Settings& settings,
    QStatusBar& status,
    Toast& toast,
    std::function<void()> open_dialog
)
    : QObject(&service),
      service_(service),
      toast_(toast),
      open_dialog_(std::move(open_dialog)),
      button_(linkButton(QStringLiteral("status-service"), tr("In the browser"))) {
    status.addPermanentWidget(button_);
    button_->hide();
    connect(button_, &QPushButton::clicked, this, [this] { open_dialog_(); });
    connect(&service_, &BrowserService::changed, this, &ServiceNotice::show);
    // After the window and the engine: a start of the window does not wait for it.
    connect(&session, &StudioSession::engineLoaded, this, [this, &settings] {
        if (settings.get(Setting::serve_on).toBool()) {
            service_.switchOn(
                static_cast<std::uint16_t>(settings.get(Setting::serve_port).toUInt()),
                settings.get(Setting::price_per_hour).toDouble()
            );
        }
    });
}

void ServiceNotice::show() {
    const bool on = service_.state() == BrowserService::State::on;
    const QString words = service_.alerts().empty()
                              ? tr("In the browser · %1 connected").arg(service_.connected().size())
                              : tr("In the browser · not well");
    button_->setText(words);
    button_->setAccessibleName(words);
    button_->setVisible(on);
    tellAlerts();
}

/// Once when it begins.
void ServiceNotice::tellAlerts() {
    std::set<std::string> now;
    for (const Alert& alert : service_.alerts()) {
        now.insert(alert.id);
        if (!told_.contains(alert.id)) {
            toast_.say(alertWords(alert), tr("Show"), open_dialog_);
        }
    }
    told_ = std::move(now);
    const bool failed = service_.failure().has_value();
    if (failed && !failure_told_) {
        toast_.say(QString::fromUtf8(service_.failure()->what()), tr("Show"), open_dialog_);
    }
    failure_told_ = failed;
}

} // namespace rushes::ui
