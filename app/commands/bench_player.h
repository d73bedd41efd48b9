// A viewer without a screen: starts once a few frames are there, then shows one frame after the other at the
// clip's rate.
#pragma once

#include <algorithm>
#include <vector>

namespace rushes {

struct PlayerResult {
    double start_seconds = 0; ///< when it began to play
    int underruns = 0;        ///< how often it had to hold the last frame
    double held_seconds = 0;  ///< for how long altogether
};

/// `arrivals`: seconds at which the frames came out, in order.
inline PlayerResult play(const std::vector<double>& arrivals, double fps, std::size_t frames_buffered) {
    PlayerResult result;
    if (arrivals.empty()) {
        return result;
    }
    double now = arrivals[std::min(frames_buffered, arrivals.size()) - 1];
    result.start_seconds = now;
    for (const double arrival : arrivals) {
        if (arrival > now) {
            ++result.underruns;
            result.held_seconds += arrival - now;
            now = arrival;
        }
        now += 1 / fps;
    }
    return result;
}

} // namespace rushes
