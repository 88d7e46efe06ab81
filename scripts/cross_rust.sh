#!/usr/bin/env bash
# cross_rust.sh: Debian's rustc with the standard library for arm64, unpacked into .cache/cross and not installed. Prints the
# environment, one NAME=VALUE a line, with which cargo builds for aarch64-unknown-linux-gnu. Needs cargo and gcc-aarch64-linux-gnu.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD/.cache/cross
command -v cargo > /dev/null && command -v aarch64-linux-gnu-gcc > /dev/null || { echo "cross_rust: cargo or gcc-aarch64-linux-gnu is not installed" >&2; exit 1; }
if [ ! -e "$root/usr/bin/rustc" ]; then
  # Debian 12 has a new rustc beside its old one, for browsers.
  web=
  { apt-cache show rustc-web 2> /dev/null || true; } | grep '^Package' > /dev/null && web=-web
  depends() { apt-cache depends "$1" 2> /dev/null | awk -v prefix="$2" '$1 == "Depends:" && index($2, prefix) == 1 && !found++ { print $2 }' || true; }
  std=$(depends "libstd-rust$web-dev" "libstd-rust$web-")
  llvm=$(depends "$std" libllvm)
  scripts/debian_arm64.sh "$root" "rustc$web:amd64" "$std:amd64" "$llvm:amd64" "libstd-rust$web-dev:amd64" "libstd-rust$web-dev" libseccomp-dev libcap-ng-dev
fi
cat << ENVIRONMENT
LD_LIBRARY_PATH=$root/usr/lib/x86_64-linux-gnu
RUSTC=$root/usr/bin/rustc
CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc
ENVIRONMENT
