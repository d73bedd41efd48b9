# Sourced by ./run and ./test: installs what is missing, fetches libtorch, builds. Everything it says goes to stderr.
source packaging/say.sh

# package names that packaging/packages.txt lists for "run" (and "test")
packages_for() { awk -v uses=" $* " '!/^#/ && NF && index(uses, " " $2 " ") { print $1 }' packaging/packages.txt; }

# The same of packages that only some distributions have ("test?").
optional_packages_for() {
    local name
    for name in $(packages_for "${@/%/?}"); do
        [ -z "$(apt-cache policy "$name" 2>/dev/null | grep -E 'Candidate: [0-9]')" ] || echo "$name"
    done
}

missing_packages() { # uses...
    local wanted installed
    wanted=$(packages_for "$@"; optional_packages_for "$@")
    installed=$(dpkg-query --show --showformat='${db:Status-Status} ${Package}\n' $wanted 2>/dev/null |
        awk '$1 == "installed" { print $2 }') || true
    comm -23 <(sort <<<"$wanted") <(sort <<<"$installed")
}

install_packages() { # uses...
    if ! command -v dpkg-query >/dev/null; then
        say "packages: this is no Debian or Ubuntu; packaging/packages.txt lists what has to be installed"
        return
    fi
    local missing as_root=()
    missing=$(missing_packages "$@" | tr '\n' ' ')
    [ -n "${missing// /}" ] || return 0
    if [ "$(id -u)" != 0 ]; then
        # sudo asks for a password only where somebody can type one.
        if ! command -v sudo >/dev/null || { [ ! -t 0 ] && ! sudo -n true 2>/dev/null; }; then
            die "packages are missing, install them as root: apt-get install ${missing% }"
        fi
        as_root=(sudo)
    fi
    say "packages: installing $missing(takes minutes on a bare machine)"
    mkdir -p build
    local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get --quiet -o DPkg::Lock::Timeout=120)
    local log=build/packages.log
    # A list that can't be refreshed matters only if the installation then fails.
    "${apt[@]}" update >$log 2>&1 || say "packages: apt-get update failed, going on with the lists that are there"
    missing=$(missing_packages "$@" | tr '\n' ' ') # what only some distributions have is known now
    "${apt[@]}" install --yes --no-install-recommends $missing >>$log 2>&1 ||
        { tail -5 $log >&2; die "apt-get could not install the packages named above, see $log"; }
}

# As many compilers as there are cores, but 2 GB of memory each: a file that uses libtorch needs 1.5 GB.
build_jobs() {
    local cores by_memory
    cores=$(nproc)
    by_memory=$(awk '/MemAvailable/ { print int($2 / 2000000) }' /proc/meminfo)
    [ "$by_memory" -ge 1 ] || by_memory=1
    echo $((cores < by_memory ? cores : by_memory))
}

driver_is_there() { [ -e /proc/driver/nvidia/version ]; }

# Our own CUDA kernels, some percent faster than libtorch's operations, where there is a card and a compiler for them.
cuda_kernels() { driver_is_there && command -v nvcc >/dev/null && echo ON || echo OFF; }

build() { # preset targets...: into build/release, which holds the tests as well once they were asked for
    local preset=$1 folder=build/release torch kernels
    shift
    kernels=$(cuda_kernels)
    torch=$(packaging/fetch-libtorch $(driver_is_there && echo --cuda)) || exit 1
    # What the configure step rests on; ninja itself runs CMake again when one of its files changes.
    local basis
    basis="$torch $kernels $(sha256sum <CMakePresets.json)"
    if ! grep -qsxF -e "$preset $basis" -e "test $basis" $folder/configured.txt; then
        say "configure: preset $preset into $folder"
        mkdir -p $folder
        cmake --preset "$preset" -DRUSHES_TORCH_ROOT="$torch" -DRUSHES_CUDA="$kernels" >$folder/configure.log 2>&1 ||
            { cat $folder/configure.log >&2; die "CMake could not configure the build, see above"; }
        echo "$preset $basis" >$folder/configured.txt
    fi
    say "build: $folder"
    ninja -C $folder -j "$(build_jobs)" "$@" >&2 || die "the build failed, see above"
}
