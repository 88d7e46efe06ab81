#!/usr/bin/env bash
# The main job, from nothing: sets this machine up, builds dist/smolvm, and runs a command of an image in a microVM of its own.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh
export PATH="$PWD/.cache/bin:$PATH" DENO_TLS_CA_STORE=system
deno task --quiet build
exec dist/smolvm microvm run alpine:latest echo "Hello World"
