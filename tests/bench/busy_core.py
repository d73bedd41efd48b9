"""How much longer a clip takes while another program keeps one core busy. Run from the repository, on a machine that is idle else:

    python tests/bench/busy_core.py build/release/bin/rushes --rounds 5

Alternates runs alone and beside a busy loop, and prints the median seconds of both and their ratio (the goal is at most 2.5 with two cores).
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

BUSY = "while True: pass"


def run_seconds(program: str, more: list[str], folder: Path) -> float:
    command = [program, "generate", "a red ball bounces over the sea", "--seed", "1", "--device", "cpu", "--no-library", "--json",
               "-o", str(folder / "clip.mp4"), *more]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])["report"]["total_seconds"]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--limit", type=float, default=2.5, help="exit with 1 above this ratio")
    arguments, more = parser.parse_known_args()
    alone, beside = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run_seconds(arguments.program, more, folder)  # the first run reads files that later ones find in memory
        for _ in range(arguments.rounds):
            alone.append(run_seconds(arguments.program, more, folder))
            busy = subprocess.Popen([sys.executable, "-c", BUSY])
            try:
                beside.append(run_seconds(arguments.program, more, folder))
            finally:
                busy.kill()
                busy.wait()
    ratio = statistics.median(beside) / statistics.median(alone)
    print(f"alone {statistics.median(alone):.2f} s, beside a busy core {statistics.median(beside):.2f} s: {ratio:.2f} times")
    sys.exit(0 if ratio <= arguments.limit else 1)


if __name__ == "__main__":
    main()
