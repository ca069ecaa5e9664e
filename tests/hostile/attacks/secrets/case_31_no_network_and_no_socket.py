# passed
import os, socket

for path in ("/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock"):
    assert not os.path.exists(path), path
assert os.listdir("/sys/class/net") == ["lo"], os.listdir("/sys/class/net")
for address in (("169.254.169.254", 80), ("172.17.0.1", 2375), ("1.1.1.1", 53)):
    s = socket.socket()
    s.settimeout(1)
    try:
        s.connect(address)
    except OSError:
        continue
    raise RuntimeError(f"connected to {address}")


def treble(x):
    return 3 * x
