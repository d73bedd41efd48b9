# nvcc. One intermediate form serves every card that CUDA 13 knows; the driver makes its own code of it once.
if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
    set(CMAKE_CUDA_ARCHITECTURES 75-virtual)
endif()
set(CMAKE_CUDA_STANDARD 17) # CMake 3.25 knows of no later one for nvcc
enable_language(CUDA)
