# Sourced by the set-up scripts: one way to speak, one way to stop.
say() { echo "$*" >&2; }
die() {
    echo "error: $*" >&2
    exit 1
}
