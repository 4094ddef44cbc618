# shellcheck shell=bash
# shellcheck disable=SC2034 # much of this is for the scripts that read it
# What every script here shares: where things are, how they speak, how they fail.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Where cargo builds. Elsewhere than ./target is fine (a cache that outlives the checkout): the
# results are linked into ./target all the same.
TARGET_DIR=${CARGO_TARGET_DIR:-$ROOT/target}
case $TARGET_DIR in /*) ;; *) TARGET_DIR=$ROOT/$TARGET_DIR ;; esac
export CARGO_TARGET_DIR=$TARGET_DIR
# Tools that belong to no checkout.
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/magistra
TOOLS=$CACHE/tools
NODE_TOOLS=$ROOT/scripts/tools/node_modules
WASM_TARGET=wasm32-unknown-unknown
# The fallback compiler for the browser half (see setup.sh).
WEB_CARGO=/usr/bin/cargo
WEB_RUSTC=/usr/bin/rustc
WEB_LINKER=wasm-ld-22

cd "$ROOT" || exit 1

say() { printf '==> %s\n' "$*"; }
note() { printf '    %s\n' "$*"; }
warn() { printf 'warning: %s\n' "$*" >&2; }

# die WHAT [WHAT TO DO]...
die() {
    printf 'error: %s\n' "$1" >&2
    shift
    local line
    for line in "$@"; do printf '       %s\n' "$line" >&2; done
    exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# at_least 1.96.0 1.94: is the first version the second or newer?
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

# quietly LOG COMMAND...: runs it with its output kept in LOG, shown only when it fails.
quietly() {
    local log=$1
    shift
    mkdir -p "$(dirname "$log")"
    if "$@" >"$log" 2>&1 </dev/null; then return 0; fi
    printf -- '--- last lines of %s\n' "$log" >&2
    tail -n 25 "$log" >&2
    return 1
}

# The version of a package in Cargo.lock.
locked_version() {
    awk -v want="name = \"$1\"" '$0 == want { getline; gsub(/version = |"/, ""); print; exit }' Cargo.lock
}

# rustup | fallback | none: what this machine can build the browser half with.
# MAGISTRA_WASM=fallback takes the fallback even where rustup has the target.
wasm_toolchain() {
    local sysroot
    if [ "${MAGISTRA_WASM:-}" != fallback ] && sysroot=$(rustc --print sysroot 2>/dev/null) &&
        compgen -G "$sysroot/lib/rustlib/$WASM_TARGET/lib/libstd-*.rlib" >/dev/null; then
        echo rustup
    elif [ -x $WEB_CARGO ] && [ -x $WEB_RUSTC ] && has $WEB_LINKER &&
        compgen -G '/usr/lib/rustlib/src/rust/library/std/Cargo.toml' >/dev/null; then
        echo fallback
    else
        echo none
    fi
}

# The newest installed PostgreSQL's programs.
postgres_bin() {
    local dir
    dir=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1) || true
    if [ -n "$dir" ] && [ -x "$dir/initdb" ]; then
        echo "$dir"
    elif has initdb && has pg_ctl; then
        dirname "$(command -v initdb)"
    else
        return 1
    fi
}

# The Chromium that the browser tests drive.
find_chromium() {
    local candidate
    if [ -n "${CHROMIUM:-}" ]; then
        [ -x "$CHROMIUM" ] && echo "$CHROMIUM"
        return
    fi
    for candidate in /usr/bin/chromium /usr/bin/google-chrome-stable /usr/bin/google-chrome; do
        # Ubuntu's /usr/bin/chromium-browser only tells you to install a snap, so it is not listed.
        if [ -x "$candidate" ]; then
            echo "$candidate"
            return
        fi
    done
    return 1
}
