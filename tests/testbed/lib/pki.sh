# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Certificates for mutual TLS: an authority, one server certificate for each host, one client's.

pki_make() {
	local dir=$DC_DIR/pki host
	mkdir -p "$dir"
	if [ ! -e "$dir/ca.pem" ]; then
		pki_key "$dir/ca.key"
		openssl req -x509 -new -key "$dir/ca.key" -out "$dir/ca.pem" -days 30 \
			-subj "/CN=$DC_ID test authority" \
			-addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign
	fi
	for host in $(hosts); do
		pki_issue "$host" serverAuth "DNS:$host,IP:$(host_address "$host")"
	done
	pki_issue controller clientAuth "DNS:controller"
}

pki_key() {
	( umask 077; openssl ecparam -genkey -name prime256v1 -noout -out "$1" )
}

pki_issue() { # NAME USE ALTERNATIVE-NAMES
	local dir=$DC_DIR/pki
	[ ! -e "$dir/$1.pem" ] || return 0
	pki_key "$dir/$1.key"
	openssl req -new -key "$dir/$1.key" -subj "/CN=$1" |
		openssl x509 -req -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -CAcreateserial -days 30 \
			-out "$dir/$1.pem.new" -extfile <(
				echo "basicConstraints=critical,CA:FALSE"
				echo "keyUsage=critical,digitalSignature"
				echo "extendedKeyUsage=$2"
				echo "subjectAltName=$3"
			) 2>/dev/null
	mv "$dir/$1.pem.new" "$dir/$1.pem"
}
