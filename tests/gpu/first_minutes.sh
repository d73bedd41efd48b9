#!/bin/bash
# The first minutes on a graphics card, in order of value: each check prints what is expected beside what comes out.
#     tests/gpu/first_minutes.sh [DIRECTORY] [DEVICE]
# DIRECTORY holds a Wan model in the diffusers layout; random weights of the published sizes do, zeros would be fast beyond
# measure. Without it the small fixture of the tests serves, whose figures say only that everything runs. DEVICE is cuda:0,
# cuda:N, cpu, or standin, which counts launches, copies and bytes where there is no card. The build is taken from $BUILD
# (build/cuda where it is there, else build/release); everything is written to a folder of its own and removed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
fixture=tests/parity/fixtures/wan/wan21
model=${1:-$fixture}
device=${2:-cuda:0}
build=${BUILD:-$([ -x build/cuda/bin/rushes ] && echo build/cuda || echo build/release)}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

size="--size 832x480 --frames 81"
[ "$model" = "$fixture" ] && size="--size 64x48 --frames 33 --repeat 1"
# The stand-in is a device of the tests; whole programs compute on the CPU there.
program_device=$device
[ "$device" = standin ] && program_device=cpu

row() { printf '| %s | %s | %s |\n' "$1" "$2" "$3"; }

levels() { # two clips -> the largest difference of a colour
    "$build/bin/rushes" compare "$1" "$2" | awk '/^largest/ { print $2 }'
}

clip() { # device, output, more flags
    "$build/bin/rushes" generate "a red ball bounces over the sea" --seed 7 --frames 9 --device "$1" --output "$2" \
        --no-library "${@:3}" 2>&1 | tail -1
}

tests() { # program, filter
    [ -x "$build/tests/$1" ] || { echo "not built"; return; }
    "$build/tests/$1" --gtest_filter="$2" 2>&1 | awk '/^\[  PASSED  \]/ { p = $4 } /^\[  SKIPPED \]/ { s = $4 }
        /^\[  FAILED  \] [0-9]/ { f = $4 } END { printf "%d passed, %d skipped, %d failed\n", p - s, s, f }'
}

echo "device $device, model $model, build $build"
"$build/bin/rushes" doctor --device "$program_device" | grep -E '^(machine|graphics|driver|engine)'
echo
echo "| what | expected (Wan 2.1 1.3B, 832x480, 81 frames, bf16, H200) | measured |"
echo "|---|---|---|"

clip cpu "$folder/cpu.mkv" --dtype fp32 >"$folder/cpu.txt"
clip "$program_device" "$folder/card.mkv" --dtype fp32 >"$folder/card.txt"
if [ -f "$folder/card.mkv" ] && [ -f "$folder/cpu.mkv" ]; then
    row "built-in model, levels between device and CPU (fp32)" "TF32: a few; 1 without" "$(levels "$folder/cpu.mkv" "$folder/card.mkv")"
else
    row "built-in model on the device" "a clip" "$(cat "$folder/card.txt")"
fi
row "parity on the card, transformer and runs" "all passed, none skipped" "$(tests wan_parity_tests '*Cuda*')"
row "parity on the card, VAE" "all passed, none skipped" "$(tests vae_parity_tests '*Cuda*')"
row "our kernels beside ATen" "all passed, none skipped" "$(tests cuda_kernels_tests '*')"
LD_DEBUG=libs "$build/bin/rushes" generate "a red ball" --frames 5 --device "$program_device" --dtype bf16 --no-library \
    --output "$folder/debug.mkv" >/dev/null 2>"$folder/libs.txt"
row "a clip in bf16, and looks for nvrtc-builtins that failed" "made, 0" \
    "$([ -f "$folder/debug.mkv" ] && echo made || echo failed), $(grep -c 'nvrtc-builtins.*cannot open' "$folder/libs.txt")"
"$build/bench/gpu_bench" "$model" --device "$device" --dtype bf16 $size
