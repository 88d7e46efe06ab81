#!/usr/bin/env bash
# build_virtiofsd.sh [TARGET]: builds the virtiofsd that scripts/parts.tsv pins, with scripts/virtiofsd.patch, into .cache/parts/TARGET/virtiofsd:
# one static program, for the binary to carry, the same bytes in whatever folder. Takes one to two minutes, once. Needs patch, and for this machine
# cargo 1.85 or newer (setup.sh installs one where the distribution has it); without it nothing is built, and the binary looks for an installed virtiofsd when a folder is
# shared.
set -euo pipefail
cd "$(dirname "$0")/.."
own=$(uname -m)-linux target=${1:-$(uname -m)-linux}
place=.cache/parts/$target triple=${target%-linux}-unknown-linux-gnu

leave() { echo "build_virtiofsd: $*; the binary will look for an installed virtiofsd instead" >&2; exit 0; }

IFS=$'\t' read -r package sha256 < <(awk -F'\t' -v target="$target" '$1 == "virtiofsd" && $2 == target { print $5 "\t" $7 }' scripts/parts.tsv)
# What it was made by: another one here makes it anew.
patch=$PWD/scripts/virtiofsd.patch
made="$sha256 $(cat "$patch" scripts/build_virtiofsd.sh | sha256sum | cut -c1-16)"
mark=$place/virtiofsd.from
[ -e "$place/virtiofsd" ] && [ "$(cat "$mark" 2> /dev/null)" = "$made" ] && exit 0
command -v patch > /dev/null || leave "patch is not installed"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/debian" "$folder/lib" "$place"
if [ "$target" = "$own" ]; then
  command -v cargo > /dev/null || leave "cargo is not installed"
  (cd "$folder/debian" && apt-get download -qq libseccomp-dev libcap-ng-dev) > "$folder/log" 2>&1 || leave "cannot download libseccomp-dev and libcap-ng-dev"
  for archive in "$folder"/debian/*.deb; do dpkg-deb -x "$archive" "$folder/debian"; done
else
  mapfile -t environment < <(scripts/cross_rust.sh)
  for pair in "${environment[@]}"; do export "${pair?}"; done
  rm -r "$folder/debian"
  ln -s "$PWD/.cache/cross/usr/lib/${target%-linux}-linux-gnu" "$folder/debian"
fi
cargo=${CARGO:-cargo}
scripts/fetch_crate.sh "$package" "$sha256" "$folder" || leave "its crate cannot be had, see above"
patch --quiet -d "$folder/virtiofsd" -p0 < "$patch" > "$folder/log" 2>&1 || { cat "$folder/log" >&2; leave "scripts/virtiofsd.patch does not fit $package"; }

# Its two libraries as archives alone: beside a shared object the linker would prefer that, and the program would not be static. Debian's rustc
# names libcap-ng behind the C library that it needs, so that this one is named once more. The path is one from the crate's folder, because
# RUSTFLAGS are part of the program's names.
cp "$(find "$folder/debian/" -name libseccomp.a)" "$(find "$folder/debian/" -name libcap-ng.a)" "$folder/lib"
(export BUILD_FOLDER=$folder RUSTC_WRAPPER=$PWD/scripts/remapped_rustc.sh
  export LIBSECCOMP_LINK_TYPE=static LIBSECCOMP_LIB_PATH=$folder/lib
  export RUSTFLAGS="-C target-feature=+crt-static -C strip=symbols -L native=../lib -C link-arg=-Wl,-Bstatic -C link-arg=-lc"
  cd "$folder/virtiofsd" && "$cargo" build --quiet --release --locked --target "$triple") > "$folder/log" 2>&1 || { tail -20 "$folder/log" >&2; leave "cannot build $package"; }
built=$folder/virtiofsd/target/$triple/release/virtiofsd
[ "$target" != "$own" ] || "$built" --version > /dev/null || leave "the $package that was built does not run"
cp "$built" "$place/virtiofsd.new"
mv "$place/virtiofsd.new" "$place/virtiofsd"
echo "$made" > "$mark"
