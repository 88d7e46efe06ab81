#!/usr/bin/env bash
# Builds the virtiofsd that scripts/parts.tsv pins, with scripts/virtiofsd.patch, into .cache/parts/virtiofsd: one static program, for the binary
# to carry. Takes one to two minutes, once. Needs patch and cargo 1.85 or newer (setup.sh installs one where the distribution has it); without it nothing is built, and the binary
# looks for an installed virtiofsd when a folder is shared.
set -euo pipefail
cd "$(dirname "$0")/.."

leave() { echo "build_virtiofsd: $*; the binary will look for an installed virtiofsd instead" >&2; exit 0; }

IFS=$'\t' read -r package sha256 < <(awk -F'\t' '$1 == "virtiofsd" { print $4 "\t" $6 }' scripts/parts.tsv)
mark=.cache/parts/virtiofsd.from
patch=$PWD/scripts/virtiofsd.patch
made_from="$sha256 $(sha256sum < "$patch" | cut -c1-16)"
[ -e .cache/parts/virtiofsd ] && [ "$(cat "$mark" 2> /dev/null)" = "$made_from" ] && exit 0
command -v cargo > /dev/null || leave "cargo is not installed"
command -v patch > /dev/null || leave "patch is not installed"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/debian" "$folder/lib" .cache/parts
scripts/fetch_crate.sh "$package" "$sha256" "$folder" || leave "its crate cannot be had, see above"
patch --quiet -d "$folder/virtiofsd" -p0 < "$patch" > "$folder/log" 2>&1 || { cat "$folder/log" >&2; leave "scripts/virtiofsd.patch does not fit $package"; }

# Its two libraries as archives alone: beside a shared object the linker would prefer that, and the program would not be static. Debian's rustc
# names libcap-ng behind the C library that it needs, so that this one is named once more.
(cd "$folder/debian" && apt-get download -qq libseccomp-dev libcap-ng-dev) > "$folder/log" 2>&1 || leave "cannot download libseccomp-dev and libcap-ng-dev"
for archive in "$folder"/debian/*.deb; do dpkg-deb -x "$archive" "$folder/debian"; done
cp "$(find "$folder/debian" -name libseccomp.a)" "$(find "$folder/debian" -name libcap-ng.a)" "$folder/lib"

target=$(uname -m)-unknown-linux-gnu
(cd "$folder/virtiofsd" &&
  LIBSECCOMP_LINK_TYPE=static LIBSECCOMP_LIB_PATH="$folder/lib" RUSTFLAGS="-C target-feature=+crt-static -C strip=symbols -L native=$folder/lib -C link-arg=-Wl,-Bstatic -C link-arg=-lc" \
    cargo build --quiet --release --locked --target "$target") > "$folder/log" 2>&1 || { tail -20 "$folder/log" >&2; leave "cannot build $package"; }
built=$folder/virtiofsd/target/$target/release/virtiofsd
"$built" --version > /dev/null || leave "the $package that was built does not run"
cp "$built" .cache/parts/virtiofsd.new
mv .cache/parts/virtiofsd.new .cache/parts/virtiofsd
echo "$made_from" > "$mark"
