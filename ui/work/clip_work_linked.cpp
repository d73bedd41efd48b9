// In tests: the same functions, linked.
#include "work/clip_work.h"

extern "C" rushes::ui::GetClipWork rushes_clip_work;

namespace rushes::ui {

const ClipWork& clipWork() {
    return *rushes_clip_work();
}

} // namespace rushes::ui
