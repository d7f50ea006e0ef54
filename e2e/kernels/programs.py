"""Says how many instructions the kernel looked at for the largest of the programs that a process holds, and for all of them."""
import json
import pathlib
import subprocess
import sys

names = {p["id"]: p.get("name", "") for p in json.loads(subprocess.run(["bpftool", "-j", "prog", "show"], capture_output=True, check=True).stdout)}
counts = {}
for info in pathlib.Path(f"/proc/{sys.argv[1]}/fdinfo").iterdir():
    fields = dict(line.split(":", 1) for line in info.read_text().splitlines() if ":" in line)
    if "verified_insns" in fields:
        counts[names[int(fields["prog_id"])]] = int(fields["verified_insns"])
largest = max(counts, key=counts.get, default="")
print(f"`{largest}` {counts[largest]:,}; {len(counts)} programs {sum(counts.values()):,}" if counts else "not told by this kernel")
