#!/usr/bin/env bash
# golden_home.sh: writes with dist/smolvm what its version keeps, a small home with machines, a container, a volume and an image, into
# tests/versions/homes/VERSION.tar.gz. Once for each version, at its release: what later versions read of it is tested by
# tests/functional/golden_homes_test.ts, and in a VM by tests/versions/upgrade_test.ts. Boots a VM on QEMU; needs tar and gzip.
set -euo pipefail
cd "$(dirname "$0")/.."
version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' deno.json) place=$PWD/tests/versions/homes
[ "$(dist/smolvm --version)" = "smolvm $version" ] || { echo "golden_home: dist/smolvm is not $version: build it first" >&2; exit 1; }
[ ! -e "$place/$version.tar.gz" ] || { echo "golden_home: $place/$version.tar.gz is there: a released version's home is never written again" >&2; exit 1; }
folder=$(mktemp -d)
export SMOLVM_HOME=$folder/home SMOLVM_ENGINE=qemu
smolvm() { "$PWD/dist/smolvm" "$@" > /dev/null; }
trap 'dist/smolvm vm delete --force kept > /dev/null 2>&1 || true; rm -rf "$folder"' EXIT

mkdir "$folder/root"
echo "hello from $version" > "$folder/root/greeting"
smolvm image load --name golden:1 "$folder/root"
smolvm volume create --size 128M --label tier=back box
smolvm vm create --name kept --disk 128M --label tier=front -v box:/data -p 127.0.0.1::80
smolvm vm exec --name kept sh -c 'echo kept > /root/kept; echo stored > /data/file'
smolvm container create --name cell -e A=1 kept golden:1 /never
smolvm vm stop kept
smolvm vm create --name made --disk 128M --mem 256 --restart on-failure -e A=1 --net --allow-host example.com golden:1 /never
mkdir -p "$place"
tar -C "$SMOLVM_HOME" --sparse --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -c data | gzip -n -9 > "$place/$version.tar.gz"
