"""M10: which base images there are, and which programs and system packages are in them or can be had.

The patterns are wide: they are of how the tags of an image are written, and of versions up to the end of 2026; no registry was
asked. A version that is younger is to be added here; a digest is never questioned.
"""

# Tables of names read best as words.
# ruff: noqa: SIM905

import re

_DEBIAN = r"(?:buster|bullseye|bookworm|trixie|forky)"
_ALPINE = r"alpine(?:3\.\d{1,2})?"
_VARIANT = rf"(?:-(?:slim(?:-{_DEBIAN})?|{_DEBIAN}|{_ALPINE}))?"
_PYTHON = r"3(?:\.(?:[6-9]|1[0-5])(?:\.\d{1,2})?)?"
_TAGS = {
    "python": rf"(?:{_PYTHON}(?:-?rc\d?|rc\d)?{_VARIANT}|slim(?:-{_DEBIAN})?|{_DEBIAN}|{_ALPINE})",
    "debian": rf"(?:stable|testing|oldstable|1[0-4](?:\.\d{{1,2}})?|{_DEBIAN})(?:-\d{{8}})?(?:-slim)?",
    "ubuntu": r"(?:1[68]|2[0246])\.(?:04|10)|focal|jammy|noble|rolling|plucky|questing",
    "alpine": r"3(?:\.\d{1,2}(?:\.\d{1,2})?)?|edge",
    "ghcr.io/astral-sh/uv": (
        rf"(?:0\.\d{{1,2}}(?:\.\d{{1,3}})?-)?(?:python{_PYTHON}-)?(?:{_DEBIAN}(?:-slim)?|{_ALPINE}|debian(?:-slim)?)"
        r"|0\.\d{1,2}(?:\.\d{1,3})?"
    ),
    "pytorch/pytorch": r"[12]\.\d{1,2}\.\d{1,2}-cuda\d{1,2}\.\d{1,2}-cudnn\d{1,2}-(?:runtime|devel)",
    "nvcr.io/nvidia/pytorch": r"(?:19|2[0-6])\.(?:0[1-9]|1[0-2])(?:\.post\d)?-py3(?:-igpu)?",
    "nvidia/cuda": (
        r"1[0-3]\.\d{1,2}(?:\.\d{1,2})?(?:-cudnn\d{0,2})?-(?:base|runtime|devel)"
        r"-(?:ubuntu\d\d\.04|ubi\d{1,2}|rockylinux\d{1,2})"
    ),
    "tensorflow/tensorflow": r"[12]\.\d{1,2}\.\d{1,2}(?:-gpu)?(?:-jupyter)?",
    "continuumio/miniconda3": r"v?\d{1,2}\.\d{1,2}\.\d{1,2}(?:-\d)?(?:-alpine|-main)?",
    "condaforge/miniforge3": r"\d{1,2}\.\d{1,2}\.\d{1,2}-\d{1,2}",
    "mambaorg/micromamba": r"[12]\.\d{1,2}\.\d{1,2}(?:-[\w.-]{1,40})?",
    "mcr.microsoft.com/devcontainers/python": r"(?:[0-9]-)?3(?:\.\d{1,2})?(?:-[a-z]{1,20})?",
    "mcr.microsoft.com/vscode/devcontainers/python": r"(?:[0-9]-)?3(?:\.\d{1,2})?(?:-[a-z]{1,20})?",
}
_MIRRORS = re.compile(
    r"^(?:docker\.io/(?:library/)?|public\.ecr\.aws/docker/library/|mirror\.gcr\.io/library/)"
)
#: Bases that bring packages of Python, by the start of their name.
_BRING = {
    "pytorch/": ("torch", "torchvision", "torchaudio", "numpy"),
    "nvcr.io/nvidia/pytorch": ("torch", "torchvision", "torchaudio", "numpy"),
    "tensorflow/": ("tensorflow", "numpy"),
}

#: What every one of these images can run from the start.
_BASIC = frozenset(
    "[ [[ . : addgroup adduser apk apt apt-get awk base64 basename bash cat cd chgrp chmod chown command cp cut date dd "
    "deluser df dirname do done dpkg du echo egrep elif else env esac eval exec export expr fi find for function getent "
    "grep groupadd groupdel gunzip gzip head hostname id if install ldconfig ln locale ls md5sum mkdir mktemp mv nproc pip "
    "pip3 printenv printf pwd python python3 read readlink realpath rm rmdir sed set sh sha256sum shift sleep sort source "
    "stat su tail tar tee test then time touch tr true type ulimit umask uname uniq unset until update-ca-certificates "
    "useradd userdel usermod wait wc which while whoami xargs yes".split()
)
#: What brings a program that they lack: packages of the system, or of Python.
_BROUGHT = {
    "uv": ("uv",),
    "uvx": ("uv",),
    "git": ("git",),
    "curl": ("curl",),
    "wget": ("wget",),
    "unzip": ("unzip",),
    "make": ("make", "build-essential"),
    "gcc": ("gcc", "build-essential"),
    "g++": ("g++", "build-essential"),
    "cmake": ("cmake",),
    "dvc": ("dvc",),
    "poetry": ("poetry",),
    "pdm": ("pdm",),
    "pipenv": ("pipenv",),
    "hatch": ("hatch",),
    "invoke": ("invoke",),
    "inv": ("invoke",),
    "wandb": ("wandb",),
    "gsutil": ("gsutil", "google-cloud-cli", "google-cloud-sdk"),
    "gcloud": ("google-cloud-cli", "google-cloud-sdk"),
    "npm": ("npm", "nodejs"),
    "node": ("nodejs",),
    "conda": (),
    "mamba": (),
    "micromamba": (),
    "sudo": ("sudo",),
    "tini": ("tini",),
    "dumb-init": ("dumb-init",),
}
_OF_BASE = {"uv": "uv", "uvx": "uv", "conda": "conda", "mamba": "mamba|miniforge", "micromamba": "micromamba"}
#: Packages of Debian and Alpine that images of the course's kind install; families of them are told by their names.
_SYSTEM = frozenset(
    "apt-transport-https apt-utils aria2 bash bc binutils build-base build-essential bzip2 ca-certificates cargo clang "
    "cmake cron curl default-jre dirmngr dos2unix dumb-init ffmpeg file fontconfig g++ gcc gettext gettext-base gfortran "
    "git git-lfs gnupg gnupg2 google-cloud-cli google-cloud-sdk graphviz gunicorn htop iputils-ping jq less linux-headers "
    "llvm locales lsb-release make musl-dev musl-locales nano net-tools netcat-openbsd nginx ninja-build nodejs npm "
    "openjdk-17-jre-headless openmpi-bin openssh-client openssl pandoc patchelf pciutils pipx pkg-config pkgconf "
    "poppler-utils procps protobuf-compiler psmisc rsync rustc screen software-properties-common sox sqlite3 ssh sudo "
    "supervisor swig tesseract-ocr tini tk tmux tree tzdata unzip util-linux vim wget xauth xvfb xz-utils zip zlib1g "
    "zlib1g-dev zsh".split()
)
_FAMILIES = re.compile(
    r"(?:lib[a-z0-9][\w.+-]*|python3?[\w.+-]*|fonts-[\w-]+|(?:gcc|g\+\+|clang)-\d+|[\w.+-]+-dev)"
)


def base_problem(stage, built):
    """Why a stage cannot start from its base; empty if it can. `built` are the names of images that the repository makes."""
    name = _MIRRORS.sub("", stage.image)
    if stage.of is not None or name == "scratch" or stage.image in built:
        return ""
    if "$" in name + stage.tag or not name:
        return "nobody can tell which base this is"
    known = _TAGS.get(name)
    if known is None:
        return f"no base image `{stage.image}` that we know of"
    if stage.digest or stage.tag in ("", "latest") or re.fullmatch(known, stage.tag):
        return ""
    return f"`{stage.image}` has no tag `{stage.tag}`"


def brought_by(stage):
    """The packages of Python that a base image brings."""
    name = _MIRRORS.sub("", stage.image)
    return next((names for start, names in _BRING.items() if name.startswith(start)), ())


def knows_program(program, bases, installed):
    """Whether a program is there: in the base, or by one of the packages that were installed before."""
    name = program.rpartition("/")[2]
    if name in _BASIC or re.fullmatch(r"(?:python|pip)3?(?:\.\d+)?", name):
        return True
    if name in _OF_BASE and any(re.search(_OF_BASE[name], base) for base in bases):
        return True
    wanted = _BROUGHT.get(name)
    # A package may bring programs of any name: what is not in the table is not accused, once one is installed.
    return bool(installed) if wanted is None else bool({*wanted} & {*installed})


def is_system_package(name):
    """Whether a package of the system can be had, as far as this table knows."""
    plain = re.split(r"[=:/~<>]", name)[0]
    return plain in _SYSTEM or bool(_FAMILIES.fullmatch(plain))
