"""A public snippet that makes a git repository of the students' folder, for programs that work on one.

The working copy has no `.git`. Nothing of the machine's or the students' settings of git goes in: name `settings` to git by
`GIT_CONFIG_GLOBAL`, or lay it where `HOME` is.
"""

GIT = r'''
import os, shutil, subprocess

def git(*words):
    done = subprocess.run(["git", *words], capture_output=True, text=True, errors="replace")
    if done.returncode:
        raise RuntimeError(f"git {words[0]}: {done.stderr.strip()[:300]}")
    return done.stdout

def own_repository(branch, settings):
    """Make the folder one commit on `branch`; `settings` is a path below `.git`."""
    shutil.rmtree(".git", ignore_errors=True)
    if os.path.exists(".git"):
        os.unlink(".git")
    os.makedirs(os.path.dirname(settings))
    with open(settings, "w") as file:
        # The folder may belong to another user.
        file.write("[user]\nname = Grader\nemail = grader@example.org\n[safe]\ndirectory = *\n[core]\nautocrlf = false\n"
                   "hooksPath = .git/none\n[gc]\nauto = 0\n[commit]\ngpgSign = false\n")
    git("init", "-q", "-b", branch)
    git("add", "-A", "-f")
    git("commit", "-q", "--allow-empty", "-m", "as it is")
'''
