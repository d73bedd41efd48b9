# rushes_options: what every target of ours is compiled with. Warnings are errors in our code only (off with
# --compile-no-warning-as-error); headers of others come in as SYSTEM.
set(CMAKE_COMPILE_WARNING_AS_ERROR ON)
add_library(rushes_options INTERFACE)
target_compile_options(rushes_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # Warns wrongly about "text" + std::string (GCC bug 105651).
    target_compile_options(rushes_options INTERFACE -Wno-restrict)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND RUSHES_SANITIZE)
    # Instrumented, std::regex and std::function look as if they were not set (GCC bug 105562).
    target_compile_options(rushes_options INTERFACE -Wno-maybe-uninitialized)
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang" AND RUSHES_SANITIZE)
    # Instrumented loops are not vectorized, which "omp simd" asked for.
    target_compile_options(rushes_options INTERFACE -Wno-pass-failed)
endif()
target_include_directories(rushes_options INTERFACE ${PROJECT_SOURCE_DIR}/core)

# A debug build checks indices and optionals of the standard library too; the binary interface stays the same.
add_compile_definitions($<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)

set(RUSHES_SANITIZE "" CACHE STRING "Sanitizers, for example address,undefined or thread")
if(RUSHES_SANITIZE)
    add_compile_options(-fsanitize=${RUSHES_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${RUSHES_SANITIZE})
endif()
if(RUSHES_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# mold links faster than ld where it is installed.
find_program(RUSHES_MOLD mold)
if(RUSHES_MOLD)
    add_link_options(-fuse-ld=mold)
    # mold 1.x lets the part that is made read-only after loading begin at a thread-local variable that may lie a page
    # before everything else: such a program does not start ("cannot apply additional memory protection").
    add_link_options(LINKER:-z,norelro)
endif()

# ccache makes a clean build cheap where it is installed. It caches files that use a precompiled header only with these
# settings (ccache manual, "Precompiled headers").
find_program(RUSHES_CCACHE ccache)
if(RUSHES_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER
        ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
        ${RUSHES_CCACHE}
    )
    add_compile_options(
        $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess> "$<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>"
    )
endif()
