#include "export/export_job.h"

#include "base/paths.h"
#include "export/frame_timing.h"
#include "work/clip_work.h"
#include "work/home_call.h"

namespace rushes::ui {

namespace {

ExportResult writeClip(
    const ExportRequest& request, const std::function<void(int)>& progress, const std::stop_token& stop
) {
    const FrameRate rate = request.target_rate.num > 0 ? request.target_rate : request.rate;
    const std::filesystem::path target =
        request.own_folder ? unused_name(request.target.parent_path()) / request.target.filename()
                           : request.target;
    const auto encoder = clipWork().open_encoder(
        target, request.width, request.height, rate, request.settings, to_json(request.recipe), {}
    );
    const UnfinishedNote note(request.notes, target, UnfinishedNote::Then::remove);
    const std::int64_t source_frames = request.last - request.first + 1;
    const std::int64_t frames = framesAt(source_frames, request.rate, rate);
    const auto file = request.store ? nullptr : clipWork().open_clip(request.source);
    const auto source = [&](std::int64_t index) {
        const std::int64_t at = request.first + index;
        FramePtr frame = file ? file->at(at) : request.store->get(at);
        if (!frame) {
            throw Error(
                ErrorKind::resource,
                "Frame " + std::to_string(request.first + index + 1) +
                    " of the clip cannot be read any more.",
                "Check that the clip's file is still in its place."
            );
        }
        return frame;
    };
    for (std::int64_t i = 0; i < frames; ++i) {
        throw_if_stopped(stop);
        encoder->write(*frameAt(i, source_frames, request.rate, rate, request.blend, source));
        progress(static_cast<int>((i + 1) * 100 / frames));
    }
    throw_if_stopped(stop);
    return encoder->finish();
}

} // namespace

ExportJob::ExportJob(QObject* parent) : QObject(parent) {}

ExportJob::~ExportJob() {
    cancel();
}

void ExportJob::start(const ExportRequest& request) {
    running_ = true;
    stop_ = std::make_shared<std::stop_source>();
    const int run = ++run_;
    const auto home = [this, run](auto call) {
        callHome(this, [this, run, call] {
            if (run == run_) {
                call();
            }
        });
    };
    thread_.post([this, request, home, stop = stop_->get_token()](std::stop_token ending) {
        std::stop_source either;
        const std::stop_callback by_user(stop, [&] { either.request_stop(); });
        const std::stop_callback by_end(ending, [&] { either.request_stop(); });
        int shown = -1;
        const auto progress = [&](int percent) {
            if (percent != shown) { // a hundred calls at most, however long the clip
                shown = percent;
                home([this, percent] { emit progressed(percent); });
            }
        };
        try {
            const ExportResult result = writeClip(request, progress, either.get_token());
            home([this, result] {
                end();
                emit finished(result);
            });
        } catch (const Stopped&) {
            home([this] {
                end();
                emit cancelled();
            });
        } catch (const Error& error) {
            home([this, error] {
                end();
                emit failed(error);
            });
        } catch (const std::exception& error) {
            const Error bug(ErrorKind::bug, std::string("The export failed: ") + error.what());
            home([this, bug] {
                end();
                emit failed(bug);
            });
        }
    });
}

void ExportJob::cancel() {
    if (stop_) {
        stop_->request_stop();
    }
}

void ExportJob::end() {
    running_ = false;
    stop_.reset();
}

} // namespace rushes::ui
