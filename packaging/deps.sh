#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Installs the Debian packages that are missing for a purpose: run, check, lint or testbed.
set -eu
run="gcc libc6-dev binutils libyaml-dev libjansson-dev libzstd-dev zlib1g-dev libvirt-dev
	libxml2-dev pkgconf"
check="$run clang libclang-rt-14-dev libcunit1-dev zstd mandoc"
lint="$check clang-format clang-tidy universal-ctags git"
# The testbed runs these daemons itself, each in a namespace; no service of theirs is wanted.
testbed="libvirt-daemon libvirt-daemon-driver-qemu libvirt-clients qemu-system-x86 qemu-utils
	openipmi ipmitool iproute2 iputils-ping procps util-linux binutils openssl"
case "${1:-}" in
run) want=$run ;;
check) want=$check ;;
lint) want=$lint ;;
testbed) want=$testbed ;;
*) echo "usage: $0 run|check|lint|testbed" >&2; exit 64 ;;
esac
missing=
for p in $want; do
	dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing="$missing $p"
done
[ -n "$missing" ] || exit 0
command -v apt-get >/dev/null || { echo "deps: please install:$missing" >&2; exit 1; }
as_root=
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null || { echo "deps: run as root, or install:$missing" >&2; exit 1; }
	as_root=sudo
fi
echo "deps: installing" $missing
export DEBIAN_FRONTEND=noninteractive
# Debian starts what it installs unless this file says no (101).
no_start=/usr/sbin/policy-rc.d
if [ "$1" = testbed ] && [ ! -e $no_start ]; then
	trap '$as_root rm -f $no_start' EXIT
	printf '#!/bin/sh\nexit 101\n' | $as_root tee $no_start >/dev/null
	$as_root chmod 755 $no_start
fi
install="apt-get install -qq -y --no-install-recommends -o DPkg::Lock::Timeout=300"
$as_root $install $missing >/dev/null ||
	{ $as_root apt-get update -qq &&
	  $as_root $install $missing >/dev/null; }
