// The one place where commands talk to people: stdout carries results, stderr everything else.
#pragma once

#include "base/error.h"

#include <cstdint>
#include <string>

namespace rushes {

/// Whether a person looks at stderr.
bool is_terminal();

/// Columns of the terminal; 80 when it does not say.
int terminal_columns();

void print(const std::string& text); ///< stdout, flushed: a program may read along
void say(const std::string& line);   ///< one line on stderr
void say_error(const Error& error);  ///< "rushes: sentence hint" on stderr
std::string fixed(double number, int digits);

} // namespace rushes
