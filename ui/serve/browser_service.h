// The service of this window: on or off, who is connected, what is not well. Tells it what the session does;
// what clients ask for comes to the session's queue.
#pragma once

#include "base/error.h"
#include "serve/hosted_service.h"
#include "work/task_thread.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <QObject>
#include <QString>

namespace rushes::ui {

class StudioSession;

class BrowserService : public QObject {
    Q_OBJECT

public:
    enum class State { off, starting, on };

    explicit BrowserService(StudioSession& session, QObject* parent = nullptr);
    ~BrowserService() override;

    /// Opens it on this machine, in the background; changed() follows. Port 0: any free one.
    /// `price_per_hour`: of this machine, for the cost of a clip.
    void switchOn(std::uint16_t port, double price_per_hour);
    void switchOff();

    State state() const { return state_; }

    /// Why it could not be switched on.
    const std::optional<Error>& failure() const { return failure_; }

    /// Of the page, with its token; empty while it is off.
    const QString& link() const { return link_; }

    const std::vector<serve::Connected>& connected() const { return look_.connected; }

    const std::vector<Alert>& alerts() const { return look_.alerts; }

signals:
    void changed();

private:
    serve::HostOptions options(std::uint16_t port, double price_per_hour, int turn);
    void connectSession();
    void opened(std::shared_ptr<serve::HostedService> service, int turn);
    void refused(const Error& error, int turn);
    void seen(const serve::ServiceLook& look, int turn);
    void tellRunning();
    void tellPictures();
    void setState(State state);

    StudioSession& session_;
    State state_ = State::off;
    int turn_ = 0; ///< how often it was switched: what comes of an older turn is dropped
    std::optional<Error> failure_;
    QString link_;
    serve::ServiceLook look_;
    std::int64_t drafts_told_ = 0;
    std::shared_ptr<serve::HostedService> service_; ///< null: off
    TaskThread thread_;                             ///< last: ends first
};

} // namespace rushes::ui
