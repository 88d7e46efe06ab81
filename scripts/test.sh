#!/usr/bin/env bash
# Every test there is: sets this machine up, builds dist/smolvm, and runs the unit, contract and functional tests. The last line says
# `N passed, N failed`; the exit status is 0 when none failed.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh test
export PATH="$PWD/.cache/bin:$PATH" DENO_TLS_CA_STORE=system
exec deno task --quiet test
