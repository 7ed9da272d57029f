#!/bin/sh
# Installs what Probity needs from Debian 12's packages, as root or with sudo.
#   sh contrib/setup.sh build    what building and running needs
#   sh contrib/setup.sh test     that, and what contrib/check.sh needs (the default)
set -eu

build_packages="g++ cmake ninja-build pkg-config libjim-dev libusb-1.0-0-dev libhidapi-dev libelf-dev libfmt-dev
  libspdlog-dev libasio-dev libcapstone-dev"
# The judges (openocd, stlink-tools, gdb-multiarch), the oracle of the virtual core (unicorn), the compiler that rebuilds the
# firmware and loaders, the compiler with the fuzzer (clang), the guest with a real USB stack (qemu to usbip), what makes
# and tests the package (from dpkg-dev to groff-base).
test_packages="libgtest-dev libgmock-dev libunicorn-dev openocd stlink-tools gdb-multiarch gcc-arm-none-eabi python3
  python3-pytest clang-14 libclang-rt-14-dev
  qemu-system-x86 busybox-static cpio kmod udev usbip dpkg-dev file bash-completion zsh groff-base
  ca-certificates"

# The debug adapter of an IDE (tests/ide) is an npm package. Whoever has Node.js from elsewhere keeps it.
command -v node >/dev/null || test_packages="$test_packages nodejs"

case "${1:-test}" in
  build) wanted=$build_packages ;;
  test) wanted="$build_packages $test_packages" ;;
  *)
    echo "setup.sh: '$1' is neither build nor test" >&2
    exit 2
    ;;
esac

missing=
for package in $wanted; do
  case "$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null)" in
    "install ok installed") ;;
    *) missing="$missing $package" ;;
  esac
done
if [ -n "$missing" ]; then
  as_root=
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || {
      echo "setup.sh: these packages are missing and neither root nor sudo is at hand:$missing" >&2
      exit 1
    }
    as_root=sudo
  fi
  echo "Installing:$missing"
  $as_root apt-get update -qq
  # shellcheck disable=SC2086  # the lists are meant to be split
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi

[ "${1:-test}" = build ] || /usr/bin/python3 "$(dirname "$0")/../tests/ide/fetch.py" "$(dirname "$0")/../build/ide"
