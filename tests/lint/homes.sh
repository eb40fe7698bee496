#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Each external library is included by one file, libvirt by one group of files, so that it can be
# replaced.
set -u
check() { # check HEADER-PATTERN FILE...
	pattern=$1; shift
	git grep -lE "#include <($pattern)>" -- core policies collectors engine sim cli |
		grep -vxF "$(printf '%s\n' "$@")" | sed "s,\$, may not include <$pattern>,"
}
check 'yaml\.h' engine/yaml.c
check 'zlib\.h|zstd\.h' sim/trace/pack.c sim/trace/unpack.c
check 'libxml/.*' collectors/xml.c
check 'libvirt/.*' collectors/libvirt.c collectors/libvirt_error.c collectors/libvirt_stats.[ch] \
	collectors/libvirt_definitions.[ch] collectors/libvirt_storage.[ch]
check 'jansson\.h' sim/output/json.c
exit 0
