// The program's parts that are loaded when they are needed: the executable itself links none of the large
// libraries.
#pragma once

#include <string>

namespace rushes {

/// Address of `symbol` in lib<name>.so, which is looked for in $RUSHES_MODULES, beside the executable and in
/// ../lib/rushes. The library stays loaded until the program ends. Throws Error{resource} with one sentence.
void* load_module_symbol(const std::string& name, const char* symbol);

} // namespace rushes
