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

# rushes_add_families(FOLDER INFO ENGINE): adds the files of each family that FOLDER/families.def lists, a folder of FOLDER
# with a sources.cmake, to the library that describes models and to the one that runs them.
function(rushes_add_families folder info engine)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${folder}/families.def)
    file(STRINGS ${folder}/families.def lines REGEX "^RUSHES_FAMILY")
    foreach(line ${lines})
        string(REGEX REPLACE "^RUSHES_FAMILY\\(([a-z0-9_]+)\\)$" "\\1" family "${line}")
        set(info_sources)
        set(engine_sources)
        include(${folder}/${family}/sources.cmake)
        list(TRANSFORM info_sources PREPEND ${folder}/${family}/)
        list(TRANSFORM engine_sources PREPEND ${folder}/${family}/)
        target_sources(${info} PRIVATE ${info_sources})
        if(TARGET ${engine})
            target_sources(${engine} PRIVATE ${engine_sources})
        endif()
    endforeach()
endfunction()

# rushes_module(NAME SOURCES...): a part that the program loads when it is needed. Whatever a part uses is linked into it:
# what is missing is an error here, not a surprise at its first use.
function(rushes_module name)
    add_library(${name} MODULE ${ARGN})
    # Its own copy of what it shares with the executable stays its own.
    target_link_options(${name} PRIVATE -Wl,--exclude-libs,ALL)
    if(NOT RUSHES_SANITIZE AND NOT RUSHES_FUZZ)
        target_link_options(${name} PRIVATE -Wl,-z,defs)
    endif()
endfunction()
