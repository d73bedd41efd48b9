# What the rooms are made of.

# rushes_library(NAME SOURCES...): a static library of one room.
function(rushes_library name)
    add_library(${name} STATIC ${ARGN})
    target_link_libraries(${name} PUBLIC rushes_options)
endfunction()

# rushes_torch_library(NAME SOURCES...): the same for a room that uses libtorch, with the common precompiled header.
function(rushes_torch_library name)
    rushes_library(${name} ${ARGN})
    target_link_libraries(${name} PUBLIC rushes::torch)
    target_precompile_headers(${name} REUSE_FROM rushes_torch_pch)
endfunction()
