#!/usr/bin/env bash
# build_libkrun.sh [aarch64-linux]: builds the libkrun that scripts/parts.tsv pins for that target, to be carried, into .cache/parts/TARGET/libkrun.
# Without a word: the newer one, for tests, into .cache/parts/libkrun-newer, its declarations into .cache/parts/libkrun-newer.rs. Takes a
# minute or two, once. The tests' needs cargo; without it nothing is built, and the tests that need it say so.
set -euo pipefail
cd "$(dirname "$0")/.."

die() { echo "build_libkrun: $*" >&2; exit 1; }

name=libkrun-newer target=${1:-build} place=.cache/parts
[ "$target" = build ] || { name=libkrun place=.cache/parts/$target; }
IFS=$'\t' read -r package sha256 < <(awk -F'\t' -v name="$name" -v target="$target" '$1 == name && $2 == target { print $5 "\t" $7 }' scripts/parts.tsv)
[ -n "$package" ] || die "scripts/parts.tsv has no libkrun for $target that is built"
mark=$place/$name.from
[ -e "$place/$name" ] && [ "$(cat "$mark" 2> /dev/null)" = "$sha256" ] && exit 0

words=()
if [ "$target" = build ]; then
  command -v cargo > /dev/null || { echo "build_libkrun: cargo is not installed; the newer libkrun is not tested" >&2; exit 0; }
else
  mapfile -t environment < <(scripts/cross_rust.sh)
  for pair in "${environment[@]}"; do export "${pair?}"; done
  words=(--target "${target%-linux}-unknown-linux-gnu")
fi
cargo=${CARGO:-cargo}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$place"
scripts/fetch_crate.sh "$package" "$sha256" "$folder"
(cd "$folder/libkrun" && "$cargo" vendor --quiet --locked ../locked) > "$folder/log" 2>&1 || { tail -20 "$folder/log" >&2; die "cannot fetch what $package needs; check the network and run again"; }
# Debian's Rust is 1.85; what these two crates call of 1.87 is put into older words, in every build, so that its bytes are the same.
find "$folder"/locked/{imago,krun-devices}/src -name '*.rs' -exec sed -Ei \
  -e 's/(\([^()]*\)|[a-z_.]+)\.is_multiple_of\(([^()]*)\)/(\1 % (\2) == 0)/' -e 's/([^:a-z_])str::from_utf8\(/\1core::str::from_utf8(/' {} +
sed -i 's/"files":{[^}]*}/"files":{}/' "$folder"/locked/{imago,krun-devices}/.cargo-checksum.json
mkdir -p "$folder/libkrun/.cargo"
printf '[source.crates-io]\nreplace-with = "locked"\n[source.locked]\ndirectory = "%s/locked"\n' "$folder" > "$folder/libkrun/.cargo/config.toml"
(export BUILD_FOLDER=$folder RUSTC_WRAPPER=$PWD/scripts/remapped_rustc.sh
  cd "$folder/libkrun" && "$cargo" build --quiet --release --locked --features blk,net "${words[@]}") > "$folder/log" 2>&1 || { tail -20 "$folder/log" >&2; die "cannot build $package; see above"; }
built=$(find "$folder/libkrun/target" -path '*release/libkrun.so' | head -1)
if [ "$target" = build ]; then
  cp "$folder/libkrun/src/lib.rs" "$place/$name.rs"
else
  "${target%-linux}-linux-gnu-strip" --strip-unneeded "$built"
fi
cp "$built" "$place/$name.new"
mv "$place/$name.new" "$place/$name"
echo "$sha256" > "$mark"
