# SPDX-License-Identifier: GPL-2.0-or-later
# Recounts from an events file what a result says. usage: awk -F, -v end=SECONDS -f recount.awk
# Prints: migrations mean_hosts_on overloaded_share. Names must hold no commas.
function pass(t) { # brings the integrals up to t
	on_s += n_on * (t - last)
	over_s += n_over * (t - last)
	last = t
}
function set_on(host, value) {
	if (value != on[host] + 0) n_on += value - on[host]
	on[host] = value
	if (!value) set_over(host, 0)
}
function set_over(host, value) {
	if (value != over[host] + 0) n_over += value - over[host]
	over[host] = value
}
NR == 1 {
	if ($0 != "time_s,event,vm,from,to,reason") { print "bad header"; exit 1 }
	next
}
{ pass($1) }
$2 == "migrate_begin" { migrations++ }
$2 == "host_on" || $2 == "host_draining" { set_on($5, 1) }
$2 ~ /^host_(off|standby|suspending|waking|failed|unknown)$/ { set_on($5, 0) }
$2 == "overload_begin" { set_over($4, 1) }
$2 == "overload_end" { set_over($4, 0) }
END {
	pass(end)
	printf "%d %.9g %.9g\n", migrations, on_s / end, on_s ? over_s / on_s : 0
}
