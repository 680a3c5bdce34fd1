#!/bin/sh
# Gathers public captures to try `hwlab model import` on: sources and data of Debian packages, unpacked into a folder outside the checkout. Nothing is installed.
# usage: scripts/corpus/gather.sh FOLDER    (about 500 MB of downloads; needs apt-get with a Debian mirror, dpkg, tar, and Node of this checkout)
set -u
[ $# -eq 1 ] || { echo "usage: $0 FOLDER" >&2; exit 2; }
here=$(CDPATH='' cd -P "$(dirname "$0")" && pwd)
mkdir -p "$1/apt/lists/partial" "$1/apt/cache/archives/partial" "$1/packages" "$1/unpacked" "$1/files"
folder=$(CDPATH='' cd -P "$1" && pwd)

# An apt of its own: it knows sources too, and leaves the machine's lists alone.
mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | grep -o 'https*://[^ ]*/debian/*\( \|$\)' | head -n 1 | tr -d ' ')
[ -n "$mirror" ] || { echo "no Debian mirror in /etc/apt" >&2; exit 3; }
for suite in bookworm trixie; do for type in deb deb-src; do echo "$type [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main"; done; done > "$folder/apt/sources.list"
cat > "$folder/apt/apt.conf" <<CONF
Dir::Etc::SourceList "$folder/apt/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::State::Lists "$folder/apt/lists";
Dir::Cache "$folder/apt/cache";
APT::Sandbox::User "root";
CONF
export APT_CONFIG="$folder/apt/apt.conf"
apt-get -qq update || exit 3

cd "$folder/packages" || exit 3
# A snapshot mirror lacks some files; what cannot be had is left out and said.
for package in libfprint umockdev pyipp libuvc cups libwacom libgusb usbutils fwupd upower libgphoto2 libmtp libinput ipp-usb sane-airscan wireshark scapy; do
  apt-get -qq source --download-only -t trixie "$package" > /dev/null 2>&1 || apt-get -qq source --download-only -t bookworm "$package" > /dev/null 2>&1 || echo "not whole: $package" >&2
done
for package in foomatic-db foomatic-db-compressed-ppds openprinting-ppds hp-ppd printer-driver-gutenprint printer-driver-brlaser printer-driver-splix printer-driver-ptouch printer-driver-escpr linux-source-6.12; do
  apt-get -qq download "$package" > /dev/null 2>&1 || echo "not there: $package" >&2
done
for file in *.orig.tar.*; do
  case $file in *.asc) continue ;; esac
  target=$folder/unpacked/${file%%_*}
  [ -d "$target" ] || { mkdir "$target" && tar -xf "$file" -C "$target"; }
done
for file in *.deb; do
  target=$folder/unpacked/deb-${file%%_*}
  [ -d "$target" ] || { mkdir "$target" && dpkg -x "$file" "$target"; }
done
kernel=$folder/unpacked/linux
if [ ! -d "$kernel" ]; then
  mkdir "$kernel"
  tar -xf "$folder"/unpacked/deb-linux-source-*/usr/src/linux-source-*.tar.xz -C "$kernel" --wildcards '*/tools/testing/selftests/hid/*' '*/drivers/hid/*' '*/Documentation/hid/*' '*/Documentation/usb/*'
fi
# Drivers of CUPS that hold their PPDs compressed list the device ids themselves.
for driver in "$folder"/unpacked/deb-*/usr/lib/cups/driver/*; do
  [ -x "$driver" ] && timeout 120 "$driver" list > "$folder/unpacked/$(basename "$driver").list" 2>/dev/null
done
# Dumps of devices for umockdev: the real lsusb prints them, with nothing installed.
tools=$folder/unpacked/tools
if [ ! -d "$tools" ]; then
  mkdir "$tools"
  for package in umockdev libumockdev0 usbutils libusb-1.0-0 libpcap0.8 libgudev-1.0-0; do
    apt-get -qq download "$package/bookworm" > /dev/null 2>&1 && dpkg -x "$package"_*.deb "$tools"
  done
  mkdir -p "$folder/files/lsusb"
  number=0
  find "$folder"/unpacked/umockdev "$folder"/unpacked/libfprint "$folder"/unpacked/libgusb -name '*.umockdev' -o -name device -type f 2>/dev/null | sort | while read -r dump; do
    number=$((number + 1))
    LD_LIBRARY_PATH=$tools/usr/lib/x86_64-linux-gnu:$tools/lib/x86_64-linux-gnu timeout 20 "$tools/usr/bin/umockdev-run" -d "$dump" -- "$tools/usr/bin/lsusb" -v > "$folder/files/lsusb/dump-$number.txt" 2> /dev/null
    grep -q bInterfaceClass "$folder/files/lsusb/dump-$number.txt" || rm "$folder/files/lsusb/dump-$number.txt"
  done
fi
exec "$here/../../node_modules/.bin/node" "$here/extract.ts" "$folder/unpacked" "$folder/files"
