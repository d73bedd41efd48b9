# What the folder adds to the two libraries of models.
set(info_sources config.cpp cost.cpp describe.cpp presets.cpp tensor_list.cpp vae_config.cpp)
set(engine_sources
    denoising.cpp
    pipeline.cpp
    positions.cpp
    transformer.cpp
    upsampler.cpp
    vae.cpp
    vae_decoder.cpp
    vae_encoder.cpp
    vae_layers.cpp
)
