// One client of /v1/stream: what it asked for, and what it is to be told next. No socket here; one thread at
// a time (the network's).
//
// Nothing is queued for a client but short events: frames are pulled when its connection has room, each from
// where that client is. Who reads slowly holds up only himself, and is shown the newest frames.
#pragma once

#include "serve/access.h"
#include "serve/broadcast.h"
#include "serve/message.h"
#include "serve/picture_maker.h"

#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>

namespace rushes::serve {

/// What a viewer asks of the service. The answers come later, on the viewer's thread.
class ViewerRequests {
public:
    /// An event to be told, and a job that is to be watched (empty: none).
    struct Answer {
        std::string event;
        std::string job;
    };

    using Then = std::function<void(Answer)>;

    virtual ~ViewerRequests() = default;
    virtual void generate(const Client& client, const GenerateMessage& message, Then then) = 0;
    /// Makes a clip that is on the disk watchable again.
    virtual void watch(const Client& client, const WatchMessage& message, Then then) = 0;
    virtual void stop(const Client& client, const StopMessage& message, Then then) = 0;
    virtual void steer(const Client& client, const SteerMessage& message, Then then) = 0;
    virtual void ran_dry(const std::string& job) = 0;
};

class Viewer : public std::enable_shared_from_this<Viewer> {
public:
    static constexpr std::size_t most_events = 256; ///< that wait to be sent; more: the client is given up
    static constexpr std::size_t most_watched = 64; ///< clips at a time
    static constexpr int most_asked = 16;           ///< requests that are not answered yet
    static constexpr std::int64_t most_behind = 24; ///< frames, before a viewer who does not want all skips
    static constexpr std::int64_t buffered = 8;     ///< frames that it goes on with then

    struct Outgoing {
        MessagePtr message;
        bool binary = false;
    };

    /// `wake` is called from any thread when next() may have something.
    Viewer(
        Client client,
        Broadcast& broadcast,
        PictureMaker& pictures,
        ViewerRequests& requests,
        std::function<void()> wake
    );
    ~Viewer();
    Viewer(const Viewer&) = delete;
    Viewer& operator=(const Viewer&) = delete;

    /// A text message of the client's; what is wrong with it becomes an `error` event.
    void take(std::string_view text);

    /// What is to be sent now; empty: nothing. Ask again when it is sent, or woken.
    std::optional<Outgoing> next();

    /// Something of this job is new; an empty id: of the queue.
    void changed(const std::string& job);

    /// To be told to everybody, as `alert`.
    void tell(std::string event);

    /// So many requests of it are being worked on that no more messages should be read.
    bool busy() const { return asked_ >= most_asked; }

    /// Clips that it watches now.
    int watched() const { return static_cast<int>(watches_.size()); }

    /// The client does not read what it is told: end the connection.
    bool given_up() const { return given_up_; }

private:
    struct Watch {
        std::string job;
        View view;
        std::shared_ptr<LiveClip> clip; ///< null: its turn has not come
        std::int64_t final_cursor = 0;
        std::int64_t draft_cursor = 0;
        std::uint64_t progress_told = 0;
        std::uint64_t preview_told = 0;
        std::size_t preview_picture = 0; ///< the next of that preview
        bool started = false;            ///< h264: the start was sent
    };

    void take(const GenerateMessage& message);
    void take(const WatchMessage& message);
    void take(const UnwatchMessage& message);
    void take(const StopMessage& message);
    void take(const SteerMessage& message);
    void take(const DryMessage& message);
    void take(const PingMessage& message);

    /// What is done with an answer; the viewer may be gone by then.
    ViewerRequests::Then then_watch(std::int64_t from, const View& view);
    void watch(const std::string& job, std::int64_t from, const View& view);
    Watch* find(const std::string& job);
    void find_clip(Watch& watch);
    std::optional<Outgoing> next_of(Watch& watch, bool& ended);
    std::optional<Outgoing> next_final(Watch& watch, const LiveClip::Look& look, bool& all_sent);
    std::optional<Outgoing> next_fragment(Watch& watch, const LiveClip::Look& look, bool& all_sent);
    std::optional<Outgoing> next_draft(Watch& watch, const LiveClip::Look& look);
    std::optional<Outgoing> next_preview(Watch& watch, const LiveClip::Look& look);
    std::optional<Outgoing> picture(const PictureWish& wish, bool& missing);
    void skip(Watch& watch, const LiveClip::Look& look);
    static Outgoing event(std::string text);

    const Client client_;
    Broadcast& broadcast_;
    PictureMaker& pictures_;
    ViewerRequests& requests_;
    const std::function<void()> wake_;
    std::deque<std::string> events_;
    std::list<Watch> watches_;
    int asked_ = 0;
    bool queue_news_ = false;
    bool given_up_ = false;
};

} // namespace rushes::serve
