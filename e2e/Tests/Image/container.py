# Starts a program as a container runtime does: in a file system of its own that is read-only, with the capabilities that it is given and no more.
# One argument, JSON: root, mounts ([[source, target], ...]), capabilities (numbers; null for all), environment, command.
# The caller has given this process namespaces of its own for mounts, processes and cgroups.
import ctypes, json, os, subprocess, sys

PR_CAPBSET_READ, PR_CAPBSET_DROP = 23, 24
spec = json.loads(sys.argv[1])
root = spec["root"]
libc = ctypes.CDLL(None, use_errno=True)


def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True)


def place(source, target):
    path = root + target
    if os.path.isdir(source):
        os.makedirs(path, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        open(path, "a").close()
    mount("--rbind", source, path)


mount("--bind", root, root)
mount("-t", "proc", "proc", root + "/proc")
mount("-t", "sysfs", "-o", "ro", "sysfs", root + "/sys")
mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", root + "/dev")
for device in ("null", "zero", "random", "urandom"):
    place("/dev/" + device, "/dev/" + device)
for source, target in spec["mounts"]:
    place(source, target)
mount("-o", "remount,bind,ro", root)

os.chroot(root)
os.chdir("/")
if spec["capabilities"] is not None:
    capability = 0
    while libc.prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0:
        if capability not in spec["capabilities"] and libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "PR_CAPBSET_DROP")
        capability += 1
os.execve(spec["command"][0], spec["command"], spec["environment"])
