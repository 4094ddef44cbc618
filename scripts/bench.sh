#!/usr/bin/env bash
# The measurements of the design, on SQLite and then on PostgreSQL: scripts/bench.sh [sqlite|postgres]
# (benches/web.rs does the measuring and prints the tables.)
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

[ -d target/site/pkg ] || die "target/site is missing: the first visit could not be measured." "Run: make build"
POSTGRES=
finish() {
    if [ -n "$POSTGRES" ]; then scripts/postgres.sh stop "$POSTGRES" || true; fi
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

measure() {
    say "Measuring on $1"
    MAGISTRA_BENCH_DATABASE=$1 cargo bench --locked --features ssr --bench web -- "$1" ||
        die "The measurement on $1 failed." "The reason is above."
}

case ${1:-} in '' | sqlite | postgres) ;; *) die "Say: scripts/bench.sh [sqlite|postgres]" ;; esac
if [ "${1:-sqlite}" = sqlite ]; then measure sqlite; fi
if [ "${1:-postgres}" = postgres ]; then
    say "Starting a PostgreSQL for it, with its safety on"
    POSTGRES=$(scripts/postgres.sh start --durable)
    PATH=$(postgres_bin):$PATH
    export PATH MAGISTRA_TEST_POSTGRES=$POSTGRES
    measure postgres
fi
