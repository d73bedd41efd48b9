# Sourced: fetches the wheels that packaging/wheels.txt pins from the package index that pip is configured for
# (PIP_INDEX_URL, pip's own configuration, else PyPI). A wheel is a zip file; it is checked, unpacked and deleted.
source "$(dirname "${BASH_SOURCE[0]}")/say.sh"

wheels_table=$(dirname "${BASH_SOURCE[0]}")/wheels.txt
wheels_cache=${XDG_CACHE_HOME:-$HOME/.cache}/rushes

index_url() {
    local url=${PIP_INDEX_URL:-}
    [ -n "$url" ] || url=$(python3 -m pip config get global.index-url 2>/dev/null) || url=https://pypi.org/simple
    echo "${url%/}"
}

get() { curl --fail --location --silent --show-error ${PIP_CERT:+--cacert "$PIP_CERT"} "$@"; }

# The index page of a project lists its files, as JSON or HTML; an address may be relative to the page.
wheel_url() { # project file
    local page url
    page=$(index_url)/$1/
    url=$(get --retry 3 --header 'Accept: application/vnd.pypi.simple.v1+json, text/html;q=0.5' "$page" |
        grep --only-matching --extended-regexp "[^\"']*/${2//./\\.}[\"'#]" | sed -n '1s/.$//p') || true
    case $url in
        "") die "$page does not list $2; is the package index reachable?" ;;
        http*) echo "$url" ;;
        /*) echo "$(sed -E 's|^(https?://[^/]*).*|\1|' <<<"$page")$url" ;;
        *) echo "$page$url" ;;
    esac
}

is_whole() { [ -f "$1" ] && echo "$2  $1" | sha256sum --check --status; }

download() { # url target sha256: goes on where an earlier attempt stopped
    local attempt code
    for attempt in 1 2 3 4 5; do
        is_whole "$2" "$3" && return
        code=0
        get $([ -t 2 ] && echo --no-silent --progress-bar) --continue-at - --output "$2" "$1" || code=$?
        case $code in
            0) break ;;
            22 | 33 | 36) rm -f "$2" ;; # the server can't go on from there: start again
            *) sleep "$attempt" ;;
        esac
    done
    is_whole "$2" "$3" && return
    [ "$code" = 0 ] || die "could not fetch $1; run it again to go on where it stopped"
    rm -f "$2"
    die "$1 is not the file that packaging/wheels.txt pins (its SHA-256 differs); it was deleted"
}

unpack() { # wheel folder patterns... (unzip's own, -x included)
    local wheel=$1 folder=$2 code=0 log=$wheels_cache/unzip.log
    shift 2
    unzip -qq -o "$wheel" "$@" -d "$folder" 2>"$log" || code=$?
    # 11: one of the patterns is not in this wheel.
    [ "$code" = 0 ] || [ "$code" = 11 ] || die "could not unpack $wheel: $(tail -1 "$log")"
    rm -f "$log"
}

# lines "project size file sha256" of the groups that neither folder nor folder.part holds yet
missing_wheels() { # folder groups...
    local folder=$1 group project size file sha256
    shift
    while read -r group project size file sha256; do
        [[ " $* " == *" $group "* ]] || continue
        [ -f "$folder/.wheels/$file" ] || [ -f "$folder.part/.wheels/$file" ] || echo "$project $size $file $sha256"
    done < <(grep -v '^#' "$wheels_table")
}

# Brings the wheels of the groups into folder. A new folder is filled under another name and gets its own when it is
# whole; a wheel counts only when its stamp in .wheels was written, after its last file.
fetch_wheels() { # folder "groups" patterns...
    local folder=$1 groups=$2 missing target total free project size file sha256 url
    shift 2
    missing=$(missing_wheels "$folder" $groups)
    [ -n "$missing" ] || [ ! -d "$folder" ] || return 0

    mkdir -p "$wheels_cache"
    exec 9>"$wheels_cache/fetch.lock"
    flock 9 # two builds at once fetch once
    missing=$(missing_wheels "$folder" $groups)
    target=$folder
    [ -d "$folder" ] || target=$folder.part
    mkdir -p "$target/.wheels"
    if [ -n "$missing" ]; then
        total=$(awk '{ sum += $2 } END { print sum }' <<<"$missing")
        free=$(df --output=avail --block-size=1M "$wheels_cache" | tail -1)
        say "fetching $total MB into $wheels_cache"
        # The wheels unpack to about twice their size, and one of them lies beside its contents for a moment.
        [ "$free" -gt $((total * 3)) ] || die "$((total * 3)) MB are needed in $wheels_cache, $free MB are free"
        while read -r project size file sha256; do
            say "  $file, $size MB"
            url=$(wheel_url "$project" "$file")
            download "$url" "$wheels_cache/$file" "$sha256"
            unpack "$wheels_cache/$file" "$target" "$@"
            touch "$target/.wheels/$file"
            rm "$wheels_cache/$file"
        done <<<"$missing"
    fi
    [ -d "$folder" ] || mv "$target" "$folder"
    exec 9>&-
}
