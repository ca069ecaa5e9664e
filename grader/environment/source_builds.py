"""Make wheels of packages that the index has only as source archives; the course names each one and its hash.

Run as a script by the environments' interpreter, without `site`: `python -I -S source_builds.py DATA FOLDER`. DATA is
JSON: `sources`, a list as in `checks/environment.toml`, and `index`, the fallback if no variable of uv names one.
Nothing is built and no code of an archive runs: one of its folders becomes a wheel unchanged. A source that cannot be
fetched is skipped; uv then finds no wheel, as it would without this script.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from urllib.request import urlopen

TIMEOUT_S = 20.0
MAX_PAGE_BYTES = 4 * 1024 * 1024
MAX_ARCHIVE_BYTES = 8 * 1024 * 1024
MAX_FILES = 2000

_LINK = re.compile(r"""href=["']([^"'#\s]{1,2000})#sha256=([0-9a-f]{64})""")


def wheel_name(source: dict[str, Any]) -> str:
    """Return the file name of a source's wheel."""
    return f"{source['name'].replace('-', '_')}-{source['version']}-py3-none-any.whl"


def make_wheel(source: dict[str, Any], archive: bytes) -> bytes:
    """Make a wheel of the files below `source["folder"]` of a `.tar.gz`, under the folder's own name.

    Raises:
        ValueError: the archive has another hash than the course names, or has no such folder.
    """
    if hashlib.sha256(archive).hexdigest() != source["sha256"]:
        raise ValueError("another archive than the course names")
    about = wheel_name(source).removesuffix("-py3-none-any.whl") + ".dist-info"
    metadata = ["Metadata-Version: 2.1", f"Name: {source['name']}", f"Version: {source['version']}"]
    metadata += [f"Requires-Dist: {wanted}" for wanted in source.get("requires", ())]
    tags = "Wheel-Version: 1.0\nGenerator: grader\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files = dict(_files(archive, source["folder"].strip("/")))
    if not files:
        raise ValueError("no such folder in the archive")
    files |= {f"{about}/METADATA": "\n".join([*metadata, ""]).encode(), f"{about}/WHEEL": tags.encode()}
    files[f"{about}/RECORD"] = "".join(f"{name},,\n" for name in [*files, f"{about}/RECORD"]).encode()
    wheel = io.BytesIO()
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in files.items():
            out.writestr(name, data)
    return wheel.getvalue()


def _files(archive: bytes, folder: str) -> Iterator[tuple[str, bytes]]:
    above = folder.rpartition("/")[0]
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as members:
        for number, member in enumerate(members):
            name = member.name.partition("/")[2]
            inside = name.startswith(f"{folder}/") and ".." not in name.split("/")
            if number >= MAX_FILES or not (member.isfile() and inside and member.size <= MAX_ARCHIVE_BYTES):
                continue
            data = members.extractfile(member)
            if data is not None:
                yield name.removeprefix(f"{above}/") if above else name, data.read()


def _fetch(source: dict[str, Any], default: str) -> bytes:
    indexes = [os.environ.get("UV_DEFAULT_INDEX") or default, *os.environ.get("UV_INDEX", "").split()]
    for index in filter(None, indexes):
        page = f"{index.rstrip('/')}/{source['name']}/"
        try:
            with urlopen(page, timeout=TIMEOUT_S) as answer:  # noqa: S310 - addresses of the machine's own settings
                base, text = answer.url, answer.read(MAX_PAGE_BYTES).decode("utf-8", "replace")
            for link, digest in _LINK.findall(text):
                if digest == source["sha256"]:
                    with urlopen(urljoin(base, link), timeout=TIMEOUT_S) as answer:  # noqa: S310
                        return bytes(answer.read(MAX_ARCHIVE_BYTES))
        except (OSError, ValueError):
            continue
    raise ValueError("no index has it")


def _main(data: Path, folder: Path) -> None:
    asked = json.loads(data.read_text(encoding="utf-8"))
    for source in asked["sources"]:
        wheel = folder / wheel_name(source)
        if wheel.is_file():
            continue
        try:
            content = make_wheel(source, _fetch(source, asked["index"]))
        except (OSError, EOFError, ValueError, tarfile.TarError) as problem:
            sys.stderr.write(f"{source['name']}: {problem}\n")
            continue
        part = wheel.with_suffix(f".{os.getpid()}")
        part.write_bytes(content)
        part.replace(wheel)


if __name__ == "__main__":
    _main(Path(sys.argv[1]), Path(sys.argv[2]))
