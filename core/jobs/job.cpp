#include "jobs/job.h"

#include "base/channel.h"
#include "base/paths.h"
#include "jobs/kept_runs.h"
#include "jobs/read_inputs.h"
#include "jobs/unfinished.h"
#include "media/clip_reader.h"
#include "media/target_file.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <mutex>
#include <thread>
#include <variant>

namespace rushes {
namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t frames_waiting = 16;
constexpr std::size_t bytes_waiting = std::size_t{128} << 20;

/// What goes into the file, in the order in which it came.
using Piece = std::variant<FramePtr, AudioPtr>;

std::size_t size_of(const Piece& piece) {
    return std::visit([](const auto& held) { return held->bytes(); }, piece);
}

/// Frames of a clip that is still being written or was just finished, for a FrameStore that dropped them.
class ClipReadBack {
public:
    explicit ClipReadBack(fs::path file) : file_(std::move(file)) {}

    FramePtr operator()(std::int64_t index) {
        const std::lock_guard lock(mutex_);
        FramePtr frame = try_read(index);
        if (frame == nullptr) {
            // A reader knows the file as it was when it was opened; more has been written since.
            reader_.reset();
            frame = try_read(index);
        }
        return frame;
    }

private:
    FramePtr try_read(std::int64_t index) {
        try {
            if (!reader_) {
                reader_.emplace(file_);
            }
            return reader_->at(index);
        } catch (const Error&) {
            return nullptr;
        }
    }

    const fs::path file_;
    std::mutex mutex_;
    std::optional<ClipReader> reader_;
};

/// Encodes on a thread of its own what comes through a bounded channel.
class EncoderThread {
public:
    /// `on_error` is called on the thread when a frame cannot be written.
    EncoderThread(std::unique_ptr<Encoder> encoder, std::function<void()> on_error)
        : encoder_(std::move(encoder)),
          on_error_(std::move(on_error)),
          channel_(frames_waiting, bytes_waiting, size_of),
          thread_([this] { work(); }) {}

    ~EncoderThread() { drain(); }

    EncoderThread(const EncoderThread&) = delete;
    EncoderThread& operator=(const EncoderThread&) = delete;

    /// Waits for room, also after a stop: what the stage has seen is in the file. An error ends the waiting.
    void push(Piece piece) { channel_.push(std::move(piece), {}); }

    /// What made the clip, if that was not known at its beginning.
    void tell(const Recipe& recipe) {
        drain(); // the encoder has one thread
        encoder_->set_recipe(to_json(recipe));
    }

    /// Encodes what was taken and completes the file, also when the disk became full on the way: what is on
    /// it is kept. Empty when there is no frame.
    std::optional<ExportResult> finish() {
        drain();
        try {
            return frames_ == 0 ? std::nullopt : std::optional(encoder_->finish());
        } catch (...) {
            error_ = error_ ? error_ : std::current_exception();
            return std::nullopt;
        }
    }

    /// What went wrong, if anything did. Valid after finish().
    void throw_error() const {
        if (error_) {
            std::rethrow_exception(error_);
        }
    }

    /// That write() took altogether. Valid after finish().
    double seconds() const { return seconds_; }

private:
    void drain() {
        channel_.close();
        if (thread_.joinable()) {
            thread_.join();
        }
    }

    void work() {
        try {
            while (const auto piece = channel_.pop({})) {
                const auto start = Clock::now();
                std::visit([this](const auto& held) { encoder_->write(*held); }, *piece);
                seconds_ += std::chrono::duration<double>(Clock::now() - start).count();
                frames_ += std::holds_alternative<FramePtr>(*piece) ? 1 : 0;
            }
        } catch (...) {
            error_ = std::current_exception();
            channel_.close();
            on_error_();
        }
    }

    std::unique_ptr<Encoder> encoder_;
    const std::function<void()> on_error_;
    Channel<Piece> channel_;
    std::exception_ptr error_;
    int frames_ = 0;
    double seconds_ = 0;
    std::thread thread_; ///< last: starts when everything else is there
};

Error as_error(const std::exception_ptr& exception) {
    try {
        std::rethrow_exception(exception);
    } catch (const Error& error) {
        return error;
    } catch (const std::exception& error) {
        return {ErrorKind::bug, std::string("Writing the clip failed: ") + error.what() + "."};
    }
}

/// A clip that cannot fit is refused before anything is computed; what exists only while it is made counts
/// too.
void check_room(const JobRequest& request) {
    const Pass& pass = request.plan.passes.back();
    const ExportSettings& settings = request.settings;
    require_space(
        request.output,
        estimated_bytes(
            request.output,
            settings.width > 0 ? settings.width : pass.width,
            settings.height > 0 ? settings.height : pass.height,
            pass.frames
        )
    );
}

/// One job: what connects the engine's sinks, the store, the encoder and the observer.
class Job {
public:
    Job(const JobRequest& request, FrameStore& store, const JobObserver& observer)
        : request_(request), store_(store), observer_(observer) {}

    JobResult run(Engine& engine, const std::stop_token& stop) {
        const auto start = Clock::now();
        const std::stop_callback forward(stop, [this] { stop_.request_stop(); });
        JobResult result{Failed{Error(ErrorKind::bug, "The job did not run."), {}}, std::nullopt, 0};
        try {
            check_room(request_);
            const RunInputs inputs = read_inputs(request_.plan.recipe);
            if (request_.steering) {
                request_.steering->restore();
            }
            EncoderThread encoder(open_encoder(), [this] { stop_.request_stop(); });
            UnfinishedNote note(request_.notes, request_.output, UnfinishedNote::Then::recover);
            result.outcome = engine.run(request_.plan, inputs, sinks_for(encoder, note), stop_.get_token());
            if (request_.steering) {
                result.steered = request_.steering->taken();
                encoder.tell(steered(request_.plan.recipe, result.steered));
                if (std::holds_alternative<Finished>(result.outcome)) {
                    request_.steering->forget();
                }
            }
            if (std::holds_alternative<Finished>(result.outcome) && keeps()) {
                keep_run(request_.checkpoint, request_.kept_runs, most_kept(request_.kept_runs));
            }
            result.clip = encoder.finish();
            result.encode_seconds = encoder.seconds();
            if (result.clip) {
                read_back_from(result.clip->path);
            }
            encoder.throw_error();
        } catch (...) {
            // Never half a success: without a file there is no finished job, whatever the engine says.
            result.outcome = Failed{as_error(std::current_exception()), report_of(result.outcome)};
        }
        result.seconds = std::chrono::duration<double>(Clock::now() - start).count();
        return result;
    }

private:
    bool keeps() const { return !request_.kept_runs.empty() && !request_.checkpoint.empty(); }

    std::unique_ptr<Encoder> open_encoder() {
        const Pass& pass = request_.plan.passes.back();
        auto encoder = Encoder::open(
            request_.output,
            pass.width,
            pass.height,
            request_.plan.recipe.frame_rate,
            request_.settings,
            to_json(request_.plan.recipe),
            request_.plan.model.sound
        );
        read_back_from(encoder->growing_file());
        if (observer_.file_began) {
            observer_.file_began(encoder->growing_file());
        }
        return encoder;
    }

    /// Only files that keep the size and the pictures can stand in for dropped frames.
    void read_back_from(const fs::path& file) {
        const bool native = request_.settings.width == 0 && request_.settings.height == 0;
        const std::string extension = lower_extension(request_.output);
        if (native && (extension == ".mp4" || extension == ".mkv")) {
            store_.read_back_from([read = std::make_shared<ClipReadBack>(file)](std::int64_t index) {
                return (*read)(index);
            });
        }
    }

    /// The prompt of the block, by what was wished for; a kill finds it in the note.
    std::optional<std::string> next_prompt(int first_frame, UnfinishedNote& note) {
        auto prompt = request_.steering->take(first_frame);
        if (prompt) {
            note.tell(to_json(steered(request_.plan.recipe, request_.steering->taken())));
        }
        return prompt;
    }

    RunSinks sinks_for(EncoderThread& encoder, UnfinishedNote& note) {
        RunSinks sinks;
        sinks.progress = observer_.progress;
        sinks.preview = observer_.preview;
        sinks.note = observer_.note;
        sinks.measure = observer_.measure;
        sinks.checkpoint = request_.checkpoint;
        sinks.keep_checkpoint = keeps();
        sinks.kept_runs = request_.kept_runs;
        if (request_.steering) {
            sinks.next_prompt = [this, &note](int first_frame) { return next_prompt(first_frame, note); };
        }
        sinks.audio = [&encoder](AudioPtr sound) { encoder.push(std::move(sound)); };
        sinks.frame = [this, &encoder](FramePtr frame, bool draft) {
            if (draft) {
                if (observer_.draft_frame) {
                    observer_.draft_frame(std::move(frame));
                }
                return;
            }
            // The stage first: it never waits for the encoder.
            store_.add(frame);
            if (observer_.frames_ready) {
                observer_.frames_ready(store_.size());
            }
            encoder.push(std::move(frame));
        };
        return sinks;
    }

    const JobRequest& request_;
    FrameStore& store_;
    const JobObserver& observer_;
    std::stop_source stop_; ///< requested from outside or by the encoder's error
};

} // namespace

std::uint64_t estimated_file_bytes(const JobRequest& request) {
    const Pass& pass = request.plan.passes.back();
    const ExportSettings& settings = request.settings;
    const double width = settings.width > 0 ? settings.width : pass.width;
    const double height = settings.height > 0 ? settings.height : pass.height;
    const std::string extension = lower_extension(request.output);
    const bool lossless = extension == ".mkv" || extension == ".png";
    const bool photo = extension == ".jpg" || extension == ".jpeg" || extension == ".avif";
    const double bytes_per_pixel = lossless ? 3 : extension == ".gif" || photo ? 1 : 0.3;
    constexpr double smallest = 1e6;
    return static_cast<std::uint64_t>(width * height * pass.frames * bytes_per_pixel + smallest);
}

JobResult run_job(
    Engine& engine,
    const JobRequest& request,
    FrameStore& store,
    const JobObserver& observer,
    std::stop_token stop
) {
    return Job(request, store, observer).run(engine, stop);
}

} // namespace rushes
