#!/usr/bin/env bash
# Every test there is: scripts/test.sh [PHASE...] (all of them without a name)
# One phase's failure does not stop the next; the last line is "N passed, N failed", to which
# formatting, clippy and each other check contribute one. Nothing is skipped: a test that says it was
# skipped or ignored counts as failed, and so does a phase that ran no test.
# MAGISTRA_COUNTS=FILE writes that line to FILE instead.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

LOGS=$ROOT/target/test-logs
mkdir -p "$LOGS"
PASSED=0 FAILED=0 SUMMARY=() POSTGRES="" JOB=""
ALL=(format scripts locales style source clippy clippy-browser rust build types browser browser-postgres)
CHOSEN=("$@")
for phase in "${CHOSEN[@]}"; do
    [[ " ${ALL[*]} " == *" $phase "* ]] || die "There is no phase '$phase'." "The phases: ${ALL[*]}"
done

finish() {
    if [ -n "$JOB" ]; then
        kill -TERM -- "-$JOB" 2>/dev/null || true
        wait "$JOB" 2>/dev/null || true
    fi
    if [ -n "$POSTGRES" ]; then scripts/postgres.sh stop "$POSTGRES" || true; fi
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

chosen() { [ ${#CHOSEN[@]} = 0 ] || [[ " ${CHOSEN[*]} " == *" $1 "* ]]; }

# record PHASE PASSED FAILED SECONDS
record() {
    PASSED=$((PASSED + $2)) FAILED=$((FAILED + $3))
    local result=ok
    [ "$3" = 0 ] || result=FAILED
    SUMMARY+=("$(printf '%-18s %-7s %5d passed %4d failed %6ds' "$1" "$result" "$2" "$3" "$4")")
}

# How many tests passed and failed, from a log: "PASSED FAILED". Ignored tests count as failed.
count_one() { if [ "$2" = 0 ]; then echo "1 0"; else echo "0 1"; fi; }
count_cargo() {
    sed 's/\x1b\[[0-9;]*m//g' "$1" |
        awk '/^test result: / { for (i = 2; i <= NF; i++) {
                 if ($i ~ /^passed/) p += $(i-1); else if ($i ~ /^(failed|ignored)/) f += $(i-1) } }
             END { print p + 0, f + 0 }'
}
count_playwright() {
    node -e '
        try {
            const { stats } = JSON.parse(require("fs").readFileSync(process.argv[1]));
            console.log(stats.expected, stats.unexpected + stats.flaky + stats.skipped);
        } catch { console.log(0, 0); }' "$LOGS/$3.json"
}

# phase NAME COUNTER WHAT COMMAND...
phase() {
    local name=$1 counter=$2 what=$3 began=$SECONDS rc=0 counts p f
    shift 3
    chosen "$name" || return 0
    say "$name: $what"
    rm -f "$LOGS/$name.json"
    # In the background and waited for, so that a signal is heeded at once; in a process group of its
    # own, so that it can be ended with all it started.
    set -m
    ("$@" 2>&1 </dev/null | tee "$LOGS/$name.log") &
    JOB=$!
    set +m
    wait "$JOB" || rc=$?
    JOB=
    counts=$("count_$counter" "$LOGS/$name.log" "$rc" "$name")
    p=${counts% *} f=${counts#* }
    # It failed without a failed test (it did not compile, it crashed), or it ran nothing.
    if [ "$f" = 0 ] && { [ "$rc" != 0 ] || [ "$p" = 0 ]; }; then f=1; fi
    record "$name" "$p" "$f" $((SECONDS - began))
    LAST_RC=$rc
}

# cannot PHASE WHY: a phase that has nothing to run with fails.
cannot() {
    chosen "$1" || return 0
    warn "$1 cannot run: $2"
    record "$1" 0 1 0
}

with_postgres() {
    [ -z "$POSTGRES" ] || return 0
    say "Starting a throw-away PostgreSQL"
    POSTGRES=$(scripts/postgres.sh start) || {
        POSTGRES=
        return 1
    }
    PATH=$(postgres_bin):$PATH
    export PATH MAGISTRA_TEST_POSTGRES=$POSTGRES
}

playwright() {
    local name=$1 database=$2
    shift 2
    (cd end2end && E2E_JSON=$LOGS/$name.json E2E_DATABASE=$database CHROMIUM=$(find_chromium) node_modules/.bin/playwright test "$@")
}

LAST_RC=0
phase format one "cargo fmt --check" cargo fmt --all --check
phase scripts one "bash, shellcheck" scripts/check-scripts.sh
phase locales one "the languages have the same texts" node scripts/tools/check-locales.mjs
phase style one "the style sheet uses what it defines" node scripts/tools/check-style.mjs
phase source one "what must not stand in the source" scripts/check-source.sh
phase clippy one "clippy, server half" cargo clippy --locked --all-targets --features ssr -- -D warnings
# Tests and benches are the server's; the browser half is the library.
phase clippy-browser one "clippy, browser half" cargo clippy --locked --lib --no-default-features --features hydrate -- -D warnings

if chosen rust || chosen browser-postgres; then with_postgres || warn "PostgreSQL did not start"; fi
if [ -n "$POSTGRES" ]; then
    phase rust cargo "cargo test, on SQLite and PostgreSQL" cargo test --locked --features ssr --tests --no-fail-fast
else
    cannot rust "there is no PostgreSQL"
fi

phase build one "release build" make build
BUILT=$LAST_RC
phase types one "the browser tests' types" end2end/node_modules/.bin/tsc --noEmit -p end2end
if [ "$BUILT" = 0 ] || ! chosen build; then
    phase browser playwright "Chromium, on SQLite" playwright browser sqlite
    if [ -n "$POSTGRES" ]; then
        # The flows that write most: every statement and every service runs on PostgreSQL above.
        phase browser-postgres playwright "Chromium, on PostgreSQL" playwright browser-postgres postgres --project=laptop \
            smoke main-job register checkin transfer certificate
    else
        cannot browser-postgres "there is no PostgreSQL"
    fi
else
    cannot browser "the release build failed"
    cannot browser-postgres "the release build failed"
fi

printf '\n'
printf '%s\n' "${SUMMARY[@]}"
printf '\n'
line="$PASSED passed, $FAILED failed"
if [ -n "${MAGISTRA_COUNTS:-}" ]; then echo "$line" >"$MAGISTRA_COUNTS"; else echo "$line"; fi
[ "$FAILED" = 0 ] && [ "$PASSED" != 0 ]
