#include "generation/computing_threads.h"

#include "generation/device.h"

#include <thread>

#include <ATen/Parallel.h>

namespace rushes {
namespace {

int prepared(int threads, bool background) {
    prepare_computing_thread(threads, background);
    return at::get_num_threads();
}

} // namespace

ComputingThreads::ComputingThreads(int threads, bool background)
    : cores_(int(std::thread::hardware_concurrency())),
      share_(threads == 0),
      used_(prepared(threads, background)) {
    make_room();
}

void ComputingThreads::make_room() {
    const int wanted = share_ ? threads_beside(others_.busy_cores(), cores_, cores_) : used_;
    if (wanted != used_) {
        at::set_num_threads(wanted);
        used_ = wanted;
    }
}

} // namespace rushes
