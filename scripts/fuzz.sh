#!/usr/bin/env bash
# Every reader of outside bytes, tried with new inputs: scripts/fuzz.sh [TARGET...] (all of them without a name)
# MAGISTRA_FUZZ_SECONDS=600 is how long each is tried, MAGISTRA_FUZZ_SEED=N repeats a run.
# A target is a test in a module called fuzz_tests; scripts/fuzz.sh --list names them. The last thing printed is
# a table: cases, seconds, the longest case (milliseconds of processor), the largest input (bytes), the most
# memory that one case took (MiB). What failed stands in tests/fuzz/corpus/TARGET/ and is tried by every test run.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

export MAGISTRA_FUZZ_SECONDS=${MAGISTRA_FUZZ_SECONDS:-600}
# How much longer than that one may take to start, to make a failing input smaller and to end.
GRACE=300
LOGS=$ROOT/target/fuzz
mkdir -p "$LOGS"
TESTS=(cargo test --locked --features ssr --lib --)

# Lines such as "server::fuzz_tests::texts: test".
mapfile -t PATHS < <(MAGISTRA_FUZZ_SECONDS='' "${TESTS[@]}" --list fuzz_tests:: | sed -n 's/: test$//p' | sort)
[ ${#PATHS[@]} != 0 ] || die "There is no target." "Does it compile? cargo test --features ssr --lib --no-run"
target_of() { echo "${1##*::}"; }

if [ "${1:-}" = --list ]; then
    for path in "${PATHS[@]}"; do target_of "$path"; done
    exit 0
fi
CHOSEN=()
for path in "${PATHS[@]}"; do
    if [ $# = 0 ] || [[ " $* " == *" $(target_of "$path") "* ]]; then CHOSEN+=("$path"); fi
done
[ ${#CHOSEN[@]} != 0 ] || die "There is no such target." "The targets: scripts/fuzz.sh --list"

# died TARGET: keeps the input at which a target ended without a word (a stack that overflowed, no end).
died() {
    local last=$LOGS/$1.last kept
    [ -f "$last" ] || return 0
    kept=tests/fuzz/corpus/$1
    if [ "$(wc -c <"$last")" -gt 16384 ]; then kept=target/fuzz; fi
    mkdir -p "$kept"
    kept=$kept/$(sha256sum "$last" | cut -c 1-12)
    cp "$last" "$kept"
    warn "$1 ended at the input in $kept"
}

ROWS=() FAILED=0
for path in "${CHOSEN[@]}"; do
    target=$(target_of "$path") rc=0
    say "$target"
    rm -f "$LOGS/$target.last"
    timeout --kill-after=10 $((MAGISTRA_FUZZ_SECONDS + GRACE)) \
        "${TESTS[@]}" --exact "$path" --nocapture --test-threads=1 >"$LOGS/$target.log" 2>&1 </dev/null || rc=$?
    row=$(sed -n 's/.*fuzz-result\t//p' "$LOGS/$target.log" | tail -n 1)
    if [ "$rc" != 0 ]; then
        FAILED=$((FAILED + 1))
        grep -A 3 -e 'input of .* bytes' -e 'fails again' "$LOGS/$target.log" >&2 || {
            died "$target"
            row=$(printf '%s\t-\t-\t-\t-\t-\tDIED' "$target")
        }
        note "the whole log: target/fuzz/$target.log"
    fi
    ROWS+=("$row")
    rm -f "$LOGS/$target.last"
done

printf '\n'
printf '%-20s %10s %8s %11s %8s %7s  %s\n' target cases seconds longest/ms largest MiB result
for row in "${ROWS[@]}"; do
    IFS=$'\t' read -r target cases seconds longest largest memory result <<<"$row"
    printf '%-20s %10s %8s %11s %8s %7s  %s\n' "$target" "$cases" "$seconds" "$longest" "$largest" "$memory" "$result"
done
[ "$FAILED" = 0 ]
