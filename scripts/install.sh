#!/bin/sh
# install.sh [--to FOLDER] [--from ADDRESS]: installs smolvm into ~/.local/bin, or into FOLDER, without root: downloads the archive for this
# system and processor from ADDRESS, checks its digest by the release's list and the list by its signature, and tells how to undo it. Where FOLDER
# is a `bin`, man pages and completions go into the `share` beside it.
set -eu
version='@VERSION@' from='@ADDRESS@' key='@KEY@' to=${HOME:-}/.local/bin

say() { echo "install: $*" >&2; }
die() { say "$*"; exit 1; }
have() { command -v "$1" > /dev/null 2>&1; }

while [ $# -gt 0 ]; do
  case $1 in
    --to) to=${2:-} ;;
    --from) from=${2:-} ;;
    *) die "cannot use $1: write sh install.sh [--to FOLDER] [--from ADDRESS]" ;;
  esac
  shift
  [ $# -gt 0 ] || die "give a value to the last option"
  shift
done
case $from in @*) die 'this installer belongs to no release: take the one of a release' ;; esac
case $key in @*) key= ;; esac
case $to in /?*) ;; *) die "cannot install into '$to': HOME is not set, or the folder is no absolute path; give --to FOLDER" ;; esac

case $(uname -s) in
  Linux) system=linux ;;
  Darwin) system=darwin ;;
  *) die "cannot install on $(uname -s): smolvm is for Linux and macOS" ;;
esac
case $(uname -m) in
  x86_64 | amd64) processor=x86_64 ;;
  aarch64 | arm64) processor=aarch64 ;;
  *) die "cannot install on $(uname -m): smolvm is for x86_64 and arm64" ;;
esac
# A shell under Rosetta says x86_64 on Apple silicon.
[ "$system" != darwin ] || [ "$(sysctl -n sysctl.proc_translated 2> /dev/null || echo 0)" != 1 ] || processor=aarch64
if [ "$system" = linux ] && { ldd --version 2>&1 || true; } | grep -qi musl; then
  die "cannot install here: smolvm needs glibc, and this system has musl (Alpine); use a distribution with glibc, such as Debian, or run it in a chroot of one"
fi
target=$processor-$system

fetch() {
  if have curl; then curl -fsSL --retry 2 -o "$2" "$1"
  elif have wget; then wget -q -O "$2" "$1"
  else die "cannot download: neither curl nor wget is installed"; fi
}
digest_of() {
  if have sha256sum; then sha256sum "$1"
  elif have shasum; then shasum -a 256 "$1"
  else openssl dgst -sha256 -r "$1"; fi | cut -c1-64
}

# Ends with 2 where nothing on this system can verify, and 1 where the signature is not good.
verify() {
  if have minisign; then
    minisign -V -q -P "$key" -m "$1" -x "$1.minisig" > /dev/null 2>&1 || return 1
    return 0
  fi
  have openssl && echo | openssl dgst -blake2b512 > /dev/null 2>&1 && openssl pkeyutl -help 2>&1 | grep -q rawin || return 2
  { printf '\060\052\060\005\006\003\053\145\160\003\041\000'; echo "$key" | openssl base64 -d -A | tail -c 32; } > "$1.key"
  sed -n 2p "$1.minisig" | openssl base64 -d -A | tail -c 64 > "$1.bare"
  openssl dgst -blake2b512 -binary "$1" > "$1.digest"
  openssl pkeyutl -verify -pubin -keyform DER -inkey "$1.key" -rawin -in "$1.digest" -sigfile "$1.bare" > /dev/null 2>&1 || return 1
}

mkdir -p "$to" 2> /dev/null || die "cannot make $to; give another folder with --to"
[ -w "$to" ] || die "cannot write to $to; give another folder with --to"
work=$(mktemp -d "$to/.smolvm-install.XXXXXX") || die "cannot write to $to; give another folder with --to"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

fetch "$from/SHA256SUMS" "$work/SHA256SUMS" || die "cannot download $from/SHA256SUMS; check the network and the address"
if [ -z "$key" ]; then
  say "this release is not signed: only its digest is checked"
else
  fetch "$from/SHA256SUMS.minisig" "$work/SHA256SUMS.minisig" || die "cannot download $from/SHA256SUMS.minisig, the signature"
  code=0
  verify "$work/SHA256SUMS" || code=$?
  case $code in
    0) ;;
    2) say "the signature is not checked: install minisign, or openssl 3, to have it checked" ;;
    *) die "the list of digests at $from is not signed by smolvm's key: nothing is installed" ;;
  esac
fi
name=smolvm-$version-$target
wanted=$(sed -n "s/^\([0-9a-f]\{64\}\)  $name.tar.gz\$/\1/p" "$work/SHA256SUMS")
[ -n "$wanted" ] || die "the release at $from has no smolvm $version for $target"
room="is there room in $to? it needs 250 MB for a moment"
fetch "$from/$name.tar.gz" "$work/archive" || die "cannot download $from/$name.tar.gz; $room"
[ "$(digest_of "$work/archive")" = "$wanted" ] || die "$name.tar.gz from $from has another digest than its list says: nothing is installed"
(cd "$work" && gzip -dc archive | tar -xf -) 2> /dev/null && [ -f "$work/$name/smolvm" ] || die "cannot unpack $name.tar.gz: tar or gzip is missing, or it is the room; $room"
got=$work/$name
chmod 755 "$got/smolvm"
now=$("$got/smolvm" --version 2>&1) || die "smolvm $version does not run here: $now"
before=
[ ! -e "$to/smolvm" ] || before=$("$to/smolvm" --version 2> /dev/null) || before='what was there'
mv -f "$got/smolvm" "$to/smolvm" || die "cannot put smolvm into $to"

# put FILE PLACE: what makes smolvm handier, and is left out where it cannot be written. One rename; noted for uninstalling.
placed=$to/smolvm
put() {
  { mkdir -p "${2%/*}" && chmod 644 "$1" && mv -f "$1" "$2"; } 2> /dev/null || { missing=1; return 0; }
  placed="$placed
$2"
}
missing=
case $to in
  */bin)
    share=${to%/bin}/share
    for page in "$got"/man/*.1; do put "$page" "$share/man/man1/${page##*/}"; done
    put "$got/completions/smolvm.bash" "$share/bash-completion/completions/smolvm"
    put "$got/completions/_smolvm" "$share/zsh/site-functions/_smolvm"
    put "$got/completions/smolvm.fish" "$share/fish/vendor_completions.d/smolvm.fish"
    ;;
  *) share= ;;
esac

say "$now is in $to${before:+, in place of $before}"
if [ -n "$missing" ]; then say "man pages and completions are not installed: cannot write to $share"
elif [ -n "$share" ]; then say "man pages and completions are in $share; zsh finds them with fpath=($share/zsh/site-functions \$fpath) before compinit in ~/.zshrc"
fi
case :$PATH: in *:"$to":*) ;; *) say "put it on the PATH: export PATH=\"$to:\$PATH\"" ;; esac
say "begin with: smolvm doctor; smolvm microvm run alpine:latest echo \"Hello World\""
# What `smolvm self uninstall` may remove of what is outside smolvm's own folders.
case $system in
  linux) data=${XDG_DATA_HOME:-${HOME:-}/.local/share}/smolvm ;;
  darwin) data="${HOME:-}/Library/Application Support/smolvm" ;;
esac
[ -z "${SMOLVM_HOME:-}" ] || data=$SMOLVM_HOME/data
undo="$to/smolvm self uninstall"
note() { echo "$placed" | while IFS= read -r path; do grep -qxF "$path" "$data/installed" 2> /dev/null || echo "$path" >> "$data/installed" || return 1; done; }
{ mkdir -p "$data" && chmod 700 "$data" && note; } 2> /dev/null || undo="$undo, and rm these: $(echo "$placed" | tr '\n' ' ')"
say "to undo: $undo; it asks first, and keeps machines and volumes unless --purge is given"
