# What the folder adds to the two libraries of models.
set(info_sources config.cpp describe.cpp presets.cpp)
set(engine_sources pipeline.cpp)
