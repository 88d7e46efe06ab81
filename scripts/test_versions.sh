#!/usr/bin/env bash
# Has the machines of versions before run with this one's binary, and replaces a binary under a machine that runs, on QEMU; then boots VMs with each
# libkrun there is: the carried one, and a newer one that is built for this. Natively where the processor runs VMs, else in the lab, which takes
# some minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.cache/bin:$PATH" DENO_TLS_CA_STORE=system
SMOLVM_ENGINE=qemu deno test --allow-all --permit-no-files tests/versions/upgrade_test.ts
scripts/build_libkrun.sh
words=(deno test --allow-all --permit-no-files tests/contract/libkrun_test.ts tests/versions/boot_test.ts)
if grep -qE '^flags.* (vmx|svm)( |$)' /proc/cpuinfo; then exec "${words[@]}"; fi
SMOLVM_TEST_SLOWNESS=8 exec scripts/lab.sh "${words[@]}"
