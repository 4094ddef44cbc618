#!/usr/bin/env bash
# dist/: the one binary that carries the site, its systemd unit, and how to install it.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

[ -s target/site/pkg/magistra_bg.wasm ] || die "target/site is missing." "Run: make build"
# The site is compiled in; its sum tells cargo when to do that again.
MAGISTRA_SITE_SUM=$(cd target/site && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c 1-16)
export MAGISTRA_SITE_SUM
say "Server with the site inside: cargo build --release --features embed"
cargo build --locked --release --bin magistra --features embed || die "The binary did not compile." "The compiler's reasons are above."
mkdir -p dist
cp --remove-destination "$TARGET_DIR/release/magistra" dist/magistra
strip dist/magistra 2>/dev/null || true
cp deploy/magistra.service deploy/DEPLOYMENT.md dist/
# target/release/magistra is the ordinary one again.
scripts/build.sh server
say "dist/magistra: $(du -h dist/magistra | cut -f 1)B, with magistra.service and DEPLOYMENT.md"
