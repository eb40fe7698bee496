# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The BMC of each host: OpenIPMI's ipmi_sim, whose chassis control is this file's bmc_chassis.
#
# Facts about ipmi_sim: it answers lanplus with cipher suite 3, not with 17; it waits for the
# chassis program, so that one must never leave a child with its output open; it has no DCMI,
# power is a sensor (SDR).

bmc_define() { # HOST
	local dir number
	dir=$(host_dir "$1")/bmc number=$(host_number "$1")
	mkdir -p "$dir/state/ipmi_sim/$1"
	printf '%-4s\n' "$DC_OFF_W" >"$dir/watts"
	cat >"$dir/chassis" <<-EOF
		#!/bin/sh
		DC_DIR='$DC_DIR' exec '$DC' _chassis $1 "\$@"
	EOF
	chmod 755 "$dir/chassis"
	cat >"$dir/lan.conf" <<-EOF
		name "$1"
		set_working_mc 0x20
		  startlan 1
		    addr 127.0.0.1 $((DC_PORT + number))
		    priv_limit admin
		    allowed_auths_user none md2 md5 straight
		    allowed_auths_operator none md2 md5 straight
		    allowed_auths_admin none md2 md5 straight
		    guid a123456789abcdefa12345678900$(printf %04d "$number")
		  endlan
		  chassis_control "$dir/chassis 0x20"
		  user 2 true "admin" "secret" admin 10 none md2 md5 straight
		  user 3 true "operator" "secret" operator 10 none md2 md5 straight
	EOF
	cat >"$dir/sim.emu" <<-EOF
		mc_setbmc 0x20
		mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
		sel_enable 0x20 1000 0x0a
		sensor_add 0x20 0 1 3 1 poll 500 file "$dir/watts" base=10
		mc_enable 0x20
	EOF
	bmc_sensors >"$dir/sensors.sdr"
	sdrcomp -o "$dir/state/ipmi_sim/$1/sdr.20.main" "$dir/sensors.sdr" ||
		die "$1: the sensors of its BMC do not compile"
}

# One sensor, in Watts: what the host draws from the wall.
bmc_sensors() {
	cat <<-EOF
		sdr type 1
		    sensor_owner_id 0x20
		    sensor_owner_lun 0
		    channel_number 0
		    sensor_number 1
		    entity_id power_unit
		    entity_instance 1
		    init_scanning true
		    default_sensor_scan_on true
		    sensor_type Current
		    event_reading_type_code 1
		    analog_data_format unsigned
		    base_unit Watts
		    linearization linear
		    m 1
		    b 0
		    r_exp 0
		    b_exp 0
		    sensor_direction input
		    nominal_specified false
		    sensor_maximum 255
		    sensor_minimum 0
		    id_string "Power"
		endsdr
	EOF
}

bmc_start() { # HOST
	local dir
	dir=$(host_dir "$1")/bmc
	daemon "bmc-$1" ipmi_sim -n -c "$dir/lan.conf" -f "$dir/sim.emu" -s "$dir/state"
}

# bmc_chassis HOST MC get|set NAME [VALUE]...: called by ipmi_sim; each request leaves a line in the
# BMC's log.
bmc_chassis() {
	local host=$1 verb=$3
	shift 3
	echo "$(date +%FT%T) $verb $*" >>"$DC_DIR/$host/bmc/log"
	while [ $# -gt 0 ]; do
		case $verb:$1 in
		get:power) echo "power:$(bmc_power "$host")" ;;
		get:*) echo "$1:0" ;;
		set:power) if [ "$2" = 1 ]; then bmc_do host_start "$host"; else bmc_do host_cut "$host"; fi ;;
		set:reset) bmc_do host_cut "$host"; bmc_do host_start "$host" ;;
		set:shutdown) bmc_do host_shutdown "$host" ;;
		esac
		[ "$verb" = get ] || shift
		shift
	done
}

bmc_do() { "$@" >>"$DC_DIR/$2/bmc/log" 2>&1 </dev/null; }

# bmc_power HOST: 1 or 0, the truth unless the BMC was told to lie.
bmc_power() {
	if has_fault bmc-lies-off "$1"; then
		echo 0
	elif has_fault bmc-lies-on "$1"; then
		echo 1
	elif recorded "$DC_DIR/pids/power-$1" >/dev/null; then
		echo 1
	else
		echo 0
	fi
}
