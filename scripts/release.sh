#!/usr/bin/env bash
# release.sh VERSION [--trial]: a release of every target, from nothing: sets this machine up and runs `deno task release` (docs/releasing.md).
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh test all
export PATH="$PWD/.cache/bin:$PATH" DENO_TLS_CA_STORE=system
exec deno task --quiet release "$@"
