# What the folder adds to the two libraries of models.
set(info_sources config.cpp cost.cpp describe.cpp presets.cpp tensor_list.cpp)
set(engine_sources denoising.cpp pipeline.cpp transformer.cpp)
