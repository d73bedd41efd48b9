# rushes_options: what every target of ours is compiled with. Warnings are errors in our code only; headers of others
# come in as SYSTEM.
add_library(rushes_options INTERFACE)
target_compile_options(rushes_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Werror)
target_include_directories(rushes_options INTERFACE ${PROJECT_SOURCE_DIR}/core)

set(RUSHES_SANITIZE "" CACHE STRING "Sanitizers, for example address,undefined or thread")
if(RUSHES_SANITIZE)
    add_compile_options(-fsanitize=${RUSHES_SANITIZE} -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${RUSHES_SANITIZE})
endif()

# mold links faster than ld where it is installed.
find_program(RUSHES_MOLD mold)
if(RUSHES_MOLD)
    add_link_options(-fuse-ld=mold)
endif()

find_program(RUSHES_CCACHE ccache)
if(RUSHES_CCACHE)
    # A precompiled header is only cached with these (ccache manual, "Precompiled headers").
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${RUSHES_CCACHE})
    add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endif()

# rushes_library(NAME SOURCES... ): a static library of one room.
function(rushes_library name)
    add_library(${name} STATIC ${ARGN})
    target_link_libraries(${name} PUBLIC rushes_options)
endfunction()
