// How a card of the queue looks: what runs and what has the focus must not be taken for each other.
#include "queue/queue_model.h"
#include "queue/queue_view.h"
#include "theme/theme.h"

#include <gtest/gtest.h>

#include <QPainter>

namespace rushes::ui {
namespace {

class QueueCard : public ::testing::Test {
protected:
    QueueCard() {
        Job running;
        running.id = "running";
        running.state = JobState::running;
        Job waiting;
        waiting.id = "waiting";
        queue_.setJobs({running, waiting});
    }

    QImage painted(int row, bool focused) const {
        QStyleOptionViewItem option;
        option.rect = QRect(0, 0, 240, 62);
        option.state = focused ? QStyle::State_HasFocus : QStyle::State_None;
        QImage picture(option.rect.size(), QImage::Format_RGB32);
        picture.fill(tokens().panel);
        QPainter painter(&picture);
        QueueDelegate().paint(&painter, option, queue_.index(row));
        return picture;
    }

    /// Pixels of the accent on the way into the card at half its height, from the left and from the right.
    static std::pair<int, int> accent(const QImage& card) {
        int left = 0;
        int right = 0;
        for (int x = 0; x < 8; ++x) {
            left += card.pixelColor(x, 27) == tokens().accent ? 1 : 0;
            right += card.pixelColor(card.width() - 1 - x, 27) == tokens().accent ? 1 : 0;
        }
        return {left, right};
    }

    QueueModel queue_;
};

TEST_F(QueueCard, TheRunningCardHasABarAndTheFocusIsARing) {
    const auto [none_left, none_right] = accent(painted(1, false));
    EXPECT_EQ(none_left + none_right, 0);
    const auto [bar, beside] = accent(painted(0, false));
    EXPECT_GT(bar, size::focus_ring);
    EXPECT_EQ(beside, 0);
    const auto [ring_left, ring_right] = accent(painted(1, true));
    EXPECT_EQ(ring_left, size::focus_ring);
    EXPECT_EQ(ring_right, size::focus_ring);
    const auto [both_left, both_right] = accent(painted(0, true));
    EXPECT_GE(both_left, bar);
    EXPECT_EQ(both_right, size::focus_ring);
}

} // namespace
} // namespace rushes::ui
