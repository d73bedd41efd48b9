#include "models/pass.h"

#include "base/error.h"

namespace rushes {

void require_on_lattice(const Pass& pass, const Lattice& lattice) {
    if (lattice.holds({pass.width, pass.height}) && lattice.holds_frames(pass.frames)) {
        return;
    }
    throw Error(
        ErrorKind::bug,
        "A pass of " + std::to_string(pass.frames) + " frames of " + std::to_string(pass.width) + " x " +
            std::to_string(pass.height) + " is not on the model's lattice."
    );
}

} // namespace rushes
