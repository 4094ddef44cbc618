#!/usr/bin/env bash
# A throw-away PostgreSQL: scripts/postgres.sh start [--durable] | stop [URL]
#   start   makes a cluster in a temporary folder and prints its URL. Fast rather than safe, unless
#           --durable (what a benchmark wants).
#   stop    removes the one with that URL; without a URL, every one this checkout has started.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# PostgreSQL refuses to run as root.
as_postgres() {
    if [ "$(id -u)" = 0 ]; then (cd / && exec runuser -u postgres -- "$@"); else "$@"; fi
}

free_port() {
    local port
    for _ in $(seq 50); do
        port=$((20000 + RANDOM % 12000))
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            echo "$port"
            return
        fi
    done
    die "No free port was found on 127.0.0.1."
}

remove() {
    local dir=$1
    as_postgres "$BIN/pg_ctl" stop -D "$dir/data" -m immediate -w -t 20 >/dev/null 2>&1 || true
    rm -rf "$dir"
}

start() {
    local durable="" dir port settings log
    [ "${1:-}" != --durable ] || durable=1
    dir=$(mktemp -d "${TMPDIR:-/tmp}/magistra-pg.XXXXXX")
    # shellcheck disable=SC2064
    trap "remove '$dir'" EXIT
    trap 'exit 130' INT TERM
    echo "$ROOT" >"$dir/checkout"
    [ "$(id -u)" != 0 ] || chown -R postgres "$dir"
    log=$dir/server.log
    as_postgres "$BIN/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$dir/initdb.log" 2>&1 </dev/null || {
        cat "$dir/initdb.log" >&2
        die "initdb failed." "The reason is above."
    }
    for _ in 1 2 3; do
        port=$(free_port)
        settings="-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$dir"
        settings+=" -c max_connections=200 -c shared_buffers=256MB -c log_min_messages=warning -c timezone=UTC"
        [ -n "$durable" ] || settings+=" -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        if as_postgres "$BIN/pg_ctl" start -D "$dir/data" -l "$log" -w -t 60 -o "$settings" >/dev/null 2>&1 </dev/null; then
            echo "postgres://postgres@127.0.0.1:$port/postgres" >"$dir/url"
            cat "$dir/url"
            trap - EXIT
            return
        fi
    done
    cat "$log" >&2
    die "PostgreSQL did not start." "Its log is above."
}

stop() {
    local dir
    for dir in "${TMPDIR:-/tmp}"/magistra-pg.*; do
        [ -d "$dir" ] || continue
        [ "$(cat "$dir/checkout" 2>/dev/null)" = "$ROOT" ] || continue
        [ -z "${1:-}" ] || [ "$(cat "$dir/url" 2>/dev/null)" = "$1" ] || continue
        remove "$dir"
    done
}

BIN=$(postgres_bin) || die "PostgreSQL's server programs are not installed." "Run: scripts/setup.sh test"
case ${1:-} in
start) start "${2:-}" ;;
stop) stop "${2:-}" ;;
*) die "Say: scripts/postgres.sh start [--durable] | stop [URL]" ;;
esac
