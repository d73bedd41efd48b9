#include "serve/viewer.h"

#include "base/error.h"
#include "serve/events.h"

#include <algorithm>

namespace rushes::serve {

Viewer::Viewer(
    Client client,
    Broadcast& broadcast,
    PictureMaker& pictures,
    ViewerRequests& requests,
    std::function<void()> wake
)
    : client_(std::move(client)),
      broadcast_(broadcast),
      pictures_(pictures),
      requests_(requests),
      wake_(std::move(wake)) {}

Viewer::~Viewer() {
    for (const Watch& watch : watches_) {
        if (watch.clip != nullptr) {
            watch.clip->add_viewer(-1);
        }
    }
}

Viewer::Outgoing Viewer::event(std::string text) {
    return {std::make_shared<const std::string>(std::move(text)), false};
}

void Viewer::tell(std::string event) {
    if (events_.size() == most_events) {
        given_up_ = true; // it asks and asks, and does not read the answers
    } else {
        events_.push_back(std::move(event));
    }
    wake_();
}

void Viewer::take(std::string_view text) {
    try {
        std::visit([this](const auto& message) { take(message); }, parse_message(text));
    } catch (const Error& error) {
        tell(error_event(error, {}));
    }
}

void Viewer::take(const GenerateMessage& message) {
    requests_.generate(client_, message, then_watch(0, message.view));
}

void Viewer::take(const WatchMessage& message) {
    requests_.watch(client_, message, then_watch(message.from, message.view));
}

ViewerRequests::Then Viewer::then_watch(std::int64_t from, const View& view) {
    ++asked_;
    return [self = weak_from_this(), from, view](const ViewerRequests::Answer& answer) {
        if (const auto viewer = self.lock()) {
            --viewer->asked_;
            viewer->tell(answer.event);
            if (!answer.job.empty()) {
                viewer->watch(answer.job, from, view);
            }
        }
    };
}

void Viewer::take(const UnwatchMessage& message) {
    if (Watch* const watch = find(message.job)) {
        if (watch->clip != nullptr) {
            watch->clip->add_viewer(-1);
        }
        watches_.remove_if([&](const Watch& known) { return &known == watch; });
    }
}

void Viewer::take(const StopMessage& message) {
    requests_.stop(client_, message, then_watch(0, {}));
}

void Viewer::take(const SteerMessage& message) {
    requests_.steer(client_, message, then_watch(0, {}));
}

void Viewer::take(const DryMessage& message) {
    if (find(message.job) != nullptr) {
        requests_.ran_dry(message.job);
    }
}

void Viewer::take(const PingMessage& message) {
    tell(pong_event(message.ref));
}

Viewer::Watch* Viewer::find(const std::string& job) {
    const auto found = std::ranges::find(watches_, job, &Watch::job);
    return found == watches_.end() ? nullptr : &*found;
}

void Viewer::watch(const std::string& job, std::int64_t from, const View& view) {
    take(UnwatchMessage{job}); // seen another way from now on
    if (watches_.size() == most_watched) {
        tell(error_event(
            Error(
                ErrorKind::user,
                "One connection watches at most " + std::to_string(most_watched) + " clips at a time."
            ),
            {}
        ));
        return;
    }
    Watch& watch = watches_.emplace_back();
    watch.job = job;
    watch.view = view;
    watch.final_cursor = from;
    find_clip(watch);
    wake_();
}

void Viewer::find_clip(Watch& watch) {
    auto clip = broadcast_.find(watch.job);
    if (clip == nullptr || clip == watch.clip) {
        return;
    }
    // A second attempt begins anew; what was seen of the first is the same picture.
    if (watch.clip != nullptr) {
        watch.clip->add_viewer(-1);
        watch.progress_told = watch.preview_told = 0;
        watch.draft_cursor = 0;
        watch.started = false;
    }
    watch.clip = std::move(clip);
    watch.clip->add_viewer(1);
}

void Viewer::changed(const std::string& job) {
    if (job.empty()) {
        queue_news_ = true;
        wake_();
    } else if (Watch* const watch = find(job)) {
        find_clip(*watch);
        wake_();
    }
}

std::optional<Viewer::Outgoing> Viewer::next() {
    if (!events_.empty()) {
        std::string text = std::move(events_.front());
        events_.pop_front();
        return event(std::move(text));
    }
    // Each clip in its turn, so that one with many frames does not hold up another.
    for (std::size_t left = watches_.size(); left > 0; --left) {
        watches_.splice(watches_.end(), watches_, watches_.begin());
        bool ended = false;
        const auto outgoing = next_of(watches_.back(), ended);
        if (ended) {
            watches_.back().clip->add_viewer(-1);
            watches_.pop_back();
        }
        if (outgoing) {
            return outgoing;
        }
    }
    if (queue_news_) {
        queue_news_ = false;
        return event(queue_event());
    }
    return std::nullopt;
}

std::optional<Viewer::Outgoing> Viewer::next_of(Watch& watch, bool& ended) {
    if (watch.clip == nullptr) {
        return std::nullopt;
    }
    const LiveClip::Look look = watch.clip->look();
    bool all_sent = false;
    const bool fragments = watch.view.format == View::Format::h264;
    if (auto frame = fragments ? next_fragment(watch, look, all_sent) : next_final(watch, look, all_sent)) {
        return frame;
    }
    if (look.ended && all_sent) {
        ended = true;
        return Outgoing{watch.clip->end_event(), false};
    }
    if (look.ended) {
        return std::nullopt;
    }
    // What comes before the final frames; it is of no use behind them.
    if (watch.final_cursor == 0) {
        if (auto draft = next_draft(watch, look)) {
            return draft;
        }
        if (auto preview = next_preview(watch, look)) {
            return preview;
        }
    }
    if (watch.progress_told != look.progresses) {
        watch.progress_told = look.progresses;
        return Outgoing{watch.clip->progress_event(), false};
    }
    return std::nullopt;
}

std::optional<Viewer::Outgoing> Viewer::picture(const PictureWish& wish, bool& missing) {
    const MessagePtr message = pictures_.take(wish, wake_);
    missing = message != nullptr && message->empty();
    return message == nullptr || missing ? std::nullopt : std::optional(Outgoing{message, true});
}

/// Who is far behind what is being made goes on with the newest frames.
void Viewer::skip(Watch& watch, const LiveClip::Look& look) {
    const std::int64_t behind = look.finals - watch.final_cursor;
    if (watch.view.keep || look.ended || behind <= most_behind || watch.final_cursor == 0) {
        return;
    }
    const std::int64_t to = look.finals - buffered;
    tell(dropped_event(watch.job, watch.final_cursor, to));
    watch.final_cursor = to;
}

std::optional<Viewer::Outgoing> Viewer::next_final(Watch& watch, const LiveClip::Look& look, bool& all_sent) {
    skip(watch, look);
    while (watch.final_cursor < look.finals) {
        bool missing = false;
        auto frame = picture(
            {.clip = watch.clip,
             .kind = FrameKind::final,
             .index = watch.final_cursor,
             .size = watch.view.size},
            missing
        );
        if (!frame && !missing) {
            return std::nullopt;
        }
        ++watch.final_cursor;
        if (frame) {
            return frame;
        }
    }
    all_sent = true;
    return std::nullopt;
}

std::optional<Viewer::Outgoing>
Viewer::next_fragment(Watch& watch, const LiveClip::Look& look, bool& all_sent) {
    const auto file = watch.clip->growing_file();
    if (file == nullptr) {
        all_sent = look.ended;
        return std::nullopt;
    }
    if (look.ended && watch.final_cursor >= static_cast<std::int64_t>(file->fragments())) {
        all_sent = true;
        return std::nullopt;
    }
    if (watch.final_cursor >= look.finals) {
        return std::nullopt;
    }
    const FrameKind kind = watch.started ? FrameKind::h264 : FrameKind::h264_start;
    bool missing = false;
    auto frame =
        picture({.clip = watch.clip, .kind = kind, .index = watch.started ? watch.final_cursor : 0}, missing);
    if (frame) {
        watch.final_cursor += watch.started ? 1 : 0;
        watch.started = true;
    }
    return frame;
}

std::optional<Viewer::Outgoing> Viewer::next_draft(Watch& watch, const LiveClip::Look& look) {
    while (watch.draft_cursor < look.drafts) {
        bool missing = false;
        auto frame = picture(
            {.clip = watch.clip,
             .kind = FrameKind::draft,
             .index = watch.draft_cursor,
             .size = watch.view.size},
            missing
        );
        if (!frame && !missing) {
            return std::nullopt;
        }
        ++watch.draft_cursor;
        if (frame) {
            return frame;
        }
    }
    return std::nullopt;
}

/// The event first, then its pictures; a newer preview takes the place of one that is not sent yet.
std::optional<Viewer::Outgoing> Viewer::next_preview(Watch& watch, const LiveClip::Look& look) {
    if (look.previews == 0) {
        return std::nullopt;
    }
    const auto preview = watch.clip->preview();
    if (watch.preview_told != look.previews) {
        watch.preview_told = look.previews;
        watch.preview_picture = 0;
        return Outgoing{watch.clip->preview_event(), false};
    }
    if (watch.preview_picture >= preview->pictures.size()) {
        return std::nullopt;
    }
    bool missing = false;
    auto sent = picture(
        {.clip = watch.clip,
         .kind = FrameKind::preview,
         .index = static_cast<std::int64_t>(look.previews),
         .picture = watch.preview_picture,
         .size = watch.view.size},
        missing
    );
    watch.preview_picture += sent || missing ? 1 : 0;
    return sent;
}

} // namespace rushes::serve
