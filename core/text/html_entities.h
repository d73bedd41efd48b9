// Character references of HTML as plain characters.
#pragma once

#include <string>
#include <string_view>

namespace rushes {

/// As Python's html.unescape: &name; &#n; &#xh; and the old names that need no semicolon ("&ampere" ->
/// "&ere"), by the rules of the HTML standard ("Named character references", "Numeric character reference end
/// state").
std::string unescape_html(std::string_view text);

/// As ftfy.fixes.unescape_html: only references that end in ';', and names written all in capitals
/// (&EACUTE;).
std::string unescape_html_strictly(std::string_view text);

/// What Windows-1252 has at 0x80..0x9F, where that code page has something; other values as they are. HTML
/// reads numeric references so, and ftfy stray C1 control characters.
char32_t windows_1252(char32_t c);

} // namespace rushes
