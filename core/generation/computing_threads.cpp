#include "generation/computing_threads.h"

#include <sys/resource.h>
#include <thread>
#include <unistd.h>

#include <ATen/Parallel.h>

namespace rushes {
namespace {

constexpr int background_nice = 10;

int prepared(int threads, bool background) {
    prepare_computing_thread(threads, background);
    return at::get_num_threads();
}

} // namespace

void prepare_computing_thread(int threads, bool background) {
    at::set_num_threads(threads > 0 ? threads : int(std::thread::hardware_concurrency()));
    // libtorch takes the number over for this thread only when it is first asked, and another may set it
    // before that.
    at::get_num_threads();
    if (background) {
        // On Linux the priority belongs to the thread, and the threads that it starts inherit it. A refusal
        // is harmless.
        ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), background_nice);
    }
}

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
