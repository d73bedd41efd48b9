// The way of a picture to the graphics card, second half: video frames become textures on a thread with a
// context of its own, so that the window's thread never waits for an upload. The latest wins.
#pragma once

#include "base/channel.h"
#include "work/task_thread.h"

#include <array>
#include <memory>
#include <mutex>
#include <optional>

#include <QObject>
#include <QOffscreenSurface>
#include <QOpenGLContext>
#include <QOpenGLExtraFunctions>
#include <QSize>
#include <QVideoFrame>

namespace rushes::ui {

class TextureFeed : public QObject {
    Q_OBJECT

public:
    struct Texture {
        unsigned id = 0; ///< 0: there is none
        QSize size;
    };

    /// `shared`: the context that draws.
    TextureFeed(QOpenGLContext& shared, QObject* parent = nullptr);
    ~TextureFeed() override;

    void put(const QVideoFrame& frame);

    /// The newest texture; it stays as it is until the next call.
    Texture latest();

    /// Said after the commands that read latest(), in their context: what they read is not filled again
    /// before they are done.
    void drawn();

signals:
    void ready();

private:
    void upload(const QVideoFrame& frame);
    void waitUntilRead(std::size_t slot);
    bool makeCurrent();

    QOpenGLContext& shared_;
    QOffscreenSurface surface_;
    std::unique_ptr<QOpenGLContext> context_; ///< lives on the thread

    static constexpr std::size_t kept = 3; ///< one drawn, one ready, one being filled
    std::array<Texture, kept> textures_;
    std::array<GLsync, kept> fences_{}; ///< of the commands that read it
    std::mutex mutex_;
    std::optional<std::size_t> drawn_;
    std::optional<std::size_t> ready_;
    std::size_t next_ = 0;

    Mailbox<QVideoFrame> wanted_;
    TaskThread thread_; ///< last: ends first
};

} // namespace rushes::ui
