"""Traces of the schedulers of diffusers 0.42, for tests/schedulers. Run from the repository:

    python tests/parity/make_scheduler_fixtures.py

Writes tests/parity/fixtures/schedulers.safetensors: a case has its config and request in the metadata, and the tensors
<case>.sigmas, .timesteps, .outputs (what a model said at each step), .samples (the first one and the one after each step), and where
they differ from 1 or from the samples .init_noise_sigma and .inputs (what the model was given). Cases that begin later than at the
first step have .clean and .noise, from which their first sample was made.
"""

import json
from pathlib import Path

import numpy as np
import torch
from diffusers import (
    DDIMScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    FlowMatchEulerDiscreteScheduler,
    LCMScheduler,
    PNDMScheduler,
    UniPCMultistepScheduler,
)
from diffusers.pipelines.ltx.pipeline_ltx_condition import calculate_shift, linear_quadratic_schedule
from safetensors.torch import save_file

WAN = dict(prediction_type="flow_prediction", use_flow_sigmas=True)
LTX = dict(use_dynamic_shifting=True, base_shift=0.95, max_shift=2.05, base_image_seq_len=1024, max_image_seq_len=4096, shift_terminal=0.1)
LTX_DISTILLED = [1.0, 0.9937, 0.9875, 0.9812, 0.975, 0.9094, 0.725]
SD = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")
ANIMATEDIFF = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="linear")
LIGHTNING = dict(timestep_spacing="trailing", **ANIMATEDIFF)
TURBO = dict(timestep_spacing="trailing", prediction_type="epsilon", **SD)
V21 = dict(prediction_type="v_prediction", **SD)


def flow_cases():
    for shift in (1.0, 3.0, 5.0, 16.0):
        for steps in (1, 2, 4, 6, 20, 50):
            if steps in (4, 20) or shift in (3.0, 5.0):
                yield f"euler_{shift:g}_{steps}", FlowMatchEulerDiscreteScheduler(shift=shift), steps
                yield f"unipc_{shift:g}_{steps}", UniPCMultistepScheduler(flow_shift=shift, **WAN), steps
    yield "euler_stochastic", FlowMatchEulerDiscreteScheduler(shift=7.0, stochastic_sampling=True), 5
    yield "euler_terminal", FlowMatchEulerDiscreteScheduler(shift=2.0, shift_terminal=0.1), 7
    yield "unipc_order1", UniPCMultistepScheduler(flow_shift=3.0, solver_order=1, **WAN), 6
    yield "unipc_order3", UniPCMultistepScheduler(flow_shift=3.0, solver_order=3, **WAN), 9
    # bh1 divides by infinity on the way to sigma 0 in the reference, so it ends before.
    yield "unipc_bh1", UniPCMultistepScheduler(flow_shift=3.0, solver_type="bh1", final_sigmas_type="sigma_min", **WAN), 9
    yield "unipc_bh1_order3", UniPCMultistepScheduler(flow_shift=5.0, solver_order=3, solver_type="bh1", final_sigmas_type="sigma_min", **WAN), 9
    yield "unipc_sigma_min", UniPCMultistepScheduler(flow_shift=3.0, final_sigmas_type="sigma_min", **WAN), 6
    yield "unipc_no_corrector", UniPCMultistepScheduler(flow_shift=3.0, disable_corrector=[0, 2], **WAN), 6
    yield "unipc_terminal", UniPCMultistepScheduler(flow_shift=3.0, shift_terminal=0.05, **WAN), 6
    # Lists of steps, and the shift that grows with the clip.
    for tokens in (720, 7392):
        for steps in (8, 30):
            yield f"ltx_{tokens}_{steps}", FlowMatchEulerDiscreteScheduler(**LTX), {"sigmas": even(steps), "tokens": tokens}
    yield "ltx_unipc", UniPCMultistepScheduler(**LTX_UNIPC), {"sigmas": even(8), "tokens": 2000}
    yield "ltx_own_grid", FlowMatchEulerDiscreteScheduler(**LTX), {"steps": 6, "tokens": 3000}
    yield "ltx_linear", FlowMatchEulerDiscreteScheduler(**(LTX | dict(time_shift_type="linear"))), {"sigmas": even(6), "tokens": 3000}
    yield "ltx_distilled", FlowMatchEulerDiscreteScheduler(stochastic_sampling=True), {"timesteps": [1000 * s for s in LTX_DISTILLED]}
    yield "ltx_quadratic", FlowMatchEulerDiscreteScheduler(), {"timesteps": [1000 * s for s in linear_quadratic_schedule(10).tolist()]}
    yield "euler_sigmas", FlowMatchEulerDiscreteScheduler(shift=3.0), {"sigmas": [1.0, 0.7, 0.25]}
    yield "euler_karras", FlowMatchEulerDiscreteScheduler(shift=3.0, use_karras_sigmas=True), 7
    yield "euler_exponential", FlowMatchEulerDiscreteScheduler(shift=3.0, use_exponential_sigmas=True), 7
    yield "dmd", FlowMatchEulerDiscreteScheduler(shift=8.0, stochastic_sampling=True), {"timesteps": [1000, 757, 522], "training_grid": True}
    yield "euler_5_from", FlowMatchEulerDiscreteScheduler(shift=5.0), {"steps": 8, "begin": 3}
    yield "unipc_5_from", UniPCMultistepScheduler(flow_shift=5.0, **WAN), {"steps": 8, "begin": 3}


def diffusion_cases():
    for steps in (1, 2, 5, 8, 16, 25, 50):
        yield f"ddim_sd15_{steps}", DDIMScheduler(clip_sample=False, set_alpha_to_one=False, steps_offset=1, **SD), steps
        yield f"discrete_sd15_{steps}", EulerDiscreteScheduler(timestep_spacing="leading", steps_offset=1, **SD), steps
    for steps in (2, 7, 25):
        yield f"ddim_animatediff_{steps}", DDIMScheduler(clip_sample=False, steps_offset=1, **ANIMATEDIFF), steps
        yield f"ddim_linspace_{steps}", DDIMScheduler(clip_sample=False, timestep_spacing="linspace", **ANIMATEDIFF), steps
        yield f"discrete_linspace_{steps}", EulerDiscreteScheduler(**ANIMATEDIFF), steps
        yield f"unipc_sd15_{steps}", UniPCMultistepScheduler(**SD), steps
    for steps in (1, 2, 4, 8, 48):
        yield f"lightning_{steps}", EulerDiscreteScheduler(**LIGHTNING), steps
        yield f"ddim_trailing_{steps}", DDIMScheduler(clip_sample=False, **LIGHTNING), steps
        yield f"lcm_{steps}", LCMScheduler(**SD), steps
    for steps in (4, 6):
        yield f"animatelcm_{steps}", LCMScheduler(**ANIMATEDIFF), steps
    yield "turbo", EulerDiscreteScheduler(**TURBO), 1
    yield "turbo_4", EulerDiscreteScheduler(**TURBO), 4
    yield "lcm_original", LCMScheduler(original_inference_steps=100, **SD), 8
    yield "lcm_list", LCMScheduler(**SD), {"timesteps": [999, 699, 399, 99]}
    yield "lcm_clip", LCMScheduler(clip_sample=True, clip_sample_range=1.5, **SD), 4
    yield "lcm_scaling", LCMScheduler(timestep_scaling=0.01, **SD), 4
    yield "ddim_clip", DDIMScheduler(**ANIMATEDIFF), 5
    yield "ddim_clip_range", DDIMScheduler(clip_sample_range=2.5, **ANIMATEDIFF), 5
    yield "ddim_cosine", DDIMScheduler(beta_schedule="squaredcos_cap_v2", clip_sample=False), 5
    yield "ddim_zero_snr", DDIMScheduler(clip_sample=False, rescale_betas_zero_snr=True, timestep_spacing="trailing", **V21), 5
    yield "discrete_zero_snr", EulerDiscreteScheduler(rescale_betas_zero_snr=True, timestep_spacing="trailing", **V21), 5
    yield "discrete_sigma_min", EulerDiscreteScheduler(final_sigmas_type="sigma_min", **SD), 5
    yield "discrete_karras", EulerDiscreteScheduler(use_karras_sigmas=True, **SD), 8
    yield "discrete_exponential", EulerDiscreteScheduler(use_exponential_sigmas=True, **SD), 8
    yield "discrete_list", EulerDiscreteScheduler(**LIGHTNING), {"timesteps": [999, 600.5, 120]}
    yield "unipc_v", UniPCMultistepScheduler(**V21), 6
    yield "unipc_leading", UniPCMultistepScheduler(timestep_spacing="leading", steps_offset=1, solver_order=3, **SD), 9
    yield "unipc_trailing", UniPCMultistepScheduler(timestep_spacing="trailing", final_sigmas_type="sigma_min", **SD), 6
    for prediction in ("v_prediction", "sample"):
        of = dict(prediction_type=prediction, **ANIMATEDIFF)
        yield f"ddim_{prediction}", DDIMScheduler(clip_sample=False, **of), 5
        yield f"discrete_{prediction}", EulerDiscreteScheduler(**of), 5
        yield f"lcm_{prediction}", LCMScheduler(**of), 5
    yield "ddim_from", DDIMScheduler(clip_sample=False, steps_offset=1, **ANIMATEDIFF), {"steps": 8, "begin": 3}
    yield "discrete_from", EulerDiscreteScheduler(timestep_spacing="leading", **SD), {"steps": 8, "begin": 3}
    for steps in (1, 2, 3, 4, 5, 8, 25):
        yield f"pndm_sd15_{steps}", PNDMScheduler(skip_prk_steps=True, steps_offset=1, **SD), steps
        yield f"ancestral_turbo_{steps}", EulerAncestralDiscreteScheduler(**TURBO), steps
    yield "pndm_v", PNDMScheduler(skip_prk_steps=True, set_alpha_to_one=True, **V21), 6
    yield "ancestral_v", EulerAncestralDiscreteScheduler(timestep_spacing="leading", steps_offset=1, **V21), 6


LTX_UNIPC = WAN | {k: v for k, v in LTX.items() if k in ("use_dynamic_shifting", "shift_terminal")}


def even(steps):
    return np.linspace(1.0, 1 / steps, steps).tolist()


def set_timesteps(scheduler, request):
    """Asks as the pipelines do."""
    arguments = {}
    if "tokens" in request:
        config = scheduler.config
        arguments["mu"] = calculate_shift(
            request["tokens"],
            config.get("base_image_seq_len", 256),
            config.get("max_image_seq_len", 4096),
            config.get("base_shift", 0.5),
            config.get("max_shift", 1.15),
        )
    if "sigmas" in request:
        sigmas = np.array(request["sigmas"])
        scheduler.set_timesteps(sigmas=sigmas, **arguments)
    elif "timesteps" in request:
        scheduler.set_timesteps(timesteps=request["timesteps"], **arguments)
    else:
        scheduler.set_timesteps(request["steps"], **arguments)


def trace(scheduler, request, generator):
    """The named tensors of one run."""
    set_timesteps(scheduler, request)
    begin = request.get("begin", 0)
    times = scheduler.timesteps[begin:]
    if hasattr(scheduler, "set_begin_index"):
        scheduler.set_begin_index(begin)
    draws = isinstance(scheduler, (LCMScheduler, EulerAncestralDiscreteScheduler)) or scheduler.config.get("stochastic_sampling", False)
    shape = (1, 2, 4, 4) if draws else (1, 5)
    outputs = torch.randn((len(times), *shape), generator=generator)
    sample = torch.randn(shape, generator=generator)
    result = {"timesteps": scheduler.timesteps, "outputs": outputs}
    if hasattr(scheduler, "sigmas"):
        result["sigmas"] = scheduler.sigmas
    init = float(getattr(scheduler, "init_noise_sigma", 1.0))
    if init != 1:
        result["init_noise_sigma"] = torch.tensor([init])
    if begin:
        noise = torch.randn(shape, generator=generator)
        result |= {"clean": sample, "noise": noise}
        mix = getattr(scheduler, "add_noise", None) or (lambda clean, fresh, t: scheduler.scale_noise(clean, t, fresh))
        sample = mix(sample, noise, times[:1])
    else:
        sample = sample * init
    samples, inputs = [sample], []
    extra = {"generator": torch.Generator().manual_seed(7)} if not isinstance(scheduler, (UniPCMultistepScheduler, PNDMScheduler)) else {}
    for t, output in zip(times, outputs):
        inputs.append(scheduler.scale_model_input(sample, t) if hasattr(scheduler, "scale_model_input") else sample)
        sample = scheduler.step(output, t, sample, return_dict=False, **extra)[0]
        samples.append(sample)
    result["samples"] = torch.stack(samples)
    if not torch.equal(torch.stack(inputs), result["samples"][:-1]):
        result["inputs"] = torch.stack(inputs)
    return result


def dmd_trace(scheduler, request, generator):
    """As FastVideo denoises a student of distribution matching: of each timestep the nearest of the training grid."""
    sigmas = [scheduler.sigmas[(scheduler.timesteps.double() - t).abs().argmin()].double() for t in request["timesteps"]]
    outputs = torch.randn((len(sigmas), 1, 2, 4, 4), generator=generator)
    samples = [torch.randn((1, 2, 4, 4), generator=generator)]
    renoise = torch.Generator().manual_seed(7)
    for output, sigma, following in zip(outputs, sigmas, [*sigmas[1:], None]):
        x0 = samples[-1].double() - sigma * output.double()
        noise = torch.randn(x0.shape, generator=renoise) if following is not None else 0
        samples.append((x0 if following is None else (1 - following) * x0 + following * noise.double()).float())
    return {
        "timesteps": torch.tensor(request["timesteps"], dtype=torch.float32),
        "sigmas": torch.tensor([*sigmas, 0.0], dtype=torch.float32),
        "outputs": outputs,
        "samples": torch.stack(samples),
    }


def main() -> None:
    tensors, metadata = {}, {}
    for name, scheduler, request in [*flow_cases(), *diffusion_cases()]:
        request = request if isinstance(request, dict) else {"steps": request}
        generator = torch.Generator().manual_seed(len(metadata))
        config = dict(scheduler.config) | {"_class_name": type(scheduler).__name__}
        config = {k: v for k, v in config.items() if k != "_use_default_values"}
        metadata[name] = json.dumps({"request": request, "config": config})
        make = dmd_trace if "training_grid" in request else trace
        tensors |= {f"{name}.{key}": tensor for key, tensor in make(scheduler, request, generator).items()}
    target = Path(__file__).parent / "fixtures" / "schedulers.safetensors"
    target.parent.mkdir(exist_ok=True)
    save_file({k: v.contiguous() for k, v in tensors.items()}, target, metadata)
    target.chmod(0o644)
    print(f"{target.name}: {len(metadata)} cases, {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
