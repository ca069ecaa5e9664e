# passed
from spy import found, look, refused

for path in (
    "/submission/..",
    "/environments",
    "/var/lib/docker",
    "/root/.cache",
    "/home",
    "/mnt",
    "/media",
    "/srv",
):
    look(path)
known = {"submission", "work", "home", "suites", "environments", "opt", "home/student"}
assert not [
    f for f in found if f.startswith(("/environments/", "/var/lib/docker", "/root", "/mnt", "/media", "/srv"))
], found
assert [f for f in found if f.startswith("/home/")] == ["/home/student"], found


def treble(x):
    return 3 * x
