#!/bin/sh
# Stands in for docker, kind, k3d, kubectl and make: writes down what it is called with, and answers as they would for a cluster that works. Beside it
# lie calls (what it wrote), the answers in JSON, and otherwise.sh, where a test says what is to be otherwise: it sees $call, and may exit.
PATH=/usr/bin:/bin
here=$(dirname "$0")
program=$(basename "$0")
call="$program $*"
printf '%s\n' "$call" >>"$here/calls"

hang() { # until a signal comes, and then say so
	trap 'echo "$program was ended" >>"$here/calls"; exit 143' TERM
	trap 'echo "$program was interrupted" >>"$here/calls"; exit 130' INT
	echo "$program hangs" >>"$here/calls"
	while :; do sleep 0.05; done
}

[ ! -e "$here/otherwise.sh" ] || . "$here/otherwise.sh"

case $call in
*--config\ - | *--config\ -\ * | *--filename\ -) cat >"$here/input.$program" ;;
esac

lines() { # lines COUNT NAME: as 'uniq -c' prints them
	printf '%7d %s\n' "$1" "$2"
}

refuse() { # refuse WORD: as agnhost connect, and kubectl around it
	echo "$1" >&2
	[ "$program" = docker ] || echo "command terminated with exit code 1" >&2
	exit 1
}

answering() { # which pod answers a client in $1 that asks for $2
	case "$1 $2" in
	client-2\ */near* | outside\ */198.51.100.11* | outside\ */\[2001:db8:100::11]*) echo web-2 ;;
	*) echo web-1 ;;
	esac
}

count() { # count CLIENT URL TIMES
	case $2 in
	*//10.96.0.10:* | *2001:db8:96::10]:*)
		if [ -e "$here/web-2-is-out" ]; then
			lines "$3" web-1
		else
			lines $(($3 - 1)) web-1
			lines 1 web-2
		fi
		;;
	*//10.96.0.12:* | *2001:db8:96::12]:*) lines "$3" "$(answering "$1" /near)" ;;
	*) lines "$3" "$(answering "$1" "$2")" ;;
	esac
}

seen_as() { # as whom pods see a client in $1 that asks for $2
	case "$1 $2" in
	client-1\ *\[*) echo '[2001:db8:244::4]:40000' ;;
	client-1\ *) echo 10.244.1.4:40000 ;;
	*198.51.100.10:* | *:100::10]:*) echo 10.244.1.1:40000 ;;
	outside\ *\[*) echo '[2001:db8:18::9]:40000' ;;
	*) echo 172.18.0.9:40000 ;;
	esac
}

run_in() { # run_in PLACE COMMAND...: what a client there would see
	place=$1
	shift
	command=$*
	url=$(printf '%s\n' "$command" | grep -o "http://[^ ']*" | tail -n 1)
	case $command in
	*'while [ ! -e /tmp/stop ]'*)
		touch "$here/begun-$place"
		while [ ! -e "$here/stop-$place" ]; do sleep 0.02; done
		echo "17 connections, 0 failed"
		;;
	'sh -c until '*) while [ ! -e "$here/begun-$place" ]; do sleep 0.02; done ;;
	'touch /tmp/stop') touch "$here/stop-$place" ;;
	'sh -c for i in $(seq 40)'*) count "$place" "$url" 40 ;;
	'sh -c for i in $(seq 20)'*) count "$place" "$url" 20 ;;
	'/agnhost connect'*30084) refuse TIMEOUT ;;
	'/agnhost connect'*) refuse REFUSED ;;
	*/dial*) printf '{"responses":["web-1"]}' ;;
	*/clientip) seen_as "$place" "$url" ;;
	*//172.18.0.2:30900/* | *:18::2]:30900/*) printf 503 ;;
	*http_code*) printf 200 ;;
	*/proxyMode) printf ebpf ;;
	*/hostname) answering "$place" "$url" ;;
	esac
}

case $call in
'docker version'*) echo 28.0.1 ;;
'docker inspect'*) cat "$here/outside.json" ;;
'docker exec'*)
	shift 2
	run_in outside "$@"
	;;
kubectl*' get nodes --output json') cat "$here/nodes.json" ;;
kubectl*' get services --output json') cat "$here/services.json" ;;
kubectl*' get pods --output json') cat "$here/pods.json" ;;
kubectl*' label pod web-2 app-') touch "$here/web-2-is-out" ;;
kubectl*' label pod web-2 app=web') rm -f "$here/web-2-is-out" ;;
kubectl*' exec '*)
	shift 3
	pod=$1
	shift 2
	run_in "$pod" "$@"
	;;
esac
