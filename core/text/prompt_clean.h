// What WanPipeline does to a prompt before the tokenizer sees it (diffusers, pipeline_wan.py, prompt_clean).
#pragma once

#include <string>
#include <string_view>

namespace rushes {

/// ftfy.fix_text, html.unescape twice, strip, every run of white space to one space.
/// Of ftfy (6.3) everything but the repair of mojibake ("âœ”" for a check mark) is done: HTML entities (not
/// in a text with '<'), stray C1 control characters read as Windows-1252, Latin ligatures, full-width and
/// half-width forms, curly quotes, line breaks, ANSI escapes, control characters, NFC. The repair guesses at
/// text that was decoded wrongly elsewhere; a prompt is typed. Bytes that are not UTF-8 become U+FFFD.
std::string clean_prompt(std::string_view text);

} // namespace rushes
