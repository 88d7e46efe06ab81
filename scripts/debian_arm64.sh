#!/usr/bin/env bash
# debian_arm64.sh FOLDER PACKAGE...: unpacks Debian's packages for arm64 (NAME:amd64 is one for this machine) into FOLDER without installing
# them, by lists of its own, so that nothing of this machine's apt and dpkg changes. FOLDER/versions.tsv says what they are. FOLDER appears
# whole or not at all.
set -euo pipefail
folder=$1
shift
lists=$PWD/.cache/apt-arm64
die() { echo "debian_arm64: $*" >&2; exit 1; }

mkdir -p "$lists/state/lists/partial" "$lists/cache/archives/partial"
exec 8> "$lists/lock"
flock 8
: > "$lists/status"
cat > "$lists/conf" << CONF
APT::Architecture "arm64";
APT::Architectures { "arm64"; "amd64"; };
APT::Sandbox::User "$(id -un)";
Dir::State "$lists/state";
Dir::State::status "$lists/status";
Dir::Cache "$lists/cache";
CONF
export APT_CONFIG=$lists/conf
[ -n "$(find "$lists/updated" -mmin -60 2> /dev/null)" ] || { apt-get update -qq > "$lists/log" 2>&1 && touch "$lists/updated"; } ||
  { tail -5 "$lists/log" >&2; die "cannot read Debian's package lists for arm64; check the network and /etc/apt"; }

rm -rf "$folder.new"
mkdir -p "$folder.new/debs"
(cd "$folder.new/debs" && apt-get download -qq "$@") > "$lists/log" 2>&1 || { tail -5 "$lists/log" >&2; die "cannot download $* for arm64"; }
for package in "$folder.new"/debs/*.deb; do
  dpkg-deb -x "$package" "$folder.new"
  dpkg-deb -f "$package" Package Version Architecture | sed 's/^[^:]*: //' | paste -s >> "$folder.new/versions.tsv"
done
rm -rf "$folder.new/debs" "$folder"
mv "$folder.new" "$folder"
