// Which prompt made which seconds of the clip: a lane of stretches below the picture, as long as the clip.
// While a clip is made whose prompt can change, a button beside it steers. A click goes to where a stretch
// begins.
#pragma once

#include <vector>

#include <QString>
#include <QWidget>

class QPushButton;

namespace rushes::ui {

class PromptStretches;

class PromptLane : public QWidget {
    Q_OBJECT

public:
    struct Stretch {
        int frame = 0; ///< its first one
        QString prompt;
        bool operator==(const Stretch&) const = default;
    };

    struct Prompts {
        std::vector<Stretch> stretches; ///< by frame
        int frames = 0;                 ///< of the clip
        double frame_rate = 1;
        bool steerable = false;
        QString wished; ///< takes over at the next block
        bool operator==(const Prompts&) const = default;
    };

    explicit PromptLane(QWidget* parent = nullptr);

    /// Hidden where one prompt made everything and nobody can steer.
    void setPrompts(const Prompts& prompts);

    const Prompts& prompts() const { return prompts_; }

    /// Where a stretch is drawn, in the lane's coordinates.
    QRect placeOf(std::size_t stretch) const;

signals:
    void chosen(int frame);
    void steerClicked();

private:
    QString words() const;

    Prompts prompts_;
    PromptStretches* stretches_;
    QPushButton* steer_;
};

} // namespace rushes::ui
