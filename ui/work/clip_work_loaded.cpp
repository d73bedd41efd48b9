// In the program: the module is loaded when a clip is first read or written.
#include "base/module.h"
#include "work/clip_work.h"

namespace rushes::ui {

const ClipWork& clipWork() {
    static const ClipWork& work =
        *reinterpret_cast<GetClipWork*>(load_module_symbol("rushes_clips", clip_work_symbol))();
    return work;
}

} // namespace rushes::ui
