#!/usr/bin/env bash
# The scripts parse, shellcheck finds nothing, and all of them can be run.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

for script in scripts/*.sh .ci/run; do
    bash -n "$script"
    [ "$script" = scripts/lib.sh ] || [ -x "$script" ] || die "$script is not executable." "chmod +x $script"
done
has shellcheck || die "shellcheck is not installed." "Run: scripts/setup.sh test"
shellcheck -x scripts/*.sh .ci/run
for script in scripts/tools/*.mjs; do node --check "$script"; done
note "the scripts are in order"
