"""What the comparisons with diffusers share: pipeline_bench beside a reference, by turns, and the table of both.

Numbers are medians of the rounds; the ratio is the median of the rounds' ratios, so that a busy machine weighs on both.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

STAGES = ("text", "denoise", "decode")
Times = dict[str, float]


def stage_times(stages: list[Callable]) -> Times:
    """Each stage is called with what the one before it returned."""
    times, value = {}, None
    for name, stage in zip(STAGES, stages, strict=True):
        start = time.perf_counter()
        value = stage(value)
        times[name] = time.perf_counter() - start
    return times


def add_arguments(parser: argparse.ArgumentParser, rounds: int) -> None:
    parser.add_argument("program", help="pipeline_bench")
    parser.add_argument("--prompt", default="a red ball bounces over the sea")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=rounds)


def as_started(threads: int) -> dict[str, str]:
    """The environment that app/start.cpp makes."""
    ours = {"OMP_NUM_THREADS": str(threads), "OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "2000", "THP_MEM_ALLOC_ENABLE": "1"}
    return os.environ | ours


def output_and_peak(command: list[str], environment: dict[str, str]) -> tuple[str, int]:
    """What it printed, and the most memory that it took, in bytes."""
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, command)
    return output, 1024 * usage.ru_maxrss


def ours(a: argparse.Namespace, folder: Path, guidance: float) -> Times:
    command = [a.program, folder, a.size, a.frames, a.steps, guidance, a.threads, a.prompt, "--dtype", getattr(a, "dtype", "fp32")]
    with tempfile.TemporaryDirectory() as cache:  # which no text is found in
        environment = as_started(a.threads) | {"XDG_CACHE_HOME": cache}
        return json.loads(subprocess.run(list(map(str, command)), env=environment, check=True, capture_output=True, text=True).stdout)


def clip_tokenizer(folder: Path, **options):
    """Of a random model, whose configs do not say what CLIP's always is."""
    from transformers import CLIPTokenizer

    return CLIPTokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=77, **options)


def compare(rounds: int, reference: Callable[[], Times], program: Callable[[], Times], warm_up: bool = True) -> None:
    """By turns, then prints the table; with the peak of the process' memory where both say it."""
    if warm_up:
        reference()  # the first run pays for allocations
    pairs = []
    for _ in range(rounds):
        pair = reference(), program()
        for times in pair:
            times["total"] = sum(times[stage] for stage in STAGES)
        pairs.append(pair)
    print("| stage | diffusers, s | rushes, s | ratio |\n|---|---|---|---|")
    for stage in (*STAGES, "total"):
        theirs, mine = (statistics.median(pair[i][stage] for pair in pairs) for i in (0, 1))
        print(f"| {stage} | {theirs:.3f} | {mine:.3f} | {statistics.median(pair[0][stage] / pair[1][stage] for pair in pairs):.1f} |")
    if all("peak_bytes" in times for pair in pairs for times in pair):
        theirs, mine = (statistics.median(pair[i]["peak_bytes"] for pair in pairs) / 1e9 for i in (0, 1))
        print(f"| peak memory, GB | {theirs:.2f} | {mine:.2f} | {theirs / mine:.1f} |")


def apart(doc: str, stages: Callable[[argparse.Namespace], list[Callable]], **defaults) -> None:
    """A comparison on one directory without guidance, whose runs are processes of their own: each loads, runs once for the allocations, and once
    for the times. `stages` loads the reference's pipeline; `defaults`: size, frames, steps and
    what else it asks for."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_arguments(parser, rounds=2)
    parser.add_argument("folder", type=Path)
    for name, value in defaults.items():
        parser.add_argument("--" + name.replace("_", "-"), type=type(value), default=value)
    parser.add_argument("--dtype", choices=("fp32", "bf16"), default="fp32")
    parser.add_argument("--reference", action="store_true", help="one run of diffusers, its times as JSON")
    a = parser.parse_args()
    a.frames = getattr(a, "frames", 1)
    if a.reference:
        print(json.dumps(reference_alone(a, stages)))
        return
    print(f"{a.size}, {a.frames} frames, {a.steps} steps, {a.threads} threads, {a.dtype}, median of {a.rounds}")
    theirs = [sys.executable, *sys.argv, "--reference"]
    compare(
        a.rounds,
        lambda: json.loads(subprocess.run(theirs, check=True, capture_output=True, text=True).stdout.splitlines()[-1]),
        lambda: ours(a, a.folder, 1.0),
        warm_up=False,
    )


def reference_alone(a: argparse.Namespace, stages: Callable[[argparse.Namespace], list[Callable]]) -> Times:
    import torch

    torch.set_num_threads(a.threads)
    a.width, a.height = map(int, a.size.split("x"))
    with torch.inference_mode():
        loaded = stages(a)
        stage_times(loaded)
        times = stage_times(loaded)
    return times | {"peak_bytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}
