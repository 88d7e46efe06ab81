#!/usr/bin/env bash
# fetch_crate.sh PACKAGE SHA256 FOLDER: brings the source of the crate PACKAGE (NAME@VERSION, as scripts/parts.tsv pins it) to FOLDER/NAME. Needs
# cargo. Says in one line why when it cannot be had or is another one.
set -euo pipefail
package=$1 sha256=$2 folder=$3 name=${1%@*}
die() { echo "fetch_crate: $*" >&2; exit 1; }

mkdir -p "$folder/fetch/src"
touch "$folder/fetch/src/lib.rs"
cat > "$folder/fetch/Cargo.toml" << TOML
[package]
name = "fetch"
version = "0.0.0"
edition = "2021"
[dependencies]
$name = "=${package#*@}"
TOML
"${CARGO:-cargo}" vendor --quiet --manifest-path "$folder/fetch/Cargo.toml" "$folder/vendor" > /dev/null ||
  die "cannot fetch $package with cargo; check the network and run again"
grep -q "checksum = \"$sha256\"" "$folder/fetch/Cargo.lock" || die "the crate $package is not the one that scripts/parts.tsv pins"
cp -r "$folder/vendor/$name" "$folder/$name"
