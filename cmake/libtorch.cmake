# rushes::torch: libtorch as the PyPI wheels hold it, unpacked side by side as in site-packages (torch/, nvidia/), where
# the libraries find each other by RPATH. packaging/fetch-libtorch puts it there and pins versions and hashes.
set(libtorch_home "$ENV{XDG_CACHE_HOME}")
if(NOT libtorch_home)
    set(libtorch_home "$ENV{HOME}/.cache")
endif()
set(libtorch_home "${libtorch_home}/rushes/libtorch-2.11.0")
if(NOT "$ENV{RUSHES_TORCH_ROOT}" STREQUAL "")
    set(libtorch_home "$ENV{RUSHES_TORCH_ROOT}")
endif()
set(RUSHES_TORCH_ROOT "${libtorch_home}" CACHE PATH "Folder that holds torch/ and nvidia/")
if(NOT EXISTS "${RUSHES_TORCH_ROOT}/torch/lib/libtorch_cpu.so")
    message(FATAL_ERROR "libtorch is not in RUSHES_TORCH_ROOT='${RUSHES_TORCH_ROOT}': run packaging/fetch-libtorch first")
endif()

# Only the CPU libraries are linked; libtorch_cuda is loaded at run time where a driver is present.
add_library(rushes_torch INTERFACE)
add_library(rushes::torch ALIAS rushes_torch)
target_include_directories(rushes_torch SYSTEM INTERFACE "${RUSHES_TORCH_ROOT}/torch/include")
target_link_libraries(
    rushes_torch
    INTERFACE
        "${RUSHES_TORCH_ROOT}/torch/lib/libtorch_cpu.so"
        "${RUSHES_TORCH_ROOT}/torch/lib/libc10.so"
        "${RUSHES_TORCH_ROOT}/torch/lib/libgomp.so.1"
)
# at::parallel_for is a template of libtorch's headers: compiled without this it works alone, and says nothing.
target_compile_options(rushes_torch INTERFACE -fopenmp)
# cudart and cupti come by libtorch_cpu's own RPATH, the linker need not see them.
target_link_options(rushes_torch INTERFACE -Wl,--allow-shlib-undefined)

# One precompiled header for all libtorch users: 11 s -> 3 s a file.
add_library(rushes_torch_pch OBJECT ${CMAKE_CURRENT_LIST_DIR}/pch.cpp)
target_link_libraries(rushes_torch_pch PUBLIC rushes_options rushes::torch)
target_precompile_headers(
    rushes_torch_pch
    PRIVATE
        <ATen/ATen.h>
        <algorithm>
        <cmath>
        <filesystem>
        <functional>
        <map>
        <memory>
        <optional>
        <span>
        <stop_token>
        <string>
        <string_view>
        <vector>
)
