#!/usr/bin/env bash
# Removes what was built in this checkout. The database and the tools' cache stay.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

say "Removing target, dist and the browser tests' leavings"
rm -rf target dist end2end/test-results end2end/playwright-report end2end/shots scripts/tools/node_modules end2end/node_modules
if [ "$TARGET_DIR" != "$ROOT/target" ]; then note "Left alone: $TARGET_DIR (CARGO_TARGET_DIR)"; fi
note "Left alone: data/ and $CACHE"
