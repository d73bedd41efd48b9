"""Every number of the kit in one place. The stages read it and nothing else; a larger recipe is an edit of this file."""

SEED = 20261121
FPS = 12
FRAMES = 33                                        # 9 latent frames
SIZES = [(224, 128), (128, 224), (160, 160)]       # width, height; multiples of 32

# How many of the things in grammar.py the model knows, first to last. The renderer draws 12 colours and 10 backgrounds.
KNOWN = dict(object=8, colour=8, background=6, motion=8)

# AutoencoderKLWan in the layout of Wan 2.2: 2x2 pixel shuffle, then 8x in space and 4x in time by convolutions.
VAE = dict(
    base_dim=16,
    decoder_base_dim=24,
    z_dim=48,
    dim_mult=[1, 2, 4, 4],
    num_res_blocks=1,
    attn_scales=[],
    temperal_downsample=[False, True, True],       # spelled as in the published config
    is_residual=True,
    in_channels=12,
    out_channels=12,
    patch_size=2,
    scale_factor_temporal=4,
    scale_factor_spatial=16,
)

TEXT = dict(
    d_model=128,
    d_kv=32,
    num_heads=4,
    d_ff=256,
    num_layers=2,
    dropout_rate=0.0,
    feed_forward_proj="gated-gelu",
    relative_attention_num_buckets=32,
    relative_attention_max_distance=128,
    pad_token_id=0,
    eos_token_id=1,
    decoder_start_token_id=0,
)
TEXT_LENGTH = 512                                  # Wan pads the embeddings with zeros to this length

TRANSFORMER = dict(
    patch_size=(1, 1, 1),                          # 112 tokens a latent frame of 224x128
    num_attention_heads=4,
    attention_head_dim=64,
    in_channels=VAE["z_dim"],
    out_channels=VAE["z_dim"],
    text_dim=TEXT["d_model"],
    freq_dim=256,
    ffn_dim=1024,
    num_layers=6,
    cross_attn_norm=True,
    qk_norm="rms_norm_across_heads",
    eps=1e-6,
    rope_max_seq_len=1024,
)

# How the causal pipeline runs; becomes causal.json.
CAUSAL = dict(
    num_frames_per_block=1,
    local_attn_size=8,                             # latent frames seen, the current one included
    sink_size=1,                                   # the first latent frame stays in the cache
    rope="relative",
    sigmas=[1.0, 0.9, 0.75, 0.5],                  # 4 even steps, shift 3
    shift=3.0,                                     # and so are those of any other count
    solver="euler",
    guidance_scale=1.0,                            # distill.py folds it in
    context_noise=0.0,
)
