#!/bin/sh
# Tests the Debian package where a user would install it: on bare Debian 12 systems, each in a folder of its own.
#
#   sh contrib/packaging/check.sh FOLDER_OR_DEB     as root; FOLDER is where cpack left the one .deb
#
# Needs debootstrap (or BARE=FOLDER, which holds a bare Debian 12) and a network for apt. Takes about 4 minutes; nothing
# outside the temporary folder is changed. Not part of contrib/check.sh.
set -eu

fail() {
  echo "check.sh: $*" >&2
  exit 1
}

[ $# = 1 ] || fail "one argument is wanted: the .deb, or the folder that has it"
[ "$(id -u)" = 0 ] || fail "only root can make the bare systems"
if [ -d "$1" ]; then
  set -- "$1"/probity_*.deb
  [ $# = 1 ] || fail "several packages: $*"
fi
[ -f "$1" ] || fail "no package: $1"
deb=$(realpath "$1")
example=$(realpath "$(dirname "$0")/../example/blink.elf")
work=$(mktemp -d)
root=
clean() {
  for mounted in "$work"/*/proc; do umount "$mounted" 2>/dev/null || true; done
  rm -rf --one-file-system "$work"
}
trap clean EXIT
trap 'exit 1' INT TERM HUP

say() { printf '\n== %s\n' "$*"; }

# --- systems ---

make_bare() {
  if [ -n "${BARE:-}" ]; then
    cp -a "$BARE" "$work/bare"
  else
    debootstrap --variant=minbase bookworm "$work/bare" >"$work/debootstrap.log" || fail "$(tail -5 "$work/debootstrap.log")"
  fi
  cp -L /etc/resolv.conf "$work/bare/etc/resolv.conf"
  mkdir -p "$work/bare/dev"
  for device in "null 1 3" "zero 1 5" "random 1 8" "urandom 1 9"; do
    # shellcheck disable=SC2086  # name, major, minor
    set -- $device
    [ -e "$work/bare/dev/$1" ] || mknod -m 666 "$work/bare/dev/$1" c "$2" "$3"
  done
  chroot "$work/bare" apt-get update -qq >/dev/null
}

# A fresh system, and from now on the one that `inside` means.
use_new() {
  root=$work/$1
  cp -a "$work/bare" "$root"
  mount -t proc proc "$root/proc"
  cp "$deb" "$root/tmp/probity.deb"
  cp "$example" "$root/tmp/blink.elf"
}

inside() {
  chroot "$root" env -i PATH=/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin HOME=/root LC_ALL=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive "$@"
}

apt_quietly() { inside apt-get -y -qq "$@" >"$work/apt.log" 2>&1 || fail "apt-get $*: $(tail -20 "$work/apt.log")"; }

# Every file with owner, mode, link and content, but for what dpkg, apt and ldconfig keep for themselves.
list() {
  (
    cd "$root"
    find . -xdev \( -path ./proc -o -path ./tmp -o -path ./var/log -o -path ./var/cache -o -path ./var/lib/apt \
      -o -path './var/lib/dpkg/status*' -o -path './var/lib/dpkg/diversions*' -o -path './var/lib/dpkg/lock*' \
      -o -path './var/lib/dpkg/triggers*' -o -path './etc/ld.so.cache*' \) -prune -o \
      \( -type f -exec sha256sum '{}' ';' , -printf '%y %m %U:%G %p %l\n' \) | sort
  )
}

nothing_left() {  # AGAINST [PATTERN of what may be there]
  list >"$work/now"
  diff "$1" "$work/now" | grep '^[<>]' | grep -Ev "${2:-^$}" >"$work/difference" || true
  [ ! -s "$work/difference" ] || fail "left behind: $(cat "$work/difference")"
  [ -z "$(inside dpkg-divert --list '*openocd*')" ] || fail "a diversion is left"
}
# dpkg keeps the list and the script of a package that was removed and not purged.
kept_by_dpkg='/var/lib/dpkg/info/probity\.(list|postrm) ?$'

programs() {
  inside openocd --virtual stm32f407vg -f interface/stlink.cfg -f target/stm32f4x.cfg \
    -c "program /tmp/blink.elf verify reset exit" >"$work/program.log" 2>&1 || fail "$(cat "$work/program.log")"
  grep -F '** Verified OK **' "$work/program.log" || fail "$(cat "$work/program.log")"
}

is_probity() { inside "$1" --version 2>&1 | head -1 | grep "Probity" || fail "$1 is not Probity"; }
is_stock() {
  inside "$1" --version 2>&1 | head -1 | grep "Open On-Chip Debugger" | grep -v Probity || fail "$1 is not the stock program"
}

# --- what is tested ---

check_lintian() {
  if ! command -v lintian >/dev/null; then
    echo "lintian is not installed: left out"
    return
  fi
  lintian --allow-root --fail-on error,warning "$deb" || fail "lintian has found something"
  echo "no errors; no warnings but those that contrib/packaging/lintian-overrides explains"
}

check_bare() {
  use_new bare-system
  list >"$work/before"
  say "bare system: dpkg -i names what is missing"
  if inside dpkg -i /tmp/probity.deb >"$work/dpkg.log" 2>&1; then fail "dpkg -i has not missed its dependencies"; fi
  grep 'depends on' "$work/dpkg.log" || fail "$(cat "$work/dpkg.log")"
  inside dpkg -r probity >/dev/null
  nothing_left "$work/before" "$kept_by_dpkg"
  inside dpkg -P probity >/dev/null
  nothing_left "$work/before"
  echo "dpkg -r and dpkg -P: nothing left"

  say "bare system: apt-get install pulls the dependencies"
  inside apt-get -s install /tmp/probity.deb | sed -n 's/^Inst /  with recommended: /p'
  apt_quietly install --no-install-recommends /tmp/probity.deb
  list | grep -q ' \./usr/bin/probity $' || fail "the listing does not see what is installed"
  programs
  inside vboard --help | head -1
  is_probity openocd
  is_probity probity

  say "dpkg -r; dpkg -i; run; dpkg -r; dpkg -P"
  inside dpkg -r probity >/dev/null
  list >"$work/without"
  inside dpkg -i /tmp/probity.deb >/dev/null 2>&1
  programs
  inside dpkg -r probity >/dev/null
  nothing_left "$work/without"
  apt_quietly purge --autoremove probity
  nothing_left "$work/before"
  echo "nothing left"
}

check_beside_stock() {
  use_new stock-first
  apt_quietly install --no-install-recommends openocd
  list >"$work/before"
  say "beside Debian's openocd"
  is_stock openocd
  apt_quietly install --no-install-recommends /tmp/probity.deb
  is_probity openocd
  is_stock openocd.stock
  programs
  say "installed again (an upgrade)"
  inside dpkg -i /tmp/probity.deb 2>&1 | grep -E 'Unpacking|diver'
  is_probity openocd
  is_stock openocd.stock
  say "stock upgraded while Probity is there"
  apt_quietly install --reinstall --no-install-recommends openocd
  is_probity openocd
  is_stock openocd.stock
  apt_quietly purge --autoremove probity
  is_stock openocd
  nothing_left "$work/before"
  echo "nothing left"

  say "Probity first, then Debian's openocd; that is removed first"
  apt_quietly purge --autoremove openocd
  apt_quietly install --no-install-recommends /tmp/probity.deb
  apt_quietly install --no-install-recommends openocd
  is_probity openocd
  is_stock openocd.stock
  apt_quietly remove openocd
  is_probity openocd
  apt_quietly purge --autoremove probity
  [ ! -e "$root/usr/bin/openocd" ] && [ ! -e "$root/usr/bin/openocd.stock" ] || fail "an openocd is left"
  echo "no openocd is left"
}

check_udev() {
  use_new with-udev
  say "udev is told, where it runs"
  printf '#!/bin/sh\necho "udevadm $*" >>/tmp/udevadm.log\n' >"$root/usr/local/bin/udevadm"
  chmod +x "$root/usr/local/bin/udevadm"
  apt_quietly install --no-install-recommends /tmp/probity.deb
  [ ! -e "$root/tmp/udevadm.log" ] || fail "udevadm was called where no udev runs"
  mkdir -p "$root/run/udev"
  touch "$root/run/udev/control"
  inside dpkg -i /tmp/probity.deb >/dev/null 2>&1
  inside dpkg -r probity >/dev/null
  cat "$root/tmp/udevadm.log"
  [ "$(grep -c -- --reload-rules "$root/tmp/udevadm.log")" = 2 ] || fail "the rules are to be loaded twice"
}

dpkg-deb -f "$deb" Package Version Architecture Depends Recommends
say "lintian"
check_lintian
make_bare
check_bare
check_beside_stock
check_udev
say "all is well with $(basename "$deb")"
