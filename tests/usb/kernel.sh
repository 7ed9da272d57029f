#!/bin/sh
# Fetches Debian's kernel package and unpacks what the guest boots from it, without installing it:
#   sh tests/usb/kernel.sh FOLDER    → FOLDER/vmlinuz, FOLDER/lib/modules/VERSION/
# Does nothing where FOLDER has them already.
set -eu

folder=$1
[ ! -e "$folder/vmlinuz" ] || exit 0

kernel_package() {
  apt-cache depends linux-image-amd64 2>/dev/null | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p'
}
package=$(kernel_package)
if [ -z "$package" ] && [ "$(id -u)" = 0 ]; then
  apt-get update -qq
  package=$(kernel_package)
fi
if [ -z "$package" ]; then
  echo "kernel.sh: apt knows no linux-image-amd64; is Debian's main archive in its sources, and was apt-get update run?" >&2
  exit 1
fi
rm -rf "$folder.part"
mkdir -p "$folder.part"
(cd "$folder.part" && apt-get download -qq -o APT::Sandbox::User=root "$package")
dpkg-deb --fsys-tarfile "$folder.part/$package"_*.deb | tar x -C "$folder.part" ./boot ./lib/modules
rm "$folder.part/$package"_*.deb
mv "$folder.part"/boot/vmlinuz-* "$folder.part/vmlinuz"
PATH="$PATH:/sbin:/usr/sbin" depmod -b "$folder.part" "$(ls "$folder.part/lib/modules")"
rm -rf "$folder"
mv "$folder.part" "$folder"
