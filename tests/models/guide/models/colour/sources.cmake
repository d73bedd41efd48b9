set(info_sources describe.cpp)
set(engine_sources pipeline.cpp)
