#!/usr/bin/env bash
# lab.sh COMMAND...: runs a command on this machine's own files, under an emulated processor with AMD-V. There /dev/kvm is real, only
# slow (20 to 50 times), so that the krun engine can be tested and compared on a machine without virtualization.
#
# The machine's root is there read-only, with a scratch disk over it that is thrown away; the current folder is there as itself, writable.
# The exit status, stdout and stderr are the command's, and so are its environment and working folder. Needs root, and the packages
# qemu-system-x86, virtiofsd, busybox-static, cpio, e2fsprogs, xz-utils, zstd; the kernel is Debian's or Ubuntu's own for VMs, fetched once
# into .cache/lab.
# LAB_MEMORY (MiB, 4096), LAB_CPUS (1: with two, the SVM that QEMU 7.2 emulates locks up or panics now and then), LAB_SECONDS (3600:
# then the lab is ended, with status 124).
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
cache=$here/.cache/lab
memory=${LAB_MEMORY:-4096} cpus=${LAB_CPUS:-1} seconds=${LAB_SECONDS:-3600}

die() { echo "lab: $*" >&2; exit 125; }

[ $# -gt 0 ] || die "cannot run nothing: give a command"
[ "$(id -u)" = 0 ] || die "cannot share files with the lab: virtiofsd needs root"
virtiofsd=$(PATH="$PATH:/usr/lib/qemu:/usr/libexec" command -v virtiofsd) || die "cannot find virtiofsd: install it (before Debian 13 and Ubuntu 24.04: qemu-system-common)"

# What a virtio machine with KVM inside needs.
modules="virtio_pci virtio_blk loop virtiofs overlay kvm_amd"

# depends PACKAGE PREFIX: the first package with a name that begins so, of those it needs.
depends() { apt-cache depends "$1" 2> /dev/null | awk -v prefix="$2" '$1 == "Depends:" && index($2, prefix) == 1 && !found++ { print $2 }' || true; }

# add_module KERNEL ROOT NAME: a module and those it needs, which come first, if they are not part of the kernel itself.
add_module() {
  local kernel=$1 root=$2 pattern=${3//[-_]/[-_]} file need
  grep -qs "/$pattern\.ko$" "$root/modules/order" "$kernel"/lib/modules/*/modules.builtin "$kernel"/usr/lib/modules/*/modules.builtin && return
  file=$(find "$kernel" -name "$pattern.ko*" | head -1)
  [ -n "$file" ] || die "cannot find the module $3 in the kernel's packages"
  case $file in *.xz) xz -dq "$file" ;; *.zst) zstd -dq --rm "$file" ;; esac
  file=${file%.xz} file=${file%.zst}
  for need in $(tr '\0' '\n' < "$file" | sed -n 's/^depends=//p' | tr , ' '); do add_module "$kernel" "$root" "$need"; done
  cp "$file" "$root/modules/" && echo "/modules/$(basename "$file")" >> "$root/modules/order"
}

# The kernel and its first root. Debian's cloud kernel has its modules in it, Ubuntu's has them in a package of their own.
fetch_kernel() {
  local folder image package module
  folder=$(mktemp -d); mkdir -p "$folder/root"/{bin,modules,dev,proc,sys}
  image=$(depends linux-image-cloud-amd64 linux-image)
  [ -n "$image" ] || image=$(depends linux-image-virtual linux-image)
  [ -n "$image" ] || die "cannot find linux-image-cloud-amd64 or linux-image-virtual: update the package lists (apt-get update)"
  # shellcheck disable=SC2046 # none or one
  (cd "$folder" && apt-get download -qq "$image" $(depends "$image" linux-modules) > /dev/null 2>&1) || die "cannot download $image with apt-get"
  for package in "$folder"/*.deb; do dpkg-deb -x "$package" "$folder/kernel"; done
  cp /bin/busybox "$folder/root/bin/" && ln -s busybox "$folder/root/bin/sh"
  for module in $modules; do add_module "$folder/kernel" "$folder/root" "$module"; done
  first_process > "$folder/root/init" && chmod +x "$folder/root/init"
  (cd "$folder/root" && find . | cpio -o -H newc --quiet | gzip -1) > "$folder/initrd"
  cp "$folder"/kernel/boot/vmlinuz-* "$cache/vmlinuz" && mv "$folder/initrd" "$cache/initrd" && rm -rf "$folder"
}

# /init of the lab: the machine's files with a scratch layer over them, then the job.
first_process() {
  cat << 'INIT'
#!/bin/sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc && mount -t sysfs sysfs /sys && mount -t devtmpfs dev /dev
while read -r module; do insmod "$module"; done < /modules/order
for word in $(cat /proc/cmdline); do
  case $word in lab.job=*) job=${word#*=} ;; lab.here=*) here=${word#*=} ;; esac
done
mkdir -p /machine /scratch /root-of-lab
mount -t virtiofs -o ro machine /machine && mount -t ext4 /dev/vda /scratch && mkdir /scratch/upper /scratch/work
mount -t overlay -o lowerdir=/machine,upperdir=/scratch/upper,workdir=/scratch/work lab /root-of-lab
for folder in proc sys dev; do mount --move "/$folder" "/root-of-lab/$folder"; done
cd /root-of-lab
mkdir -p dev/pts dev/shm "./$job" "./$here"
mount -t devpts devpts dev/pts && mount -t tmpfs shm dev/shm && mount -t tmpfs run run && mount -t cgroup2 cgroup sys/fs/cgroup
mount -t virtiofs job "./$job" && mount -t virtiofs here "./$here"
ip link set lo up
exec switch_root /root-of-lab "$job/start"
INIT
}

# Labs that begin at once fetch it once.
mkdir -p "$cache" && exec 9> "$cache/lock" && flock 9
[ -e "$cache/initrd" ] || fetch_kernel
exec 9>&-

job=$(mktemp -d /var/tmp/lab.XXXXXX)
children=()
finish() { kill "${children[@]}" 2> /dev/null || true; wait 2> /dev/null || true; rm -rf "$job"; }
trap finish EXIT

printf '%s\0' "$@" > "$job/words"
env -0 > "$job/environment"
pwd > "$job/folder"
: > "$job/out"; : > "$job/err"
cat > "$job/start" << START
#!/bin/bash
while IFS= read -r -d '' pair; do export "\$pair" 2> /dev/null; done < $job/environment
cd "\$(< $job/folder)" && mapfile -d '' -t words < $job/words
"\${words[@]}" > $job/out 2> $job/err < /dev/null
echo \$? > $job/status
sync
exec /bin/busybox poweroff -f
START
chmod +x "$job/start"
truncate -s 16G "$job/scratch"
mkfs.ext4 -q -E lazy_itable_init=1,lazy_journal_init=1 "$job/scratch"

shares=() share_options=(-o cache=auto -o xattr -o sandbox=chroot)
# The newer virtiofsd tells of mounts below, which no overlay takes.
"$virtiofsd" --help 2>&1 | grep -e --no-announce-submounts > /dev/null && share_options+=(--no-announce-submounts)
for share in machine:/ "job:$job" "here:$PWD"; do
  name=${share%%:*}
  "$virtiofsd" --socket-path="$job/$name.sock" -o "source=${share#*:}" "${share_options[@]}" > "$job/$name.log" 2>&1 &
  children+=($!)
  for _ in $(seq 250); do [ -S "$job/$name.sock" ] && break; sleep 0.02; done
  [ -S "$job/$name.sock" ] || { cat "$job/$name.log" >&2; die "cannot share ${share#*:}"; }
  shares+=(-chardev "socket,id=$name,path=$job/$name.sock" -device "vhost-user-fs-pci,chardev=$name,tag=$name")
done

timeout "$seconds" qemu-system-x86_64 -M q35 -accel tcg,thread=multi -cpu EPYC,svm=on,npt=on -smp "$cpus" -m "$memory" -nodefaults -no-reboot -display none \
  -object "memory-backend-memfd,id=memory,size=${memory}M,share=on" -numa node,memdev=memory -serial "file:$job/console" \
  -drive "file=$job/scratch,format=raw,if=virtio,cache=unsafe" -kernel "$cache/vmlinuz" -initrd "$cache/initrd" \
  -append "console=ttyS0 quiet panic=-1 mitigations=off transparent_hugepage=always lab.job=$job lab.here=$PWD" "${shares[@]}" > "$job/qemu.log" 2>&1 &
machine=$!
children+=("$machine")
tail -q -c +1 -f --pid="$machine" "$job/out" & children+=($!)
tail -q -c +1 -f --pid="$machine" "$job/err" >&2 & children+=($!)
wait "$machine" && ended=0 || ended=$?
sleep 1.2 # tail looks for the machine's end once a second
[ "$ended" != 124 ] || { echo "lab: ended after $seconds s" >&2; exit 124; }
[ -e "$job/status" ] || { cat "$job/qemu.log" "$job/console" 2> /dev/null | tail -40 >&2; die "the command did not finish; the lab's console is above"; }
exit "$(< "$job/status")"
