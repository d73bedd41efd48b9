#include "serve/browser_service.h"

#include "base/paths.h"
#include "convert.h"
#include "serve/hosted.h"
#include "session/studio_session.h"
#include "work/home_call.h"

#include <utility>

#include <QCoreApplication>

namespace rushes::ui {

BrowserService::BrowserService(StudioSession& session, QObject* parent) : QObject(parent), session_(session) {
    connectSession();
}

/// It closes its connections on its own thread, which ends before anything else here goes.
BrowserService::~BrowserService() {
    thread_.postToFinish([service = std::move(service_)](std::stop_token) mutable { service.reset(); });
}

void BrowserService::switchOn(std::uint16_t port, double price_per_hour) {
    if (state_ != State::off) {
        return;
    }
    failure_.reset();
    if (!session_.ownsQueue()) {
        failure_ = Error(
            ErrorKind::user,
            toStd(tr("Another window makes the clips of this queue.")),
            toStd(tr("Switch it on there."))
        );
        emit changed();
        return;
    }
    const int turn = ++turn_;
    setState(State::starting);
    thread_.post([this, turn, options = options(port, price_per_hour, turn)](std::stop_token) {
        try {
            std::shared_ptr<serve::HostedService> service = makeHostedService(options);
            callHome(this, [this, turn, service = std::move(service)]() mutable {
                opened(std::move(service), turn);
            });
        } catch (const Error& error) {
            callHome(this, [this, turn, error] { refused(error, turn); });
        }
    });
}

void BrowserService::switchOff() {
    if (state_ == State::off) {
        return;
    }
    ++turn_;
    link_.clear();
    look_ = {};
    thread_.postToFinish([service = std::move(service_)](std::stop_token) mutable { service.reset(); });
    setState(State::off);
}

serve::HostOptions BrowserService::options(std::uint16_t port, double price_per_hour, int turn) {
    const StudioParts& parts = session_.parts();
    serve::HostOptions options;
    options.parts.device = session_.device();
    options.parts.find_models = [find = parts.find_models] { return find(nullptr); };
    options.parts.queue = parts.queue;
    options.parts.library = parts.database;
    options.parts.videos = session_.videos();
    options.parts.unfinished = parts.unfinished;
    options.parts.checkpoints = parts.checkpoints;
    options.parts.speeds = parts.speeds;
    options.parts.pictures = parts.database.parent_path() / "pictures";
    options.parts.program_version = toStd(QCoreApplication::applicationVersion());
    options.parts.price_per_hour = price_per_hour;
    options.service.server.port = port;
    options.service.pages = resources_dir() / "serve";
    options.job_added = [this] { callHome(this, [this] { session_.lookAtQueue(); }); };
    options.stop = [this](const std::string& job) {
        callHome(this, [this, job] {
            if (session_.run() != nullptr && session_.run()->job.id == job) {
                session_.stop();
            }
        });
    };
    options.look = [this, turn](const serve::ServiceLook& look) {
        callHome(this, [this, turn, look] { seen(look, turn); });
    };
    return options;
}

void BrowserService::opened(std::shared_ptr<serve::HostedService> service, int turn) {
    if (turn != turn_) { // switched off meanwhile
        thread_.postToFinish([service = std::move(service)](std::stop_token) mutable { service.reset(); });
        return;
    }
    service_ = std::move(service);
    link_ = toQString(service_->link());
    tellRunning();
    setState(State::on);
}

void BrowserService::refused(const Error& error, int turn) {
    if (turn == turn_) {
        failure_ = error;
        setState(State::off);
    }
}

void BrowserService::seen(const serve::ServiceLook& look, int turn) {
    const bool same = look.connected == look_.connected && look.alerts == look_.alerts;
    if (turn == turn_ && !same) {
        look_ = look;
        emit changed();
    }
}

void BrowserService::setState(State state) {
    state_ = state;
    emit changed();
}

/// A clip that was begun before the service was there is seen from what exists of it on.
void BrowserService::tellRunning() {
    const StudioRun* const run = session_.run();
    if (service_ == nullptr || run == nullptr) {
        return;
    }
    drafts_told_ = 0;
    service_->clips().began(run->job, run->plan, run->store, run->steering);
    if (!run->growing.empty()) {
        service_->clips().file_began(run->growing);
    }
    tellPictures();
}

void BrowserService::tellPictures() {
    const StudioRun* const run = session_.run();
    if (service_ == nullptr || run == nullptr) {
        return;
    }
    for (; drafts_told_ < run->draft->size(); ++drafts_told_) {
        if (FramePtr draft = run->draft->try_get(drafts_told_)) {
            service_->clips().draft_frame(std::move(draft));
        } else {
            break; // too many of them for the memory
        }
    }
    service_->clips().frames_ready(run->store->size());
}

void BrowserService::connectSession() {
    const auto tell = [this](const auto& call) {
        if (service_ != nullptr) {
            call(service_->clips());
        }
    };
    connect(&session_, &StudioSession::runStarted, this, &BrowserService::tellRunning);
    connect(&session_, &StudioSession::picturesArrived, this, &BrowserService::tellPictures);
    connect(&session_, &StudioSession::progressed, this, [tell](const Progress& progress) {
        tell([&](serve::ClipTeller& clips) { clips.progress(progress); });
    });
    connect(&session_, &StudioSession::previewArrived, this, [tell](const Preview& preview) {
        tell([&](serve::ClipTeller& clips) { clips.preview(preview); });
    });
    connect(&session_, &StudioSession::fileBegan, this, [tell](const std::filesystem::path& file) {
        tell([&](serve::ClipTeller& clips) { clips.file_began(file); });
    });
    connect(&session_, &StudioSession::runEnded, this, [tell](const RunEnd& end) {
        tell([&](serve::ClipTeller& clips) { clips.ended(end.result, end.tries_again || end.goes_on); });
    });
    connect(&session_, &StudioSession::clipKept, this, [tell](const std::string& job) {
        tell([&](serve::ClipTeller& clips) { clips.kept(job); });
    });
    connect(
        &session_,
        &StudioSession::jobRefused,
        this,
        [tell](const Recipe&, const Error& error, const std::string& job) {
            tell([&](serve::ClipTeller& clips) { clips.refused(job, error); });
        }
    );
    connect(&session_.queue(), &QueueModel::cancelled, this, [tell](const std::vector<std::string>& jobs) {
        tell([&](serve::ClipTeller& clips) {
            for (const std::string& job : jobs) {
                clips.cancelled(job);
            }
        });
    });
    connect(&session_, &StudioSession::queueShown, this, [tell] {
        tell([](serve::ClipTeller& clips) { clips.queue_changed(); });
    });
    connect(&session_, &StudioSession::modelsFound, this, [tell] {
        tell([](serve::ClipTeller& clips) { clips.models_changed(); });
    });
}

} // namespace rushes::ui
