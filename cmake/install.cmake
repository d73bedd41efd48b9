# The installed tree: bin/rushes, its modules in lib/rushes, resources in share/rushes. libtorch stays where it is (found
# by its absolute path) unless RUSHES_BUNDLE_TORCH copies the CPU libraries to lib/rushes/libtorch. RUSHES_BUNDLE_CUDA copies
# the CUDA libraries too (packaging/fetch-libtorch --cuda); without it such an installation computes on the CPU, and says so.
include(GNUInstallDirs)
option(RUSHES_BUNDLE_TORCH "Install libtorch's CPU libraries beside the modules" OFF)
option(RUSHES_BUNDLE_CUDA "Install libtorch's CUDA libraries as well (3.5 GB)" OFF)

set(modules_dir lib/rushes) # where load_module_symbol() looks, relative to bin
set(torch_rpath "${RUSHES_TORCH_ROOT}/torch/lib")
if(RUSHES_BUNDLE_TORCH)
    set(torch_rpath "$ORIGIN/libtorch/torch/lib")
    foreach(library torch/lib/libtorch_cpu.so torch/lib/libc10.so torch/lib/libgomp.so.1 nvidia/cu13/lib/libcudart.so.13
                    nvidia/cu13/lib/libcupti.so.13)
        get_filename_component(folder ${library} DIRECTORY)
        install(FILES "${RUSHES_TORCH_ROOT}/${library}" DESTINATION ${modules_dir}/libtorch/${folder})
    endforeach()
    set(wheels torch nvidia_cuda_runtime nvidia_cuda_cupti)
    if(RUSHES_BUNDLE_CUDA)
        if(NOT EXISTS "${RUSHES_TORCH_ROOT}/nvidia/cudnn/lib")
            message(FATAL_ERROR "RUSHES_BUNDLE_CUDA: the CUDA libraries are not in '${RUSHES_TORCH_ROOT}', run packaging/fetch-libtorch --cuda")
        endif()
        # In the places that the wheels give them, where they find each other.
        file(GLOB cuda_libraries RELATIVE "${RUSHES_TORCH_ROOT}" "${RUSHES_TORCH_ROOT}/torch/lib/*.so*" "${RUSHES_TORCH_ROOT}/nvidia/*/lib/*.so*")
        foreach(library ${cuda_libraries})
            get_filename_component(folder ${library} DIRECTORY)
            install(FILES "${RUSHES_TORCH_ROOT}/${library}" DESTINATION ${modules_dir}/libtorch/${folder})
        endforeach()
        file(GLOB wheels RELATIVE "${RUSHES_TORCH_ROOT}" "${RUSHES_TORCH_ROOT}/*.dist-info")
        list(TRANSFORM wheels REPLACE "-[^-]*\\.dist-info$" "")
    else()
        install(CODE "message(STATUS \"Without CUDA libraries (RUSHES_BUNDLE_CUDA): graphics cards are not used\")")
    endif()
    # Their licences ask to come along.
    foreach(wheel ${wheels})
        file(GLOB licences "${RUSHES_TORCH_ROOT}/${wheel}-*.dist-info/licenses/*")
        install(FILES ${licences} DESTINATION ${CMAKE_INSTALL_DOCDIR}/${wheel})
    endforeach()
endif()

if(TARGET rushes)
    install(TARGETS rushes RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
foreach(module rushes_engine rushes_studio rushes_clips rushes_service rushes_commands)
    if(TARGET ${module})
        set_target_properties(${module} PROPERTIES INSTALL_RPATH "$ORIGIN;${torch_rpath}")
        install(TARGETS ${module} LIBRARY DESTINATION ${modules_dir})
    endif()
endforeach()

if(EXISTS ${PROJECT_SOURCE_DIR}/resources)
    # Icons are inside the studio's module already.
    install(DIRECTORY resources/ DESTINATION ${CMAKE_INSTALL_DATADIR}/rushes PATTERN icons EXCLUDE)
endif()
install(FILES LICENSE THIRD_PARTY_NOTICES.md docs/serve.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
if(RUSHES_MEDIA)
    # systemd looks for programs in folders of its own only: the installed unit names this one in full.
    install(
        CODE "
        file(READ \"${PROJECT_SOURCE_DIR}/packaging/rushes.service\" unit)
        string(REPLACE \"ExecStart=rushes \" \"ExecStart=\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}/rushes \" unit \"\${unit}\")
        file(WRITE \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/lib/systemd/user/rushes.service\" \"\${unit}\")
    "
    )
endif()
if(RUSHES_STUDIO)
    set(share ${CMAKE_INSTALL_DATADIR})
    install(FILES packaging/io.github.rushes.Rushes.desktop DESTINATION ${share}/applications)
    install(FILES packaging/io.github.rushes.Rushes.metainfo.xml DESTINATION ${share}/metainfo)
    install(
        FILES resources/icons/rushes.svg
        DESTINATION ${share}/icons/hicolor/scalable/apps
        RENAME io.github.rushes.Rushes.svg
    )
endif()
