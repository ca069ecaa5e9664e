"""What a check finds of the one before it, where it could meet it: the same for all suites."""

import json

PROBE = """
import json, os, re
left = []
for place in ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/home/student"):
    left += [f"{place}/{name}" for name in os.listdir(place)]
def tree(root):
    return {os.path.relpath(os.path.join(at, name), root) for at, folders, names in os.walk(root) for name in folders + names}
left += [f"/work/{name}" for name in tree("/work") ^ tree("/submission")]
ours = {os.getpid(), os.getppid()}
for pid in filter(str.isdigit, os.listdir("/proc")):
    try:
        if os.stat(f"/proc/{pid}").st_uid == os.getuid() and int(pid) not in ours:
            left.append("process " + open(f"/proc/{pid}/cmdline").read().replace(chr(0), " ")[:80])
    except OSError:
        pass
for kind in ("shm", "sem", "msg"):
    left += [f"{kind} {line}" for line in open(f"/proc/sysvipc/{kind}").read().splitlines()[1:]]
left += [f"socket {line}" for line in open("/proc/net/unix").read().splitlines()[1:]]
left += [f"port {line}" for line in open("/proc/net/tcp").read().splitlines()[1:] if line.split()[3] == "0A"]
print(json.dumps(left[:20]))
"""


def leftovers(student):
    """What an earlier check left where this one could meet it."""
    return json.loads(student.run(["python", "-I", "-c", PROBE]).succeeded().stdout)
