// How CLIP's tokenizer cuts a text into words, and how it writes bytes as characters.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rushes {

/// The words of a text, normalised (NFC, white space to single spaces, lower case), in UTF-8: runs of
/// letters, single digits, runs of other signs, and the English endings 's 't 're 've 'm 'll 'd.
std::vector<std::string> clip_words(std::string_view text);

/// A byte as the visible character, in UTF-8, that stands for it in the vocabulary (bytes_to_unicode of
/// openai/CLIP, simple_tokenizer.py).
std::string clip_byte(char byte);

} // namespace rushes
