"""Settings of the host: its cache folder, its package index, its certificates.

uv ignores pip's configuration, so an index, find-links folders or certificates that are set for pip (environment or
configuration file) are translated for uv. uv's own settings take precedence.
"""

from __future__ import annotations

import configparser
import logging
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import platformdirs
import uv

_log = logging.getLogger(__name__)

#: Maximum size of a pip configuration file; a larger one is skipped.
MAX_CONFIG_BYTES = 64 * 1024

_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY")


@dataclass(frozen=True, kw_only=True)
class HostSettings:
    """Where packages come from. URLs may contain credentials: they are passed to uv by environment, never by argv."""

    index_url: str = ""
    extra_index_urls: tuple[str, ...] = ()
    #: Folders and URLs that hold wheels.
    find_links: tuple[str, ...] = ()
    no_index: bool = False
    #: True to take the best version of all indexes, pip's rule; uv's default is the first index that has the name.
    best_match: bool = False
    #: A file of certificates, in PEM.
    certificates: str = ""
    insecure_hosts: tuple[str, ...] = ()
    timeout_s: str = ""
    proxies: tuple[tuple[str, str], ...] = ()

    @property
    def link_folders(self) -> tuple[Path, ...]:
        """The find-links entries that are folders on this machine."""
        folders = (local_path(link) for link in self.find_links)
        return tuple(folder for folder in folders if folder is not None and folder.is_dir())

    def uv_environment(self, moved: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return the environment variables that pass these settings to uv.

        Args:
            moved: for uv in a container: the mount points of this machine's `local_places`.
        """
        moved = moved or {}

        def place(value: str) -> str:
            path = local_path(value)
            if path is None or str(path) not in moved:
                return value
            inside = moved[str(path)]
            return f"file://{inside}" if value.startswith("file:") else inside

        variables = {
            "UV_DEFAULT_INDEX": place(self.index_url),
            "UV_INDEX": " ".join(place(url) for url in self.extra_index_urls),
            "UV_FIND_LINKS": ",".join(place(link) for link in self.find_links),
            "UV_NO_INDEX": "1" if self.no_index else "",
            "UV_INDEX_STRATEGY": "unsafe-best-match" if self.best_match else "",
            "SSL_CERT_FILE": place(self.certificates),
            "UV_INSECURE_HOST": " ".join(self.insecure_hosts),
            "UV_HTTP_TIMEOUT": self.timeout_s,
        }
        return {name: value for name, value in variables.items() if value} | dict(self.proxies)

    def local_places(self) -> tuple[Path, ...]:
        """Return the folders and files on this machine that the settings name: those to mount into a container."""
        values = (self.index_url, *self.extra_index_urls, *self.find_links, self.certificates)
        paths = (local_path(value) for value in values)
        return tuple(dict.fromkeys(path for path in paths if path is not None and path.exists()))


def local_path(value: str) -> Path | None:
    """Return the path that a setting names, or None for a remote URL."""
    if value.startswith("file:"):
        return Path(url2pathname(urlsplit(value).path))
    if not value or "://" in value:
        return None
    return Path(value).expanduser().absolute()


def host_settings(environ: Mapping[str, str] = os.environ) -> HostSettings:
    """Read the settings of uv and pip: uv's variables first, then pip's, then pip's configuration files."""
    pip = _pip_configuration(environ)

    def setting(option: str) -> str:
        return environ.get("PIP_" + option.upper().replace("-", "_")) or pip.get(option, "")

    uv_index = environ.get("UV_DEFAULT_INDEX") or environ.get("UV_INDEX_URL")
    uv_extra = environ.get("UV_INDEX", environ.get("UV_EXTRA_INDEX_URL"))
    of_pip = uv_extra is None and bool(setting("extra-index-url"))
    uv_links = environ.get("UV_FIND_LINKS")
    links = uv_links.split(",") if uv_links else setting("find-links").split()
    proxies = {name: environ.get(name) or environ.get(name.lower(), "") for name in _PROXIES}
    return HostSettings(
        index_url=uv_index or setting("index-url"),
        extra_index_urls=tuple((uv_extra if uv_extra is not None else setting("extra-index-url")).split()),
        # pip skips folders that do not exist; uv fails.
        find_links=tuple(link for link in links if (path := local_path(link)) is None or path.exists()),
        no_index=_is_true(environ.get("UV_NO_INDEX") or setting("no-index")),
        best_match=of_pip or environ.get("UV_INDEX_STRATEGY") == "unsafe-best-match",
        certificates=environ.get("SSL_CERT_FILE") or setting("cert"),
        insecure_hosts=tuple((environ.get("UV_INSECURE_HOST") or setting("trusted-host")).split()),
        timeout_s=environ.get("UV_HTTP_TIMEOUT")
        or setting("timeout")
        or environ.get("PIP_DEFAULT_TIMEOUT", ""),
        proxies=tuple((name, value) for name, value in proxies.items() if value),
    )


def _is_true(text: str) -> bool:
    return text.strip().lower() in {"1", "true", "yes", "on", "y", "t"}


@cache
def default_index() -> str:
    """Return uv's default index, used if no setting names one; empty if uv does not tell."""
    with tempfile.TemporaryDirectory(prefix="grader-uv-") as folder:
        nothing = Path(folder, "requirements.in")
        nothing.touch()
        done = subprocess.run(
            [
                uv.find_uv_bin(),
                "pip",
                "compile",
                "--emit-index-url",
                "--no-header",
                "--quiet",
                "--offline",
                str(nothing),
            ],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    found = re.search(r"^--index-url (\S+)$", done.stdout, re.MULTILINE)
    return found.group(1) if found else ""


def _pip_configuration(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the options of pip's configuration files: later files override earlier ones, [install] overrides [global]."""
    chosen = environ.get("PIP_CONFIG_FILE")
    if chosen == os.devnull:
        return {}
    name = "pip.ini" if sys.platform == "win32" else "pip.conf"
    home = Path.home()
    files = [Path("/etc/pip.conf")] if sys.platform != "win32" else []
    files.append(platformdirs.site_config_path("pip", appauthor=False) / name)
    files += [home / ("pip" if sys.platform == "win32" else ".pip") / name, home / ".config" / "pip" / name]
    files.append(platformdirs.user_config_path("pip", appauthor=False, roaming=True) / name)
    files.append(Path(sys.prefix) / name)
    if chosen:
        files.append(Path(chosen))
    options: dict[str, dict[str, str]] = {"global": {}, "install": {}}
    for file in files:
        parser = configparser.RawConfigParser()
        try:
            with file.open(encoding="utf-8") as stream:
                parser.read_string(stream.read(MAX_CONFIG_BYTES))
        except (OSError, UnicodeDecodeError, configparser.Error):
            continue
        for section, found in options.items():
            if parser.has_section(section):
                found.update(parser.items(section))
    return options["global"] | options["install"]
