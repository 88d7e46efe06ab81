#!/usr/bin/env bash
# build_rcodesign.sh: builds the rcodesign that scripts/parts.tsv pins, which signs binaries for macOS on Linux, into .cache/parts/rcodesign.
# Takes ten minutes on two processors, once. Needs cargo; where one is on PATH already, that is taken.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -e .cache/parts/rcodesign ] && exit 0
mkdir -p .cache/parts
if found=$(command -v rcodesign); then ln -s "$found" .cache/parts/rcodesign; exit 0; fi
package=$(awk -F'\t' '$1 == "rcodesign" { print $5 }' scripts/parts.tsv)
command -v cargo > /dev/null || { echo "build_rcodesign: cargo is not installed; macOS binaries are signed without entitlements" >&2; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
echo "build_rcodesign: building $package, which takes some minutes" >&2
cargo install --quiet --locked --root "$folder" --version "${package#*@}" "${package%@*}" > "$folder/log" 2>&1 || { tail -20 "$folder/log" >&2; echo "build_rcodesign: cannot build $package" >&2; exit 1; }
cp "$folder/bin/rcodesign" .cache/parts/rcodesign.new
mv .cache/parts/rcodesign.new .cache/parts/rcodesign
