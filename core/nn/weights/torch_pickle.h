// The pickle within a PyTorch file, read without running anything (Python's pickletools.py describes the
// codes; torch/serialization.py and torch/_utils.py of PyTorch 2.11 what torch.save writes). No libtorch.
//
// A pickle is a program for a small stack machine, and its way to make an object is to call a function by
// name. Here nothing is called: a handful of names (a tensor's, a storage's, an ordered dictionary's) are
// understood as the data that their arguments are, and a pickle with any other name in it is refused.
#pragma once

#include "nn/weights/tensor_entry.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace rushes {

/// A tensor as the pickle describes it: a window into a storage.
struct PickledTensor {
    std::string name; ///< the keys that lead to it, joined by dots
    TensorDtype dtype = TensorDtype::f32;
    std::string storage; ///< names the storage's file in the archive
    std::uint64_t storage_numbers = 0;
    std::uint64_t first = 0; ///< number within the storage
    std::vector<std::int64_t> shape;
    std::vector<std::int64_t> strides; ///< in numbers, none negative
};

/// All tensors in the dictionaries and lists of the pickled value; other values are passed over. `what` is
/// the file's name for people. Throws Error{user}: a name that is not understood (it says which), a damaged
/// pickle, or one that would grow without bounds.
std::vector<PickledTensor> read_torch_pickle(std::span<const std::byte> pickle, const std::string& what);

} // namespace rushes
