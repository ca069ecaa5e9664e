"""Looks at a path and remembers what was found, or why not."""

import os

found, refused = [], []


def look(path):
    try:
        if os.path.isdir(path):
            for name in os.listdir(path):
                found.append(path + "/" + name)
        else:
            with open(path, "rb") as file:
                found.append(path + ": " + repr(file.read(4000)))
    except OSError as problem:
        refused.append(f"{path} {problem.strerror}")
