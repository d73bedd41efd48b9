"""All stages in one process on a GPU, within a given time: a session of minutes on a lent machine.

    python on_gpu.py RUN OUT --seconds 420 [--compare FOLDER]

RUN holds the tokenizer and whatever a stage can begin with (vae_start.pt, denoiser_start.pt, judge.pt). OUT gets the weights of each
stage in bfloat16, while it trains and at its end, the log and the scores. A stage that fails takes none of the others' results with it.
"""

import argparse
import json
import shutil
import threading
import time
import traceback
from pathlib import Path

import torch

import denoiser
import distill
import export
import score
import vae
from optim import keep

RESULTS = ["vae_encoder_frozen", "vae_final", "denoiser_teacher", "denoiser_final", "latent_statistics", "judge"]
SHARES = {"vae": 0.34, "denoiser": 0.48}                         # of the time that scores leave; the rest is for distill.py
SCORING = 22                                                     # seconds


def small(value):
    """Weights in bfloat16; statistics and judge are small and stay as they are."""
    if isinstance(value, dict):
        return {k: small(v) for k, v in value.items()}
    return value.detach().cpu().bfloat16() if torch.is_tensor(value) and value.dim() > 1 else value.cpu() if torch.is_tensor(value) else value


def publish(run: Path, out: Path, seen: dict) -> None:
    for name in RESULTS:
        path = run / f"{name}.pt"
        if path.exists() and path.stat().st_mtime != seen.get(name):
            seen[name] = path.stat().st_mtime
            value = torch.load(path, map_location="cpu", weights_only=False)
            keep({"judge": value["judge"]} if name == "judge" else value if name == "latent_statistics" else small(value), out / path.name)
    scores = {path.stem: json.loads(path.read_text()) for path in sorted(run.glob("scores_*.json"))}
    (out / "scores.json").write_text(json.dumps(scores, indent=2))
    lines = [path.stem + " " + path.read_text().replace("\n", f"\n{path.stem} ") for path in sorted(run.glob("*.jsonl"))]
    (out / "log.txt").write_text("\n".join(lines))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seconds", type=float, default=420)
    parser.add_argument("--compare", type=Path, help="a model to score beside the new one")
    parser.add_argument("--judge-seconds", type=float, default=30, help="if RUN has no judge.pt")
    parser.add_argument("--clips", type=int, default=504, help="of the scores")
    parser.add_argument("--batch", type=float, default=1.0)
    parser.add_argument("--guidance", type=float, default=1.8)
    parser.add_argument("--keep-autoencoder", action="store_true", help="RUN's vae_start.pt stays as it is; its time is the denoiser's")
    parser.add_argument("--pictures-until", type=float, default=0.15, help="share of the denoiser's time for pictures alone")
    parser.add_argument("--device", default="cuda")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    begin, seen, done = time.time(), {}, threading.Event()

    def left() -> float:
        return args.seconds - (time.time() - begin)

    def publisher() -> None:
        while not done.wait(20):
            try:
                publish(args.run, args.out, seen)
            except Exception:
                traceback.print_exc()

    def stage(name: str, call, *arguments) -> None:
        start = time.time()
        try:
            call([str(a) for a in arguments])
        except Exception:
            traceback.print_exc()
        if args.device == "cuda":
            memory = torch.cuda.max_memory_allocated() / 2**30
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats()
            print(f"== {name}: {time.time() - start:.0f} s, {memory:.1f} GiB", flush=True)

    threading.Thread(target=publisher, daemon=True).start()
    if args.device == "cuda":                      # kernels are built while the libraries load
        import fused
        builder = threading.Thread(target=fused.usable, args=["cuda"])
        builder.start()
        vae.build()
        builder.join()
    common = [args.run, "--device", args.device, "--threads", 8 if args.device == "cuda" else 1]
    judged = (args.run / "judge.pt").exists()
    budget = args.seconds - SCORING * args.clips / 504 - (0 if judged else args.judge_seconds)
    training = ["--save-every", 60]
    shares = dict(SHARES)
    if args.keep_autoencoder:
        shutil.copy(args.run / "vae_start.pt", args.run / "vae_encoder_frozen.pt")
        shares = {"vae": 0, "denoiser": SHARES["vae"] + SHARES["denoiser"]}
    else:
        stage("vae", vae.main, *common, *training, "--minutes", shares["vae"] * budget / 60, "--score-every", 0.75,
              "--learning-rate", 1.5)
    stage("denoiser", denoiser.main, *common, *training, "--batch", args.batch, "--minutes", shares["denoiser"] * budget / 60, "--keep-text",
          "--pictures-until", args.pictures_until, "--learning-rate", 1.5)
    stage("distill", distill.main, *common, *training, "--batch", 0.75 * args.batch, "--guidance", args.guidance, "--keep-text", "--minutes",
          max(5, left() - SCORING * args.clips / 504 - (0 if judged else args.judge_seconds)) / 60)
    publish(args.run, args.out, seen)
    folder = args.run / "model"
    stage("export", export.main, args.run, folder, "--device", args.device)
    if not judged:
        stage("judge", score.main, *common, "--train", "--minutes", args.judge_seconds / 60)
        publish(args.run, args.out, seen)
    for name, model in (("new", folder), ("old", args.compare)):
        if model:
            stage(f"scores of the {name} model", score.main, args.run, model, "--device", args.device, "--clips", args.clips,
                  "--out", args.run / f"scores_{name}.json")
    done.set()
    publish(args.run, args.out, seen)
    print(f"{time.time() - begin:.0f} s in all", flush=True)


if __name__ == "__main__":
    main()
