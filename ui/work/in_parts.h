// Work on rows that several threads share.
#pragma once

#include <algorithm>
#include <cstdint>
#include <latch>

#include <QThreadPool>

namespace rushes::ui {

/// Into how many parts work on that many bytes is worth cutting: below 2 MiB each, waking a thread takes
/// longer.
inline int partsWorthIt(std::int64_t bytes, const QThreadPool& helpers) {
    constexpr std::int64_t worth_a_thread = std::int64_t{2} << 20;
    return static_cast<int>(std::clamp<std::int64_t>(bytes / worth_a_thread, 1, 1 + helpers.maxThreadCount())
    );
}

/// Calls work(first, end) for nearly equal parts of [0, count): the first here, the others on the threads of
/// `helpers`. Returns when all are done. `work` must not throw.
template <typename Work>
void inParts(int count, int parts, QThreadPool& helpers, const Work& work) {
    const auto edge = [&](int part) { return static_cast<int>(std::int64_t{count} * part / parts); };
    std::latch others(parts - 1);
    for (int part = 1; part < parts; ++part) {
        helpers.start([&, part] {
            work(edge(part), edge(part + 1));
            others.count_down();
        });
    }
    work(0, edge(1));
    others.wait();
}

} // namespace rushes::ui
