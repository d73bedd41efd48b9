#include "text/letters_tokenizer.h"

#include <nlohmann/json.hpp>

namespace rushes {

namespace {

/// A code point below 2^11 in UTF-8.
std::string utf8_of(unsigned code) {
    if (code < 0x80) {
        return {static_cast<char>(code)};
    }
    return {static_cast<char>(0xC0 | (code >> 6)), static_cast<char>(0x80 | (code & 0x3F))};
}

/// The letters that stand for bytes, by the byte (bytes_to_unicode() of openai/CLIP, simple_tokenizer.py).
std::string letter_of(unsigned byte) {
    const auto is_itself = [](unsigned b) {
        return (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || (b >= 0xAE && b <= 0xFF);
    };
    unsigned others_before = 0;
    for (unsigned b = 0; b < byte; ++b) {
        others_before += is_itself(b) ? 0 : 1;
    }
    return utf8_of(is_itself(byte) ? byte : 256 + others_before);
}

} // namespace

std::map<std::string, std::string> letters_tokenizer_files(const std::string& folder) {
    constexpr unsigned bytes = 256;
    nlohmann::ordered_json vocabulary;
    for (unsigned byte = 0; byte < bytes; ++byte) {
        vocabulary[letter_of(byte)] = byte;
        vocabulary[letter_of(byte) + "</w>"] = bytes + byte;
    }
    vocabulary["<|startoftext|>"] = 2 * bytes;
    vocabulary["<|endoftext|>"] = 2 * bytes + 1;
    return {{folder + "vocab.json", vocabulary.dump() + "\n"}, {folder + "merges.txt", "#version: 0.2\n"}};
}

} // namespace rushes
