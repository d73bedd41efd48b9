// Small pictures of clips, still and moving: made on a thread of its own, the stills kept in a folder.
#pragma once

#include "library/clip_look.h"
#include "work/task_thread.h"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include <QImage>
#include <QObject>

namespace rushes::ui {

class Thumbnails : public QObject {
    Q_OBJECT

public:
    explicit Thumbnails(std::filesystem::path folder, QObject* parent = nullptr);

    /// made() or missing() follows, in the order of asking.
    void make(std::int64_t id, const std::filesystem::path& file);

    /// For what is in sight now: the newest wish first, before everything above; of many the oldest are given
    /// up.
    void makeSoon(std::int64_t id, const std::filesystem::path& file);

    /// moves() follows: small frames to play under the mouse.
    void loadMoving(std::int64_t id, const std::filesystem::path& file);

    /// looked() follows, when there is nothing else to do.
    void look(std::int64_t id, const std::filesystem::path& file);

    /// `work` is called on the pictures' thread with the look of any video; not for what is none.
    void
    lookAt(const std::filesystem::path& file, std::function<void(const ClipLook&, std::stop_token)> work);

signals:
    void looked(qlonglong id, const rushes::ClipLook& look);
    void made(qlonglong id, const QImage& picture);
    void missing(qlonglong id); ///< its file is gone
    void givenUp(qlonglong id); ///< of makeSoon()
    void moves(qlonglong id, const std::vector<QImage>& frames);

private:
    struct Wish {
        std::int64_t id = 0;
        std::filesystem::path file;
    };

    void makeNow(const Wish& wish);

    const std::filesystem::path folder_;
    std::mutex mutex_;
    std::vector<Wish> soon_; ///< the newest last
    TaskThread thread_;      ///< last: ends first
};

} // namespace rushes::ui
