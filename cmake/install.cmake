# The installed tree: bin/rushes, its modules in lib/rushes, resources in share/rushes. libtorch stays where it is (found
# by its absolute path) unless RUSHES_BUNDLE_TORCH copies the CPU libraries to lib/rushes/libtorch.
include(GNUInstallDirs)
option(RUSHES_BUNDLE_TORCH "Install libtorch's CPU libraries beside the modules" OFF)

set(modules_dir lib/rushes) # where load_module_symbol() looks, relative to bin
set(torch_rpath "${RUSHES_TORCH_ROOT}/torch/lib")
if(RUSHES_BUNDLE_TORCH)
    set(torch_rpath "$ORIGIN/libtorch/torch/lib")
    foreach(library torch/lib/libtorch_cpu.so torch/lib/libc10.so torch/lib/libgomp.so.1 nvidia/cu13/lib/libcudart.so.13
                    nvidia/cu13/lib/libcupti.so.13)
        get_filename_component(folder ${library} DIRECTORY)
        install(FILES "${RUSHES_TORCH_ROOT}/${library}" DESTINATION ${modules_dir}/libtorch/${folder})
    endforeach()
    # Their licences ask to come along.
    foreach(wheel torch nvidia_cuda_runtime nvidia_cuda_cupti)
        file(GLOB licences "${RUSHES_TORCH_ROOT}/${wheel}-*.dist-info/licenses/*")
        install(FILES ${licences} DESTINATION ${CMAKE_INSTALL_DOCDIR}/${wheel})
    endforeach()
endif()

if(TARGET rushes)
    install(TARGETS rushes RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
foreach(module rushes_engine rushes_studio rushes_clips rushes_commands)
    if(TARGET ${module})
        set_target_properties(${module} PROPERTIES INSTALL_RPATH "$ORIGIN;${torch_rpath}")
        install(TARGETS ${module} LIBRARY DESTINATION ${modules_dir})
    endif()
endforeach()

if(EXISTS ${PROJECT_SOURCE_DIR}/resources)
    # Icons are inside the studio's module already.
    install(DIRECTORY resources/ DESTINATION ${CMAKE_INSTALL_DATADIR}/rushes PATTERN icons EXCLUDE)
endif()
install(FILES LICENSE THIRD_PARTY_NOTICES.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
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
