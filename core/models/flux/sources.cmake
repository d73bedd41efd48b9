# What the folder adds to the two libraries of models.
set(info_sources config.cpp cost.cpp describe.cpp link_files.cpp presets.cpp tensor_list.cpp weight_names.cpp)
set(engine_sources denoising.cpp pipeline.cpp transformer.cpp)
