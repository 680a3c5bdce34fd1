#!/bin/busybox sh
# The first process of a machine that boots from the network: brings up the interface that the firmware booted from, gets the image's system into
# memory or onto the disk, and tells on the console and to the boot server how far it came. Runs in busybox; nothing of it stays in the system.
export PATH=/bin
/bin/busybox mkdir -p /proc /sys /dev /ram /root /lower
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
exec < /dev/console > /dev/console 2>&1

say() { printf '\nLAB-NETBOOT %s\n' "$*"; }
# fail REASON DETAIL...: the machine stays on, for somebody to look at; whoever watches reads this line or the server's log.
fail() {
  reason=$1; shift
  printf '\nLAB-NETBOOT-FAIL %s %s\n' "$reason" "$*"
  [ -z "$base" ] || wget -q -O /dev/null "$base/report?state=failed&reason=$reason" 2> /dev/null
  while :; do sleep 3600; done
}
value() { for word in $(cat /proc/cmdline); do case $word in "hwlab.$1="*) echo "${word#*=}"; return;; esac; done; }

mode=$(value mode) base=$(value base) mac=$(value mac) address=$(value ip) mask=$(value mask) gateway=$(value gw)
say "linux mode=$mode kernel=$(uname -r)"

interface() {
  for place in /sys/class/net/*; do
    [ "$(cat "$place/address" 2> /dev/null)" = "$mac" ] && { basename "$place"; return 0; }
  done
  return 1
}
load_drivers() { find /sys/devices -name modalias -exec cat {} + 2> /dev/null | sort -u | xargs modprobe -a -b -q 2> /dev/null; }

tries=0
while ! card=$(interface); do
  load_drivers
  tries=$((tries + 1))
  [ $tries -gt 10 ] && fail no-network-driver "nothing drives $mac; network cards: $(for d in /sys/bus/pci/devices/*; do case $(cat $d/class) in 0x0200*|0x0280*) echo -n "$(cat $d/vendor):$(cat $d/device) ";; esac; done)"
  interface > /dev/null || sleep 1
done
ip link set lo up
ip link set "$card" up || fail network-down "$card does not come up"
ip addr add "$address/$mask" dev "$card" || fail network-down "no address $address/$mask on $card"
[ -z "$gateway" ] || ip route add default via "$gateway" 2> /dev/null
say "network $card $address"

# get NAME SECONDS: to standard output. The first tries may fail while the link comes up.
get() {
  for try in 1 2 3 4 5; do
    wget -q -O - "$base/$1" && return 0
    [ -n "$2" ] && return 1
    sleep 1
  done
  return 1
}

live() {
  size=$(value root_size) sum=$(value root_sha256)
  memory=$(awk '/^MemAvailable/ { print $2 * 1024 }' /proc/meminfo)
  [ "$memory" -gt $((size + 150000000)) ] || fail no-memory "the system has $size bytes, $memory are free"
  mount -t tmpfs -o size=100% tmpfs /ram
  say "root begin $size"
  { get root.squashfs; echo $? > /ram/exit; } | tee /ram/root | sha256sum > /ram/sum
  got=$(stat -c %s /ram/root)
  [ "$(cat /ram/exit)" = 0 ] || fail root-unreachable "$got of $size bytes came"
  [ "$got" = "$size" ] || fail root-cut "$got of $size bytes came"
  read -r found rest < /ram/sum
  [ "$found" = "$sum" ] || fail bad-checksum "sha256 is $found instead of $sum"
  modprobe -a loop squashfs overlay 2> /dev/null
  mkdir /ram/upper /ram/work
  mount -t squashfs -o ro,loop /ram/root /lower || fail root-not-mounted "the image's kernel does not mount a squashfs"
  mount -t overlay -o lowerdir=/lower,upperdir=/ram/upper,workdir=/ram/work overlay /root || fail root-not-mounted "the image's kernel does not mount an overlay"
  get seed.tar once | tar -x -C /root -f - || fail no-seed "the keys did not come"
  for place in /lib/systemd/systemd /sbin/init; do [ -x "/root$place" ] && init=$place && break; done
  [ -n "$init" ] || fail no-init "there is neither systemd nor /sbin/init in the image"
  mkdir -p /root/dev /root/proc /root/sys /root/run
  ip addr flush dev "$card"
  ip link set "$card" down
  say "switch"
  mount --move /dev /root/dev
  mount --move /proc /root/proc
  mount --move /sys /root/sys
  exec switch_root -c /dev/console /root $init
}

# internal_disks [FOLDER]: the disks that the machine has of its own. The boot areas of an eMMC are none, nor are the single paths to an NVMe disk; what hangs on
# USB is somebody's who forgot it, or the lab's.
internal_disks() {
  for d in "${1:-/sys/block}"/*; do
    n=$(basename "$d")
    case $n in *boot*|*rpmb|nvme*c*n*) continue;; sd*|nvme*n*|vd*|mmcblk*) ;; *) continue;; esac
    case $(readlink -f "$d") in */usb[0-9]*) continue;; esac
    [ "$(cat "$d/removable")" = 0 ] && [ "$(cat "$d/size")" -gt 0 ] && echo "/dev/$n"
  done
}

install() {
  disk=$(value disk) bytes=$(value disk_size)
  [ "$disk" = auto ] && {
    disks=$(internal_disks)
    set -- $disks
    [ $# = 1 ] || fail install-which-disk "$# disks: $(echo $disks)"
    disk=$1
  }
  [ -b "$disk" ] || fail install-no-disk "there is no $disk"
  has=$(blockdev --getsize64 "$disk")
  [ "$has" -ge "$bytes" ] || fail install-disk-too-small "$disk has $has bytes, the image $bytes"
  grep -q "^$disk" /proc/mounts && fail install-disk-in-use "$disk is mounted"
  get extents.txt > /extents || fail install-unreachable "no list of extents"
  say "install begin $disk $bytes"
  written=0 told=$(date +%s)
  blkdiscard "$disk" 2> /dev/null
  # Each line: first mebibyte, number of mebibytes, sha256 or "zero".
  while read -r from count sum; do
    progress write "$from"
    if [ "$sum" = zero ]; then
      zeros "$from" "$count" || fail install-write "writing zeros at $from MiB failed"
    else
      get "disk/$from/$count" | dd of="$disk" bs=1M seek="$from" iflag=fullblock conv=notrunc 2> /dev/null || fail install-write "writing at $from MiB failed"
      written=$((written + count))
    fi
  done < /extents
  sync
  blockdev --flushbufs "$disk"
  echo 3 > /proc/sys/vm/drop_caches
  say "install verify $written"
  while read -r from count sum; do
    progress verify "$from"
    found=$(read_back "$from" "$count" "$sum")
    [ "$found" = "$sum" ] || { dd if=/dev/zero of="$disk" bs=1M count=1 conv=notrunc 2> /dev/null; sync; fail bad-checksum "$disk at $from MiB: $found was read instead of $sum; the disk will not boot"; }
  done < /extents
  say "install done $written"
  get "report?state=installed&written=$written" > /dev/null
  while :; do sleep 3600; done
}

# Whoever watches takes a minute of silence for a hang.
progress() {
  now=$(date +%s)
  [ $((now - told)) -lt 10 ] && return
  told=$now
  say "install $1 at $2 MiB"
}

# zeros FROM COUNT: past the cache where the disk can; it is most of an image, and nothing of it is needed again.
zeros() {
  dd if=/dev/zero of="$disk" bs=1M seek="$1" count="$2" conv=notrunc oflag=direct 2> /dev/null || dd if=/dev/zero of="$disk" bs=1M seek="$1" count="$2" conv=notrunc 2> /dev/null
}

# read_back FROM COUNT SUM: the sha256 of what is on the disk, or "zero" where nothing else is to be there and is.
read_back() {
  if [ "$3" = zero ]; then
    [ "$(dd if="$disk" bs=1M skip="$1" count="$2" 2> /dev/null | tr -d '\000' | head -c 1 | wc -c)" = 0 ] && echo zero || echo "something else than zeros"
  else
    dd if="$disk" bs=1M skip="$1" count="$2" 2> /dev/null | sha256sum | cut -d ' ' -f 1
  fi
}

case $mode in
  live) live ;;
  install) install ;;
  *) fail unknown-mode "$mode" ;;
esac
