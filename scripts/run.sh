#!/usr/bin/env bash
# Serves the release build with its database under data/; the demonstration is loaded if it is empty.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

bin=target/release/magistra
[ -x "$bin" ] || die "$bin is missing." "Run: make build"
export MAGISTRA_DATA=${MAGISTRA_DATA:-data}
mkdir -p "$MAGISTRA_DATA" || die "The folder $MAGISTRA_DATA cannot be made." "Set MAGISTRA_DATA to a folder you may write to."

say "Bringing the database up to date"
"$bin" migrate || die "The database could not be brought up to date." "The reason is above."
say "Loading the demonstration, if the database is empty"
# The password is kept, so that every start prints the one that works.
secret=$MAGISTRA_DATA/demo-password
if [ -z "${MAGISTRA_DEMO_PASSWORD:-}" ]; then
    [ -s "$secret" ] || (umask 077 && head -c 9 /dev/urandom | base64 | tr '+/' 'xy' >"$secret") ||
        die "The file $secret cannot be written." "Set MAGISTRA_DATA to a folder you may write to."
    MAGISTRA_DEMO_PASSWORD=$(cat "$secret")
fi
MAGISTRA_DEMO_PASSWORD=$MAGISTRA_DEMO_PASSWORD "$bin" demo --if-empty || die "The demonstration could not be loaded." "The reason is above."
say "Serving on ${MAGISTRA_PUBLIC_URL:-http://${MAGISTRA_ADDR:-127.0.0.1:3000}} (Ctrl-C stops it)"
exec "$bin" serve
