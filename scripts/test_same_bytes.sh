#!/usr/bin/env bash
# Builds the commit that is checked out once more, in another folder, and compares: the same bytes, or it says where they begin to differ.
# Takes half a minute; the parts are this folder's.
set -euo pipefail
cd "$(dirname "$0")/.."
here=$PWD
export PATH="$here/.cache/bin:$PATH" DENO_TLS_CA_STORE=system
[ -z "$(git status --porcelain --untracked-files=no)" ] || { echo "test_same_bytes: commit first: the other folder has what is committed" >&2; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
deno task --quiet build
git clone --quiet "$here" "$folder/elsewhere"
mkdir "$folder/elsewhere/.cache"
for part in bin parts npm zig; do ln -s "$(readlink -f ".cache/$part")" "$folder/elsewhere/.cache/$part"; done
(cd "$folder/elsewhere" && deno task --quiet build)
cmp dist/smolvm "$folder/elsewhere/dist/smolvm"
echo "the same: $(sha256sum < dist/smolvm | cut -c1-64)"
