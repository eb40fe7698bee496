#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Packs a folder of .vbp instances and sets the totals against the published heuristics.
# usage: pack.sh DIR [TABLE [EFFORT]]
# DIR holds NAME.vbp (plain, .gz or .zst) in any depth. TABLE is tab-separated, plain or .zst, with a
# first column instance_name and either the columns LB, OPT (-1: unknown) and best_overall, or one
# column for each heuristic (then the least is taken; columns *_timems are left out).
# One line for each class (the name up to the first _), then the total; exit 1 if a bound is above an
# optimum or a total above best_overall.
set -u
ebb=${EBB:-build/ebb}
[ $# -ge 1 ] || { echo "usage: $0 DIR [TABLE [EFFORT]]" >&2; exit 64; }
[ -x "$ebb" ] || { echo "$ebb is missing; run make first, or set EBB" >&2; exit 1; }
dir=$1 table=${2:-/dev/null} effort=${3:-1}
results=$(mktemp) || exit 1
trap 'rm -f "$results"' EXIT

find "$dir" -name '*.vbp' -o -name '*.vbp.gz' -o -name '*.vbp.zst' | sort | while read -r path; do
	name=${path##*/}
	"$ebb" pack "$path" --json --effort "$effort" | awk -v name="${name%%.vbp*}" -F'[:,]' '
		{ gsub(/[" ]/, "", $1); v[$1] = $2 + 0 }
		END { print name, v["bins"], v["lower_bound"], v["wall_seconds"], v["steps"] }'
done >"$results"

# Table rows become: name LB OPT best; then results are joined to them.
case $table in *.zst) zstd -dcq "$table" ;; *) cat "$table" ;; esac | awk -F'\t' '
	NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	{
		best = -1
		if ("best_overall" in at) best = $at["best_overall"]
		else for (h in at)
			if (h !~ /_timems$/ && h != "instance_name" && h != "LB" && $at[h] > 0 &&
			    (best < 0 || $at[h] + 0 < best)) best = $at[h] + 0
		print "T", $1, ("OPT" in at) ? $at["OPT"] : -1, best
	}' | cat - "$results" | awk '
	$1 == "T" { opt[$2] = $3; best[$2] = $4; next }
	{
		split($1, part, "_")
		count(part[1]); count("all")
	}
	function count(c) {
		if (!(c in n)) order[++classes] = c
		n[c]++; bins[c] += $2; bound[c] += $3; proven[c] += $2 == $3; time[c] += $4
		if ($4 > slowest[c]) slowest[c] = $4
		if ($1 in best && best[$1] > 0) {
			known_best[c] += best[$1]; ours[c] += $2
			better[c] += $2 < best[$1]; worse[c] += $2 > best[$1]
		}
		if ($1 in opt && opt[$1] > 0) {
			known_opt[c] += opt[$1]; ours_opt[c] += $2; optimal[c] += $2 == opt[$1]
			if ($3 > opt[$1]) { print "WRONG: bound above the optimum: " $1; bad = 1 }
		}
	}
	END {
		print "class instances bins best_overall better worse bound proven | with known optimum:" \
			" bins optimum hit | mean_s max_s"
		for (i = 1; i <= classes; i++) if (order[i] != "all") line(order[i])
		line("all")
		if (ours["all"] > known_best["all"]) { print "WORSE than best_overall"; bad = 1 }
		exit bad
	}
	function line(c) {
		printf "%s %d %d %d %d %d %d %d | %d %d %d | %.3f %.3f\n", c, n[c], bins[c],
			known_best[c], better[c], worse[c], bound[c], proven[c], ours_opt[c],
			known_opt[c], optimal[c], time[c] / n[c], slowest[c]
	}'
