// What a run starts from besides its text, decoded. No libtorch here.
#pragma once

#include "base/frame.h"

#include <map>
#include <string>
#include <vector>

namespace rushes {

// Roles of inputs, as recipes hold them. A model says which it takes (ModelInfo::inputs).
inline constexpr const char* role_image = "image";           ///< the picture that the clip begins with
inline constexpr const char* role_last_image = "last_image"; ///< the picture that it ends with
inline constexpr const char* role_clip = "clip";             ///< the frames that it goes on from
inline constexpr const char* role_keyframe = "keyframe";     ///< pictures that it comes by, each at a frame

/// Pictures by role, in time order, in their own size: a pass scales them to its own. Of a keyframe
/// Frame::index is the frame of the clip.
struct RunInputs {
    std::map<std::string, std::vector<FramePtr>> pictures;
};

} // namespace rushes
