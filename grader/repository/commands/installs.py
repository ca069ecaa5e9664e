"""What a command installs with pip or uv: its arguments, without the options and their values."""

from __future__ import annotations

import re

_PIP = re.compile(r"pip(?:3(?:\.\d+)?)?(?:\.exe)?")

#: Options of pip 23-25 that take a value, from its own parser; `install`, `download` and `wheel`, and before the command.
_PIP_OPTIONS = (
    "--abi --build --build-option --cache-dir --cert --client-cert --config-settings --constraint"
    " --default-timeout --dest --editable --exists-action --extra-index-url --find-links --global-option --group"
    " --implementation --index-url --install-option --keyring-provider --local-log --log --log-file --no-binary"
    " --only-binary --platform --prefix --progress-bar --proxy --pypi-url --python --python-version --report"
    " --requirement --requirements-from-script --resume-retries --retries --root --root-user-action --src --source"
    " --target --timeout --trusted-host --upgrade-strategy --use-deprecated --use-feature --wheel-dir"
    " --build-constraint --uploaded-prior-to -C -b -c -d -e -f -i -r -t -w"
)
#: Options of uv 0.4-0.13 that take a value: `pip install`, and before the command.
_UV_OPTIONS = (
    "--allow-insecure-host --build-constraint --build-constraints --cache-dir --cert --color --config-file"
    " --config-setting --config-settings --config-settings-package --constraint --constraints --default-index"
    " --directory --editable --exclude-newer --exclude-newer-package --excludes --extra --extra-index-url"
    " --find-links --fork-strategy --group --index --index-strategy --index-url --keyring-provider --link-mode"
    " --no-binary --no-build-isolation-package --no-editable-package --no-sources-package --only-binary"
    " --output-format --override --overrides --prefix --prerelease --prerelease-package --project --python"
    " --python-platform --python-version --refresh-package --reinstall-package --requirement --requirements"
    " --resolution --target --torch-backend --trusted-host --upgrade-group --upgrade-package -C -P -b -c -e -f -i"
    " -p -r -t"
)


def installs(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the requirements that a command names, if it is `pip install` or `uv pip install`; else nothing.

    Args:
        words: the command, without wrappers such as `sudo` or `python -m`.
    """
    if not words:
        return ()
    if _PIP.fullmatch(words[0]):
        valued, wanted = _PIP_OPTIONS, ["install"]
    elif words[0] == "uv":
        valued, wanted = _UV_OPTIONS, ["pip", "install"]
    else:
        return ()
    arguments = _without_options(words[1:], frozenset(valued.split()))
    return tuple(arguments[len(wanted) :]) if arguments[: len(wanted)] == wanted else ()


def _without_options(words: tuple[str, ...], valued: frozenset[str]) -> list[str]:
    found: list[str] = []
    rest = iter(words)
    for word in rest:
        if word == "--":
            return [*found, *rest]
        if word in valued:
            next(rest, "")
        elif not word.startswith("-"):
            found.append(word)
    return found
