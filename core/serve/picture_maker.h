// Frames to messages on a thread of its own: each is encoded once, however many watch it.
#pragma once

#include "serve/live_clip.h"
#include "serve/message.h"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <tuple>

namespace rushes::serve {

/// One picture of a clip in one shape.
struct PictureWish {
    std::shared_ptr<LiveClip> clip;
    FrameKind kind = FrameKind::final;
    std::int64_t index = 0;  ///< of a preview: its number (Look::previews) ...
    std::size_t picture = 0; ///< ... and which of its pictures
    View::Size size = View::Size::preview;

    auto key() const { return std::tuple(clip->serial(), kind, index, picture, size); }
};

class PictureMaker {
public:
    static constexpr std::size_t cache_bytes = std::size_t{32} << 20;
    static constexpr float quality = 75;     ///< libwebp's
    static constexpr int preview_side = 480; ///< pixels, the short one

    PictureMaker();
    ~PictureMaker();
    PictureMaker(const PictureMaker&) = delete;
    PictureMaker& operator=(const PictureMaker&) = delete;

    /// The message, when it is ready. Otherwise null, it will be made, and `ready` is called once, from
    /// another thread: ask again then. An empty message: the picture can't be had. A fragment that is not in
    /// the file yet is not waited for: ask again when the clip has something new. Never waits.
    MessagePtr take(PictureWish wish, const std::function<void()>& ready);

    /// Makes no more pictures and calls nobody any more.
    void end();

    /// Seconds that encoding took so far, and pictures.
    double seconds() const;
    std::int64_t pictures() const;

private:
    using Key = decltype(std::declval<PictureWish>().key());

    struct Entry {
        PictureWish wish;
        MessagePtr message; ///< null: being made
        std::vector<std::function<void()>> waiting;
    };

    void work();
    void trim();

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::map<Key, Entry> entries_;
    std::deque<Key> wanted_;
    std::list<Key> ready_; ///< oldest first
    std::size_t bytes_ = 0;
    double seconds_ = 0;
    std::int64_t pictures_ = 0;
    bool closing_ = false;
    std::thread thread_; ///< last: starts when everything else is there
};

} // namespace rushes::serve
