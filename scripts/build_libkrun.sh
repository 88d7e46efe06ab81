#!/usr/bin/env bash
# Builds the newer libkrun that scripts/parts.tsv pins, for tests: its library goes to .cache/parts/libkrun-newer, its declarations to
# .cache/parts/libkrun-newer.rs. Takes a minute or two, once. Needs cargo; without it nothing is built, and the tests that need it say so.
set -euo pipefail
cd "$(dirname "$0")/.."

die() { echo "build_libkrun: $*" >&2; exit 1; }

IFS=$'\t' read -r package sha256 < <(awk -F'\t' '$1 == "libkrun-newer" { print $4 "\t" $6 }' scripts/parts.tsv)
mark=.cache/parts/libkrun-newer.from
[ -e .cache/parts/libkrun-newer ] && [ "$(cat "$mark" 2> /dev/null)" = "$sha256" ] && exit 0
command -v cargo > /dev/null || { echo "build_libkrun: cargo is not installed; the newer libkrun is not tested" >&2; exit 0; }

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p .cache/parts
scripts/fetch_crate.sh "$package" "$sha256" "$folder"
(cd "$folder/libkrun" && cargo build --quiet --release --locked --features blk,net) > "$folder/log" 2>&1 || { tail -20 "$folder/log" >&2; die "cannot build $package; see above"; }
cp "$folder/libkrun/src/lib.rs" .cache/parts/libkrun-newer.rs
cp "$folder/libkrun/target/release/libkrun.so" .cache/parts/libkrun-newer
echo "$sha256" > "$mark"
