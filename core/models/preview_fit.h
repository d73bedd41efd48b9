// What fitting a model's previews came to. No libtorch here.
#pragma once

namespace rushes {

/// Mean distance from the true colours, in levels of 255, over clips that were not fitted to.
struct PreviewFit {
    double levels = 0;
    double grey_levels = 0; ///< of the grey pictures that there are without a map
};

} // namespace rushes
