#!/usr/bin/env bash
# The server under load for half an hour while everything around it fails, on SQLite and then on PostgreSQL:
# scripts/soak.sh [sqlite|postgres|both] [--minutes 30] [--seed N]
# (benches/soak/main.rs does it and prints the table. It makes its own PostgreSQL, which it stops and starts.)
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

[ "$(id -u)" = 0 ] || die "Only root may mount the small disk that this fills." \
    "Run it as root: sudo make soak (or in a container)"
[ -n "${MAGISTRA_SOAK_BINARY:-}" ] || [ -x target/release/magistra ] || die "target/release/magistra is missing." "Run: make build"
has faketime || note "faketime is not installed: times of a wrong clock are written into the tables instead"
export MAGISTRA_SOAK_BINARY=${MAGISTRA_SOAK_BINARY:-$ROOT/target/release/magistra}
# What loads the server is built as tests are, of which it shares all that is compiled; the server is the release.
exec cargo run --locked --features ssr --example soak -- "$@"
