#!/bin/sh
# All stages one after the other; options such as --device are passed on to the training stages.
set -e
run=$1 folder=$2
shift 2
cd "$(dirname "$0")"
python vae_form.py
python causal_form.py
python widen.py
python measures.py
[ -d "$run/tokenizer" ] || python tokenizer.py "$run/tokenizer"
python vae.py "$run" "$@"
python vae.py "$run" --decoder-only "$@"
python denoiser.py "$run" "$@"
python distill.py "$run" "$@"
python export.py "$run" "$folder"
python score.py "$run" "$folder" --train --out "$folder/scores.json"
