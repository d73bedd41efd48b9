// Plays a StageClip by its own clock. Told by one queued call that there is something new, it pulls what it
// needs.
#pragma once

#include "stage/playback_clock.h"
#include "stage/stage_clip.h"

#include <functional>
#include <memory>

#include <QImage>
#include <QObject>
#include <QTimer>

namespace rushes::ui {

class Player : public QObject {
    Q_OBJECT

public:
    using Now = std::function<PlaybackClock::Time()>;
    /// Gets a frame that is only on disk, somewhere else, and calls keep() with it later.
    using Fetch = std::function<void(std::shared_ptr<StageClip> clip, std::int64_t index)>;

    explicit Player(Now now = std::chrono::steady_clock::now, QObject* parent = nullptr);

    void setFetch(Fetch fetch) { fetch_ = std::move(fetch); }

    /// Shows a clip. While it has no picture yet the old clip stays.
    void show(std::shared_ptr<StageClip> clip);

    const std::shared_ptr<StageClip>& clip() const { return clip_; }

    /// The clip asked for last, also while the old one still stands in for it.
    const std::shared_ptr<StageClip>& wanted() const { return pending_ ? pending_ : clip_; }

    /// Something about a clip changed: frames came, it ended.
    void poll();
    /// A second clip whose picture of the same moment goes along; null: none.
    void compareWith(std::shared_ptr<StageClip> other);

    const std::shared_ptr<StageClip>& other() const { return other_; }

    const QImage& otherPicture() const { return other_picture_; }

    void keep(const std::shared_ptr<StageClip>& clip, FramePtr frame);

    const PlaybackClock& clock() const { return clock_; }

    PictureKind shownKind() const { return kind_; }

    const QImage& picture() const { return picture_; }

    bool playing() const { return clock_.playing() || held_; }

    void togglePlay();
    void pause();
    void shuttle(int direction); ///< J (-1), K (0), L (1): again is faster
    void seek(std::int64_t index);
    /// While the play head is held playback stands still, and goes on afterwards if it was on.
    void hold(bool on);
    void step(std::int64_t frames);
    void goToStart();
    void goToEnd();
    void setLooping(bool looping);
    void markIn();
    void markOut();
    void clearMarks();

    /// Without it a clip waits for somebody to play it.
    void setAutoplay(bool on) { autoplay_ = on; }

    void tick(); ///< what the timer does

signals:
    void pictureChanged();
    void otherChanged(); ///< the second clip or its picture
    void stateChanged(); ///< play state, marks, looping, or what exists
    void clipChanged();

private:
    void take(std::shared_ptr<StageClip> clip);
    void play(double speed);
    void startWhenReady();
    void refresh();
    void refreshOther();
    void runTimer();

    Now now_;
    Fetch fetch_;
    QTimer timer_;
    PlaybackClock clock_;
    std::shared_ptr<StageClip> clip_;
    std::shared_ptr<StageClip> pending_;
    std::shared_ptr<StageClip> other_;
    FramePtr shown_;
    FramePtr other_shown_;
    QImage picture_;
    QImage other_picture_;
    PictureKind kind_ = PictureKind::none;
    bool user_paused_ = false;
    bool autoplay_ = true;
    bool held_ = false;
    bool on_final_frames_ = false;
};

} // namespace rushes::ui
