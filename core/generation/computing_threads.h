// How many threads a run computes with, from moment to moment.
#pragma once

#include "base/processor_load.h"

namespace rushes {

/// Sets the threads that libtorch computes with on the calling thread, and lowers its priority when asked to.
void prepare_computing_thread(int threads, bool background);

/// For the thread that runs a plan. A number that was asked for is kept to; all cores (0) are shared with
/// other programs: beside a busy core two threads that wait for each other are slower than one that waits for
/// nobody. How many there are does not change what is computed.
class ComputingThreads {
public:
    /// As prepare_computing_thread(), which it calls.
    ComputingThreads(int threads, bool background);

    /// Call between steps; costs microseconds. More or fewer threads from now on, as other programs come and
    /// go.
    void make_room();

private:
    int cores_;
    bool share_;
    int used_;
    OtherPrograms others_;
};

} // namespace rushes
