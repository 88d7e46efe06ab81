#!/bin/busybox sh
# Process 1 of the arm64 lab: smolvm on krun, with the KVM of a processor that is emulated.
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs dev /dev
/bin/busybox mount -t tmpfs tmp /tmp
export PATH=/bin:/sbin:/usr/bin:/usr/sbin HOME=/home SMOLVM_HOME=/tmp/home SMOLVM_ENGINE=krun
# Where others are busy too, the agent of a nested VM may be later than smolvm waits: then once more.
step() {
  echo "STEP $*"
  "$@" > /tmp/said 2>&1
  code=$?
  if [ "$code" = 125 ] && grep -q "did not answer" /tmp/said; then
    "$@" > /tmp/said 2>&1
    code=$?
  fi
  cat /tmp/said
  echo "ENDED $code"
}
step /smolvm version
step /smolvm doctor
step /smolvm vm run alpine uname -m
step /smolvm vm run alpine sh -c 'exit 7'
step /smolvm vm exec sh -c 'echo kept > /root/file; cat /proc/1/comm'
step /smolvm vm exec cat /root/file
step /smolvm vm stop
step /smolvm vm ls
/bin/busybox poweroff -f
