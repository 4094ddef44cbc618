#!/usr/bin/env bash
# Installs what is missing and nothing else: scripts/setup.sh [build|test]
# "test" is everything "build" needs and the tools of the tests. Only package registries are asked:
# the distribution's, Rust's, npm's, and rustup's own server where it can be reached.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

WHAT=${1:-build}
case $WHAT in build | test) ;; *) die "scripts/setup.sh: unknown set-up '$WHAT'" "Say: scripts/setup.sh [build|test]" ;; esac
MIN_CARGO=1.94
MIN_NODE=18

check_cargo() {
    has cargo || die "cargo is not installed (or not on PATH)." \
        "Install Rust with rustup, open a new shell, and run this again."
    local version
    version=$(cargo --version | awk '{ print $2 }') || die "cargo does not run." \
        "See what 'cargo --version' says. With rustup: rustup default stable"
    at_least "$version" $MIN_CARGO || die "cargo $version is too old: Magistra needs $MIN_CARGO or newer." \
        "With rustup: rustup update stable"
}

APT_UPDATED=
# apt_install WHY PACKAGE...
apt_install() {
    local why=$1 as_root=()
    shift
    has apt-get || die "Missing for $why: $*" \
        "This script installs packages on Debian and Ubuntu only; install them another way and run it again."
    if [ "$(id -u)" != 0 ]; then
        if has sudo && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
            as_root=(sudo)
        else
            die "Missing for $why: $*" "You are not root and there is no sudo to ask. As root:" \
                "apt-get update && apt-get install -y --no-install-recommends $*"
        fi
    fi
    say "Installing for $why: $*"
    as_root+=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300)
    if [ -z "$APT_UPDATED" ]; then
        # A failing source among many need not matter: the installation decides.
        quietly "$CACHE/log/apt-update.log" "${as_root[@]}" update || warn "apt-get update had errors (above); going on."
        APT_UPDATED=1
    fi
    quietly "$CACHE/log/apt-install.log" "${as_root[@]}" install -y --no-install-recommends "$@"
}

apt_must() {
    apt_install "$@" || die "apt-get could not install: ${*:2}" \
        "The reason is above. Mend it, or install them by hand, and run this again."
}

check_compiler() {
    local missing=()
    { has cc && has c++ && has make; } || missing+=(build-essential)
    has pkg-config || missing+=(pkg-config)
    [ ${#missing[@]} = 0 ] || apt_must "compiling" "${missing[@]}"
}

check_node() {
    local missing=()
    has node || missing+=(nodejs)
    has npm || missing+=(npm)
    [ ${#missing[@]} = 0 ] || apt_must "the style sheet, the WebAssembly optimiser and the browser tests" "${missing[@]}"
    local version
    version=$(node --version | tr -d v) || die "node does not run." "See what 'node --version' says."
    at_least "$version" $MIN_NODE || die "node $version is too old: $MIN_NODE or newer is needed." \
        "Install a newer Node.js (Debian 12, Ubuntu 24.04 and newer have one) and run this again."
}

# rustup's own target where it can be had; Debian's compiler for the web, which builds the standard
# library from its packaged source, where it cannot.
check_wasm() {
    [ "$(wasm_toolchain)" = none ] || return 0
    if [ "${MAGISTRA_WASM:-}" != fallback ] && has rustup; then
        say "Adding Rust's $WASM_TARGET with rustup"
        timeout 180 rustup target add $WASM_TARGET >"$CACHE/log/rustup.log" 2>&1 </dev/null || true
        [ "$(wasm_toolchain)" = none ] || return 0
        note "rustup cannot (see $CACHE/log/rustup.log); taking the distribution's compiler instead."
    fi
    if ! apt_install "building the browser half" rustc-web cargo-web rust-web-src lld-22; then
        die "This machine cannot compile for the browser." \
            "Either let rustup reach its server:  rustup target add $WASM_TARGET" \
            "or install rustc-web, cargo-web, rust-web-src and lld-22 (Debian 12 and newer have them)."
    fi
    local version
    version=$($WEB_CARGO --version | awk '{ print $2 }')
    at_least "$version" $MIN_CARGO || die "$WEB_CARGO is $version; $MIN_CARGO or newer is needed for the browser half." \
        "Update the distribution's packages (its security updates have a newer rustc-web), or let rustup add $WASM_TARGET."
    [ "$(wasm_toolchain)" != none ] || die "The packages for the browser half are installed, but incomplete." \
        "Expected: $WEB_RUSTC, $WEB_CARGO, $WEB_LINKER, /usr/lib/rustlib/src/rust/library"
}

# The command must be of exactly the version that the crate in Cargo.lock has.
check_wasm_bindgen() {
    local want
    want=$(locked_version wasm-bindgen)
    [ -n "$want" ] || die "Cargo.lock names no wasm-bindgen." "Is the checkout complete?"
    if [ -x "$TOOLS/bin/wasm-bindgen" ] && [ "$(cat "$TOOLS/wasm-bindgen.version" 2>/dev/null)" = "$want" ]; then return; fi
    if has wasm-bindgen && [ "$(wasm-bindgen --version 2>/dev/null)" = "wasm-bindgen $want" ]; then
        mkdir -p "$TOOLS/bin"
        ln -sf "$(command -v wasm-bindgen)" "$TOOLS/bin/wasm-bindgen"
        echo "$want" >"$TOOLS/wasm-bindgen.version"
        return
    fi
    cargo_tool wasm-bindgen wasm-bindgen-cli "$want" "about a minute and a half on two cores"
}

# Cuts the browser half into the parts that src/ui/lazy.rs names.
check_wasm_split() {
    local want=0.2.4
    if [ -x "$TOOLS/bin/wasm-split-cli" ] && [ "$(cat "$TOOLS/wasm-split-cli.version" 2>/dev/null)" = "$want" ]; then return; fi
    cargo_tool wasm-split-cli wasm_split_cli_support "$want" "half a minute on two cores" --features build-binary
}

# cargo_tool BINARY CRATE VERSION HOW-LONG [OPTION...]
# The tools run for seconds, so they are compiled cheaply: that takes half the time.
cargo_tool() {
    local binary=$1 crate=$2 version=$3 how_long=$4 log=$CACHE/log/$1.log
    shift 4
    say "Installing $crate $version ($how_long)"
    local build=(env CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off
        CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_DEBUG=0
        CARGO_TARGET_DIR="$CACHE/$binary-build"
        cargo install "$crate" --version "$version" --root "$TOOLS" --bin "$binary" --force "$@")
    # A mirror of the registry can lag behind a lock file, hence the second attempt.
    quietly "$log" "${build[@]}" --locked ||
        { note "Trying again without its lock file" && quietly "$log" "${build[@]}"; } ||
        die "$crate $version could not be installed." \
            "The reason is above (all of it: $log). The crate registry must be reachable."
    rm -rf "${CACHE:?}/$binary-build"
    echo "$version" >"$TOOLS/$binary.version"
}

# npm_packages FOLDER WHY
npm_packages() {
    local folder=$1
    cmp -s "$folder/package-lock.json" "$folder/node_modules/.magistra-lock" && return
    say "Installing $2 ($folder)"
    quietly "$CACHE/log/npm.log" npm ci --prefix "$folder" --no-audit --no-fund ||
        die "npm ci failed in $folder." "The reason is above. The npm registry must be reachable."
    cp "$folder/package-lock.json" "$folder/node_modules/.magistra-lock"
}

check_components() {
    local component
    for component in fmt clippy; do
        cargo "$component" --version >/dev/null 2>&1 && continue
        local name=${component/fmt/rustfmt}
        say "Adding $name with rustup"
        if ! has rustup || ! timeout 180 rustup component add "$name" >"$CACHE/log/rustup.log" 2>&1 </dev/null; then
            die "'cargo $component' is missing and rustup could not add it." \
                "With rustup: rustup component add $name. With the distribution's Rust: install its package $name."
        fi
    done
}

check_chromium() {
    local found
    if [ -n "${CHROMIUM:-}" ]; then
        find_chromium >/dev/null || die "CHROMIUM=$CHROMIUM is not a program."
        return
    fi
    found=$(find_chromium) || true
    [ -z "$found" ] || return 0
    if grep -qs '^ID=ubuntu' /etc/os-release; then
        die "The browser tests need Chromium, and Ubuntu's package of that name is only a pointer to a snap." \
            "Install Chrome or Chromium any way you like and say where it is:" \
            "CHROMIUM=/path/to/chromium make test"
    fi
    apt_must "the browser tests" chromium
    find_chromium >/dev/null || die "The package chromium is installed, but there is no /usr/bin/chromium." \
        "Say where it is: CHROMIUM=/path/to/chromium make test"
}

check_postgres() {
    postgres_bin >/dev/null || apt_must "the tests on PostgreSQL" postgresql postgresql-client
    postgres_bin >/dev/null || die "PostgreSQL is installed, but initdb is not to be found." \
        "Expected in /usr/lib/postgresql/*/bin or on PATH."
    if [ "$(id -u)" = 0 ] && ! id postgres >/dev/null 2>&1; then
        die "PostgreSQL does not run as root, and there is no user 'postgres' to run it as." "useradd --system postgres"
    fi
}

check_shellcheck() { has shellcheck || apt_must "checking the scripts" shellcheck; }

mkdir -p "$CACHE/log"
check_cargo
check_compiler
check_node
check_wasm
check_wasm_bindgen
check_wasm_split
npm_packages scripts/tools "esbuild and wasm-opt"
if [ "$WHAT" = test ]; then
    check_components
    check_chromium
    check_postgres
    check_shellcheck
    npm_packages end2end "Playwright"
fi
