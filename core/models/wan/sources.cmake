# What the folder adds to the two libraries of models.
set(info_sources config.cpp cost.cpp describe.cpp presets.cpp tensor_list.cpp vae_config.cpp weight_names.cpp)
set(engine_sources
    denoising.cpp
    kv_cache.cpp
    pipeline.cpp
    transformer.cpp
    vae.cpp
    vae_blocks.cpp
    vae_decoder.cpp
    vae_encoder.cpp
)
