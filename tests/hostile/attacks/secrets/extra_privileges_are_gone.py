# passed
import os

status = dict(l.split(":\t", 1) for l in open("/proc/self/status").read().splitlines() if ":\t" in l)
assert int(status["CapEff"], 16) == int(status["CapPrm"], 16) == int(status["CapAmb"], 16) == 0, status
assert status["NoNewPrivs"] == "1" and status["Seccomp"] == "2", status
assert os.getgroups() == [] or os.getgroups() == [os.getgid()], os.getgroups()
assert set(os.getresuid() + os.getresgid()) == {os.getuid()} and os.getuid() >= 20000
assert "SigIgn" in status


def treble(x):
    return 3 * x
