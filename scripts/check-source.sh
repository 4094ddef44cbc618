#!/usr/bin/env bash
# What must not stand in the source, and what neither the compiler nor clippy sees.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

bad=0
# forbid PATTERN WHY FILE-OR-FOLDER... : comments and this list of exceptions aside.
forbid() {
    local pattern=$1 why=$2 found
    shift 2
    found=$(grep -rnE --include='*.rs' "$pattern" "$@" | grep -vE '^[^:]+:[0-9]+:\s*//') || true
    [ -z "$found" ] && return
    bad=1
    printf '%s\n' "$why:" "$found" '' >&2
}
# Tests may write what a page must not.
except_ui() { find src -name '*.rs' -not -path 'src/ui/*' -not -name '*tests.rs'; }

mapfile -t outside_ui < <(except_ui)
forbid '<textarea' "Leptos does not escape a <textarea>'s text on the server; use the component in src/ui" "${outside_ui[@]}"
forbid '\bstyle=(\{|"|format!)' "An inline style, which the content security policy refuses; use a class" src
forbid '[[:space:]]on(click|change|submit|load|error)="' "An inline script, which the content security policy refuses" src
forbid '\b(todo|unimplemented)!\(' "Unfinished" src
forbid '\bdbg!\(' "Left over from debugging" src

if [ -d migrations ]; then
    if ! diff <(cd migrations/sqlite && ls) <(cd migrations/postgres && ls) >&2; then
        bad=1
        echo "migrations/sqlite and migrations/postgres must have the same file names" >&2
    fi
fi
[ "$bad" = 0 ] || exit 1
note "nothing of it does"
