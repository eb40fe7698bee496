# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Guests: real QEMU guests without KVM, whose program (load.s) lives on a disk of its own.
#
# The disk is served over NBD by this machine: libvirt takes such disks as shared, so that guests
# migrate without --unsafe, and a test can set the load and read the heartbeat whatever their host
# does. With --local-disk it is a file of the host instead, which pins the guest.

vm_usage="dc vm NAME HOST MIB DUTY [--paused] [--persistent] [--local-disk] [--tag NAME=VALUE]..."

vm_create() { # NAME HOST MIB DUTY OPTION...
	local name=${1:-} host=${2:-} mib=${3:-} duty=${4:-} disk tags='' start=() persistent='' local=''
	case $name in '' | -* | *[!A-Za-z0-9_.-]*) die "usage: $vm_usage" ;; esac
	need_host "$host"
	case $mib$duty in '' | *[!0-9]*) die "usage: $vm_usage" ;; esac
	shift 4
	while [ $# -gt 0 ]; do
		case $1 in
		--paused) start+=(--paused) ;;
		--persistent) persistent=1 ;;
		--local-disk) local=1 ;;
		--tag)
			case ${2:-} in ?*=*) ;; *) die "usage: $vm_usage" ;; esac
			tags+="<ebb:tag name='$(xml "${2%%=*}")' value='$(xml "${2#*=}")'/>"
			shift ;;
		*) die "usage: $vm_usage" ;;
		esac
		shift
	done
	disk=$(vm_disk_make "$name" "$duty" ${local:+"$host"})
	if [ -z "$persistent" ]; then
		vm_xml | vm_virsh "$host" create /dev/stdin "${start[@]}"
	else
		vm_xml | vm_virsh "$host" define /dev/stdin
		vm_virsh "$host" start "$name" "${start[@]}"
	fi || { vm_disk_remove "$name"; die "$name: not started on $host"; }
}

# vm_virsh HOST ARGUMENT...: a libvirtd that hangs must not hang us.
vm_virsh() {
	local host=$1
	shift
	bounded "$DC_TIMEOUT" virsh -q -c "$(host_uri "$host")" "$@" >/dev/null
}

xml() { # TEXT
	# Quoted, as bash takes a bare & in a replacement for what was found.
	local text=${1//"&"/"&amp;"}
	text=${text//"<"/"&lt;"}
	echo "${text//"'"/"&apos;"}"
}

# The variables are vm_create's.
vm_xml() {
	local metadata=
	[ -z "$tags" ] ||
		metadata="<metadata><ebb:vm xmlns:ebb='https://ebb.dev/vm/1'>$tags</ebb:vm></metadata>"
	cat <<-EOF
		<domain type='qemu'>
		  <name>$name</name>$metadata
		  <memory unit='MiB'>$mib</memory>
		  <vcpu>1</vcpu>
		  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
		  <cpu mode='custom' match='exact'><model fallback='allow'>qemu64</model></cpu>
		  <clock offset='utc'/>
		  <devices>
		    <emulator>/usr/bin/qemu-system-x86_64</emulator>
		    $disk
		    <memballoon model='virtio'/>
		  </devices>
		</domain>
	EOF
}

# --- disks --------------------------------------------------------------------------------------

byte() { # NUMBER
	# shellcheck disable=SC2059 # the format is the byte
	printf "\\x$(printf %02x "$1")"
}

# vm_disk_make NAME DUTY [HOST]: makes the disk, serves it unless it is HOST's own; prints its XML.
vm_disk_make() {
	local name=$1 file port
	mkdir "$DC_DIR/disks/$name" 2>/dev/null || die "$name: there is such a guest"
	file=$DC_DIR/disks/$name/disk
	[ -z "${3:-}" ] || {
		file=$DC_DIR/$3/var/lib/libvirt/images/$name
		ln -s "$file" "$DC_DIR/disks/$name/disk"
	}
	cp "$DC_DIR/load.bin" "$file"
	truncate -s 1M "$file"
	vm_load "$name" "$2"
	if [ -n "${3:-}" ]; then
		cat <<-EOF
			<disk type='file' device='disk'><driver name='qemu' type='raw' cache='none'/>
			<source file='/var/lib/libvirt/images/$name'/><target dev='vda' bus='virtio'/></disk>
		EOF
		return
	fi
	port=$(vm_port) || exit
	daemon "nbd-$name" qemu-nbd --persistent --shared=0 --bind="$GATEWAY" --port="$port" \
		--export-name="$name" --format=raw "$file"
	wait_for 10 vm_served "$port" || die "$name: its disk is not served; see $DC_DIR/log/nbd-$name"
	cat <<-EOF
		<disk type='network' device='disk'><driver name='qemu' type='raw' cache='none'/>
		<source protocol='nbd' name='$name'><host name='$GATEWAY' port='$port'/></source>
		<target dev='vda' bus='virtio'/></disk>
	EOF
}

vm_port() (
	exec 7>"$DC_DIR/disks.lock"
	flock -w 10 7 || die "$DC_DIR/disks.lock: held by somebody"
	read -r port 2>/dev/null <"$DC_DIR/disks.port" || port=$((DC_PORT + 99))
	echo $((port + 1)) | tee "$DC_DIR/disks.port"
)

vm_served() { bounded 2 bash -c ': <>"/dev/tcp/$1/$2"' _ "$GATEWAY" "$1" 2>/dev/null; }

vm_disk_remove() { # NAME
	stop_daemon "nbd-$1"
	rm -f "$(readlink -f "$DC_DIR/disks/$1/disk")"
	rm -rf "${DC_DIR:?}/disks/$1"
}

need_vm() {
	[ -n "${1:-}" ] || die "which guest?"
	[ -e "$DC_DIR/disks/$1/disk" ] || die "no guest '$1'"
}

vm_load() { # NAME DUTY
	need_vm "$1"
	case ${2:-} in [0-9] | 1[0-6]) ;; *) die "a load is 0 to 16 sixteenths" ;; esac
	byte "$2" | dd of="$DC_DIR/disks/$1/disk" bs=1 seek=512 conv=notrunc status=none
}

# --- heartbeat ----------------------------------------------------------------------------------

# vm_alive NAME: the heartbeat's fields, see load.s; age is the seconds since the last beat.
vm_alive() {
	local file beat boots twins gap last now age still
	need_vm "$1"
	file=$DC_DIR/disks/$1/disk
	read -r beat boots twins gap last < <(
		echo "$(od -An -tu4 -j1024 -N4 "$file") $(od -An -tu2 -j1028 -N8 "$file")")
	if [ "$boots" = 0 ]; then
		echo "beat=0 boots=0 twins=0 gap=0 age=never"
		return 1
	fi
	now=$(date -u +'(10#%M * 60 + 10#%S)')
	age=$(((now - last + 3600) % 3600))
	# The guest tells the time within the hour; the hours come from the file's own time.
	still=$((EPOCHSECONDS - $(stat -L -c %Y "$file")))
	while [ $age -lt $((still - 2)) ]; do age=$((age + 3600)); done
	# It may have looked at the clock just after us.
	[ $((age % 3600)) -lt 3598 ] || age=0
	echo "beat=$beat boots=$boots twins=$twins gap=$gap age=$age"
}
