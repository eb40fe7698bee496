#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# core and policies are pure: their archives may need nothing of the C library but memory, text in
# memory, sorting and mathematics, and of the compiler's library 128-bit division. Whatever is not
# listed is refused. usage: symbols.sh BUILD
set -u
allowed='^(calloc|malloc|realloc|free|abort|__assert_fail|__stack_chk_fail|_GLOBAL_OFFSET_TABLE_|
mem(cpy|set|move|cmp|chr)|__mem(cpy|set|move)_chk|str(len|cmp|ncmp|chr|rchr|dup|ndup|cpy|str|spn|cspn|pbrk)|
(__)?v?snprintf(_chk)?|__u?(div|mod|divmod)ti[34]|qsort|qsort_r|bsearch|
(exp|exp2|expm1|log|log2|log10|log1p|pow|sqrt|cbrt|floor|ceil|trunc|round|rint|fabs|fmin|fmax|fmod|hypot|
erf|erfc|lgamma|tgamma|sin|cos|tan|atan|atan2|tanh|llround|lround|llrint|lrint|nearbyint|ldexp|frexp|scalbn|copysign|isnan|isinf|
finite|__isnan|__isinf|__finite|__fpclassify|__signbit|nan)[fl]?)$'
allowed=$(printf '%s' "$allowed" | tr -d '\n')
for layer in core policies; do
	lib=$1/lib$layer.a
	[ -f "$lib" ] || continue
	defined=$(nm --defined-only -g "$1"/libcore.a "$1"/libpolicies.a 2>/dev/null |
		awk 'NF == 3 { print $3 }' | sort -u)
	nm -u "$lib" 2>/dev/null | awk 'NF == 2 && $1 == "U" { print $2 }' | sort -u |
		grep -vxF "$defined" | grep -vE "$allowed" | sed "s/^/$layer needs /"
done
exit 0
