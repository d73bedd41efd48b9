#!/bin/sh
# Puts the result of a run in place of the model that the program ships, with everything that depends on the weights: the trace
# of the parity test, the contact sheet of the README, the scores. By hand remain the version in export.py, the card, a look at
# the sheet, and the decision: score.py on the old folder first, and only what scores better goes on.
set -e
run=$1
cd "$(dirname "$0")"
model=../resources/models/rushes-demo
python export.py "$run" "$model"
python ../tests/parity/make_demo_fixture.py
python sample.py "$model" --size 224x128 --out ../docs/media/demo-model.png \
    "a red ball bounces over the sea" "a golden star spins at night" "a pink heart pulses in the desert" \
    "a green triangle moves right over the hills" "a blue ring falls in the sky" "a white moon rises at night" \
    "a purple diamond stays still in a room" "an orange box moves left over a meadow"
python score.py "$run" "$model" --out "$model/scores.json"
