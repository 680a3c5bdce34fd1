#!/bin/sh
# make-disk.sh TREE DISK MIB UUID EPOCH: a file system image from an unpacked system, a folder or a tar file. Runs as root, real or of a user namespace.
set -eu
tree=$1 disk=$2 mib=$3 uuid=$4 epoch=$5

if [ -f "$tree" ]; then
  mkdir "$tree.d"
  # A user namespace may not make device nodes; the kernel mounts devtmpfs over /dev anyway.
  tar --extract --preserve-permissions --numeric-owner --exclude='./dev/*' --file "$tree" --directory "$tree.d"
  rm -f "$tree"
  tree=$tree.d
fi
find "$tree/dev" -mindepth 1 -delete
# Whom these two belong to depends on which of apt's steps came first.
apt=$(sed -n 's/^_apt:[^:]*:\([0-9]*\):.*/\1/p' "$tree/etc/passwd")
[ -z "$apt" ] || chown "$apt:0" "$tree/var/lib/apt/lists/partial" "$tree/var/cache/apt/archives/partial"
find "$tree" -newermt "@$epoch" -exec touch --no-dereference --date="@$epoch" {} +

rm -f "$disk"
truncate --size="${mib}M" "$disk"
# e2fsprogs before 1.47.1 does not know SOURCE_DATE_EPOCH and takes this instead.
export E2FSPROGS_FAKE_TIME="$epoch" SOURCE_DATE_EPOCH="$epoch"
mke2fs -q -t ext4 -L system -U "$uuid" -N 131072 -m 1 \
  -E "hash_seed=$uuid,root_owner=0:0,lazy_itable_init=0,lazy_journal_init=0" -d "$tree" "$disk"
rm -rf --one-file-system "$tree"

# mke2fs takes over when each file was read and changed on the host; with these set, equal trees make equal disks.
dumpe2fs "$disk" 2> /dev/null | awk -v epoch="$epoch" '
  /^Inode count:/ { total = $3 }
  /^First inode:/ { first = $3 }
  / Free inodes: / {
    sub(/.* Free inodes: /, "")
    ranges = split($0, range, /, */)
    for (i = 1; i <= ranges; i++) {
      ends = split(range[i], end, "-")
      if (ends > 0) for (inode = end[1] + 0; inode <= end[ends] + 0; inode++) free[inode] = 1
    }
  }
  END {
    for (inode = 2; inode <= total; inode++)
      if ((inode == 2 || inode >= first) && !(inode in free))
        printf "sif <%d> ctime @%d\nsif <%d> atime @%d\nsif <%d> crtime @%d\n", inode, epoch, inode, epoch, inode, epoch
  }' > "$disk.times"
debugfs -w -f "$disk.times" "$disk" > /dev/null 2>&1
rm -f "$disk.times"
