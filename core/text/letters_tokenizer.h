// A CLIP tokenizer that knows single bytes only: for checkpoints of random weights, whose text nobody reads,
// since the published vocabulary is not ours to ship. No libtorch here.
#pragma once

#include <map>
#include <string>

namespace rushes {

/// vocab.json and merges.txt, by path behind `folder` ("tokenizer/"); 514 pieces.
std::map<std::string, std::string> letters_tokenizer_files(const std::string& folder);

} // namespace rushes
