"""M18: files without and with one thing wrong, of names and words that nobody has seen."""

from ._commits import Own, commit

_MEGABYTES = 8
_CONSONANTS, _VOWELS = "bdfgklmnprstv", "aeiou"


def word(rng, syllables=4):
    """A word that is none."""
    return "".join(rng.choice(_CONSONANTS) + rng.choice(_VOWELS) for _ in range(syllables))


def folder_of(submission, rng):
    """A folder of the students' own code, with a slash behind it; none for the root."""
    paths = [
        file.path
        for file in submission.code()
        if not any(part.startswith((".", "test")) for part in file.path.split("/"))
    ]
    folder = rng.choice(paths).rpartition("/")[0] if paths else ""
    return f"{folder}/" if folder else ""


def new(submission, rng, ending):
    """The path of a new file."""
    return f"{folder_of(submission, rng)}{word(rng)}{ending}"


def own_copy(submission, rng):
    """A file of the students' own under a new name, which is in order."""
    return {new(submission, rng, ".py"): Own("")}


def code(rng, body):
    """A module with a docstring and a body."""
    return f'"""The {word(rng)} of a {word(rng)}."""\n\n{body}\n'


def text_commits(submission, rng):
    """A text without and with blanks at the end of a line, and one that ends in the middle of one, or in blank lines."""
    path = new(submission, rng, ".txt")
    one, two = word(rng), word(rng)
    return [
        commit({path: f"{one} {two}\n{two}\n", **own_copy(submission, rng)}),
        commit({path: f"{one} {two}{' ' * rng.randrange(1, 4)}\n{two}\n"}),
        commit({path: f"{one} {two}\n{two}"}),
    ]


def yaml_commits(submission, rng):
    """A configuration in YAML that reads, and one that does not."""
    path = new(submission, rng, ".yaml")
    key, value = word(rng), rng.randrange(10**6)
    broken = rng.choice(
        [f"{key}: [{value}, 1\n", f'{key}: "{value}\n', f"{key}: {value}\n  {word(rng)}: 1\n"]
    )
    clean = {path: f"{key}: [{value}, 1]\n", **own_copy(submission, rng)}
    return [commit(clean), commit({path: broken})]


def large_commits(submission, rng):
    """A small file, and a large one."""
    path = new(submission, rng, ".bin")
    few = bytes(rng.randrange(1, 256) for _ in range(64)) + b"\0\n"
    return [commit({path: (few, 1)}), commit({path: (few, _MEGABYTES * 2**20 // len(few))})]


def finding_commits(submission, rng):
    """Code in order, with an import that is not used, and with a name that is not there, which nothing mends."""
    path = new(submission, rng, ".py")
    return [
        commit(own_copy(submission, rng)),
        commit({path: code(rng, f"import {rng.choice(['os', 'json', 'math', 'random'])}")}),
        commit({path: code(rng, f"{word(rng).upper()} = {word(rng, 5)} + 1")}),
    ]


def format_commits(submission, rng):
    """Code that a formatter leaves, and code that it changes."""
    path = new(submission, rng, ".py")
    name, numbers = word(rng).upper(), [rng.randrange(2, 100) for _ in range(3)]
    return [
        commit({path: code(rng, f"{name} = {numbers}"), **own_copy(submission, rng)}),
        commit({path: code(rng, f"{name} = [ {numbers[0]},{numbers[1]} ,{numbers[2]}]")}),
    ]


def table_commits(submission, rng):
    """Two tables whose rows are whole, the second with a row too short, and the first with one too long.

    Which of them a hook is given first is pre-commit's choice, and the same for the same names.
    """
    first, second = new(submission, rng, ".csv"), new(submission, rng, ".csv")
    names = [word(rng) for _ in range(rng.randrange(3, 6))]

    def table(*rows):
        return "".join(",".join(map(str, row)) + "\n" for row in [names, *rows])

    def row():
        return [rng.randrange(1000) for _ in names]

    quoted = [f'"{word(rng)}, {word(rng)}"', *row()[1:]]
    lines = [f'"{word(rng)}\n{word(rng)}"', *row()[1:]]
    return [
        commit({first: table(row(), quoted, lines), second: table(row())}),
        commit({first: table(row(), quoted), second: table(row(), row()[:-1], row())}),
        commit({first: table(row(), row(), [*row(), rng.randrange(1000)]), second: table(row())}),
    ]


def further_commits(submission, rng, name):
    """A commit without and commits with what a hook of pre-commit-hooks is for; nothing for hooks that cannot be tried so."""
    base, one, two = f"{folder_of(submission, rng)}{word(rng)}", word(rng), word(rng)
    key = "-----BEGIN " + "RSA PRIVATE KEY-----"
    pairs = {
        "check-ast": ({".py": code(rng, f"{one.upper()} = 1")}, {".py": code(rng, f"def {one}(:")}),
        "check-builtin-literals": (
            {".py": code(rng, f"{one} = {{}}")},
            {".py": code(rng, f"{one} = dict()")},
        ),
        "check-case-conflict": ({".txt": f"{one}\n"}, {".txt": f"{one}\n", ".TXT": f"{two}\n"}),
        "check-docstring-first": (
            {".py": code(rng, f"{one} = 1")},
            {".py": f'{one} = 1\n"""The {two}."""\n'},
        ),
        "check-illegal-windows-names": ({".txt": f"{one}\n"}, {"/aux.txt": f"{one}\n"}),
        "check-json": ({".json": f'{{"{one}": 1}}\n'}, {".json": f'{{"{one}": 1,}}\n'}),
        "check-toml": ({".toml": f"{one} = 1\n"}, {".toml": f"{one} = \n"}),
        "check-vcs-permalinks": (
            {".txt": f"https://github.com/{one}/{two}\n"},
            {".txt": f"https://github.com/{one}/{two}/blob/main/a.py#L3\n"},
        ),
        "check-xml": ({".xml": f"<{one}></{one}>\n"}, {".xml": f"<{one}>\n"}),
        "debug-statements": (
            {".py": code(rng, f"{one} = 1")},
            {".py": code(rng, f"{one} = 1\nbreakpoint()")},
        ),
        "detect-private-key": ({".txt": f"{one}\n"}, {".txt": f"{key}\n{one}\n"}),
        "fix-byte-order-marker": ({".txt": f"{one}\n"}, {".txt": f"\ufeff{one}\n"}),
        "mixed-line-ending": ({".txt": f"{one}\n{two}\n"}, {".txt": f"{one}\n{two}\r\n{one}\n"}),
        "name-tests-test": ({".py": code(rng, f"{one} = 1")}, {"/tests/a_of_it.py": code(rng, f"{one} = 1")}),
        "pretty-format-json": (
            {".json": f'{{\n  "a{one}": 1,\n  "b{two}": 2\n}}\n'},
            {".json": f'{{"b{two}": 2, "a{one}": 1}}\n'},
        ),
    }
    if name == "no-commit-to-branch":
        path = new(submission, rng, ".txt")
        return [
            commit({path: f"{one}\n"}, "run", name),
            commit({path: f"{one}\n"}, "run", name, branch=rng.choice(["main", "master"])),
        ]
    if name == "requirements-txt-fixer":
        path = f"{folder_of(submission, rng)}requirements-{one}.txt"
        return [commit({path: "a\nb\n"}, "run", name), commit({path: "b\na\n"}, "run", name)]
    if name not in pairs:
        return []
    clean, *dirty = [
        {
            f"{base.rpartition('/')[0]}{ending}".lstrip("/") if ending[0] == "/" else base + ending: text
            for ending, text in files.items()
        }
        for files in pairs[name]
    ]
    return [commit(files, "run", name) for files in (clean, *dirty)]
