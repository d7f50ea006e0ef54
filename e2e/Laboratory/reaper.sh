# Takes one laboratory off the machine: its processes, network namespaces, cgroups, BPF pins and files.
#
# usage: sh reaper.sh ID CGROUP2_ROOT BPFFS_ROOT STATE_ROOT [watch]
#
# With "watch" it first waits for the end of standard input, which comes when the owner closes its end of the pipe or dies, in whatever way;
# if the owner said "keep" before that, the laboratory stays.
id=$1 cgroups=$2 bpffs=$3 state=$4

if [ "$5" = watch ]; then
	# Ctrl-C goes to everything in the terminal's foreground, and the owner's end is what counts here.
	trap '' INT TERM HUP
	read -r word
	[ "$word" = keep ] && exit 0
fi

# Killed processes take a moment to be gone, and one that was just being started may join its cgroup after that: again until nothing is left.
tries=0
while [ -d "$cgroups/$id" ] && [ $tries -lt 500 ]; do
	echo 1 >"$cgroups/$id/cgroup.kill"
	find "$cgroups/$id" -depth -type d -exec rmdir {} \; 2>/dev/null
	[ ! -d "$cgroups/$id" ] || sleep 0.02
	tries=$((tries + 1))
done
rm -rf "${bpffs:?}/$id"
for namespace in /run/netns/"$id"-*; do
	[ -e "$namespace" ] && echo "netns del ${namespace##*/}"
done | ip -force -batch -
rm -rf "${state:?}/$id"
[ ! -d "$cgroups/$id" ]
