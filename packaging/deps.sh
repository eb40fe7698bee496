#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Installs the Debian packages that are missing for a purpose: run, check or lint.
set -eu
run="gcc libc6-dev binutils libyaml-dev libjansson-dev libzstd-dev zlib1g-dev"
check="$run clang libclang-rt-14-dev libcunit1-dev zstd mandoc"
lint="$check clang-format clang-tidy universal-ctags git"
case "${1:-}" in
run) want=$run ;;
check) want=$check ;;
lint) want=$lint ;;
*) echo "usage: $0 run|check|lint" >&2; exit 64 ;;
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
echo "deps: installing$missing"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get install -qq -y --no-install-recommends $missing >/dev/null ||
	{ $as_root apt-get update -qq &&
	  $as_root apt-get install -qq -y --no-install-recommends $missing >/dev/null; }
