#!/usr/bin/env bash
# The edit-reload loop: builds both halves fast, serves them, and does it again on every change.
# With cargo-leptos installed, `cargo leptos watch` does it (and reloads the page by itself);
# without, this script looks at the files once a second, and you reload the page.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

export MAGISTRA_DATA=${MAGISTRA_DATA:-data}
mkdir -p "$MAGISTRA_DATA"
if has cargo-leptos && [ "$(wasm_toolchain)" = rustup ]; then
    say "cargo leptos watch"
    exec cargo leptos watch
fi

SERVER=
stop() {
    [ -n "$SERVER" ] || return 0
    kill "$SERVER" 2>/dev/null || true
    wait "$SERVER" 2>/dev/null || true
    SERVER=
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

WATCHED=(src locales migrations demo assets Cargo.toml Cargo.lock build.rs)
SITE_WATCHED=(style public)
stamp=$(mktemp "${TMPDIR:-/tmp}/magistra-dev.XXXXXX")
# newer FOLDER...: has anything there changed since the last round?
newer() {
    local there=() path
    for path in "$@"; do [ ! -e "$path" ] || there+=("$path"); done
    [ -n "$(find "${there[@]}" -newer "$stamp" -not -name '.*' -print -quit 2>/dev/null)" ]
}

serve() {
    stop
    MAGISTRA_SITE=target/site-dev target/debug/magistra serve &
    SERVER=$!
}

round() {
    # A change made while this round builds must start another.
    touch "$stamp"
    scripts/build.sh style --dev || return 0
    scripts/build.sh server --dev || return 0
    scripts/build.sh browser --dev || return 0
    if [ -z "$SERVER" ]; then
        target/debug/magistra migrate
        target/debug/magistra demo --if-empty
    fi
    serve
    say "Ready: reload the page. Waiting for a change (Ctrl-C ends)."
}

round
while sleep 1; do
    if newer "${WATCHED[@]}"; then
        round
    elif newer "${SITE_WATCHED[@]}"; then
        touch "$stamp"
        if scripts/build.sh style --dev; then say "Style rebuilt: reload the page."; fi
    fi
done
