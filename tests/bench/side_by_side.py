"""What the comparisons with diffusers share: pipeline_bench beside a reference, by turns, and the table of both.

Numbers are medians of the rounds; the ratio is the median of the rounds' ratios, so that a busy machine weighs on both.
"""

import argparse
import json
import os
import statistics
import subprocess
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


def ours(a: argparse.Namespace, folder: Path, guidance: float) -> Times:
    command = [a.program, folder, a.size, a.frames, a.steps, guidance, a.threads, a.prompt, "--dtype", getattr(a, "dtype", "fp32")]
    environment = os.environ | {"OMP_NUM_THREADS": str(a.threads), "OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "2000", "THP_MEM_ALLOC_ENABLE": "1"}  # as app/start.cpp
    return json.loads(subprocess.run(list(map(str, command)), env=environment, check=True, capture_output=True, text=True).stdout)


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
