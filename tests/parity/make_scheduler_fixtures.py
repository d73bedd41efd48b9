"""Traces of the schedulers of diffusers 0.42, for tests/schedulers. Run from the repository:

    python tests/parity/make_scheduler_fixtures.py

Writes tests/parity/fixtures/schedulers.safetensors: a case has its config and number of steps in the metadata, and the
tensors <case>.sigmas, .timesteps, .outputs (what a model said at each step), .samples (the first one and the one after each step).
"""

import json
from pathlib import Path

import torch
from diffusers import FlowMatchEulerDiscreteScheduler, UniPCMultistepScheduler
from safetensors.torch import save_file

WAN = dict(prediction_type="flow_prediction", use_flow_sigmas=True)


def cases():
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


def main() -> None:
    tensors, metadata = {}, {}
    for name, scheduler, steps in cases():
        generator = torch.Generator().manual_seed(len(metadata))
        shape = (1, 2, 4, 4) if "stochastic" in name else (1, 5)
        outputs = torch.randn((steps, *shape), generator=generator)
        sample = torch.randn(shape, generator=generator)
        scheduler.set_timesteps(steps)
        scheduler.set_begin_index(0)
        samples = [sample]
        extra = {"generator": torch.Generator().manual_seed(7)} if "euler" in name else {}
        for t, output in zip(scheduler.timesteps, outputs):
            sample = scheduler.step(output, t, sample, return_dict=False, **extra)[0]
            samples.append(sample)
        config = dict(scheduler.config) | {"_class_name": type(scheduler).__name__}
        metadata[name] = json.dumps({"steps": steps, "config": {k: v for k, v in config.items() if k != "_use_default_values"}})
        tensors |= {f"{name}.sigmas": scheduler.sigmas, f"{name}.timesteps": scheduler.timesteps, f"{name}.outputs": outputs,
                    f"{name}.samples": torch.stack(samples)}
    target = Path(__file__).parent / "fixtures" / "schedulers.safetensors"
    target.parent.mkdir(exist_ok=True)
    save_file({k: v.contiguous() for k, v in tensors.items()}, target, metadata)
    target.chmod(0o644)
    print(f"{target.name}: {len(metadata)} cases, {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
