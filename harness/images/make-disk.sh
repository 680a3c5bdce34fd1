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
find "$tree" -newermt "@$epoch" -exec touch --no-dereference --date="@$epoch" {} +

rm -f "$disk"
truncate --size="${mib}M" "$disk"
# mke2fs before 1.47.1 does not know SOURCE_DATE_EPOCH and takes this instead.
E2FSPROGS_FAKE_TIME=$epoch SOURCE_DATE_EPOCH=$epoch mke2fs -q -t ext4 -L system -U "$uuid" -N 131072 -m 1 \
  -E "hash_seed=$uuid,root_owner=0:0,lazy_itable_init=0,lazy_journal_init=0" -d "$tree" "$disk"
rm -rf --one-file-system "$tree"
