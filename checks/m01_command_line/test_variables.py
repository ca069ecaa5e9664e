"""M1: variables, from the environment and from a file `.env`."""

from grader.suite import check, evidence

from ._common import MOST, WALL_S, own_scripts, reads_environment, variables


def _readers(submission):
    found = [file for file in own_scripts(submission) if reads_environment(file)][:MOST]
    assert found, "No Python script reads a variable of the environment."
    return found


def _tokens(rng, names):
    return {name: f"value{rng.getrandbits(48):012x}" for name in names}


def _says(done, tokens):
    return [name for name, token in tokens.items() if token in done.stdout]


@check(
    "A Python script prints a variable of the environment",
    points=3,
    scope="exercises",
    environment="required",
    hint="`os.environ` is a dictionary of all variables; set one in the same line in which you start Python to try it.",
)
def test_variable(submission, student, rng):
    problem = ""
    for file in _readers(submission):
        names = variables(submission, file)
        trials = [_tokens(rng, names) for _ in range(2)]
        # Who prints all there is prints this one, too.
        decoy = _tokens(rng, [f"NOBODY_ASKS_{rng.randrange(1000, 9999)}"])
        said = [
            student.run(["python", file.path], env={**tokens, **decoy}, timeout=WALL_S) for tokens in trials
        ]
        if any(_says(done, decoy) for done in said):
            problem = problem or f"`python {file.path}` prints the whole environment, not a variable of it."
            continue
        told = [_says(done, tokens) for done, tokens in zip(said, trials, strict=True)]
        if all(told) and told[0] == told[1]:
            evidence(file.path, None, ", ".join(told[0][:5]))
            return
        problem = (
            problem
            or f"`{names[0]}=… python {file.path}` does not print the value: {said[0].output.strip()[-200:]!r}."
        )
    raise AssertionError(problem)


@check(
    "A Python script loads variables from `.env`",
    points=3,
    scope="exercises",
    environment="required",
    requires=["variable"],
    hint="Of the package python-dotenv: call `load_dotenv` before the first variable is read, not after.",
)
def test_dotenv(submission, student, rng):
    problem = ""
    for file in _readers(submission):
        names = variables(submission, file)
        folder = file.path.rpartition("/")[0]
        places = dict.fromkeys([".env", f"{folder}/.env".lstrip("/"), *submission.files("**/.env")])
        told = []
        for _ in range(2):
            tokens, comment = _tokens(rng, names), f"note{rng.getrandbits(48):012x}"
            for place in places:
                student.write(
                    place, "".join(f"{name}='{token}'  # {comment}\n" for name, token in tokens.items())
                )
            done = student.run(["python", file.path], timeout=WALL_S)
            # Who shows the file as it is shows its comments, too.
            told.append(_says(done, tokens) if comment not in done.stdout else [])
        if all(len(one) >= min(2, len(names)) for one in told):
            evidence(file.path, None, ", ".join(told[0][:5]))
            return
        problem = problem or (
            f"`python {file.path}` prints {len(told[0])} of the {len(names)} variables of `.env`: {done.output.strip()[-200:]!r}."
        )
    raise AssertionError(problem)


@check(
    "`.env` is not in the repository",
    points=1,
    scope="exercises",
    requires=["dotenv"],
    hint="What is in `.env` is yours alone: name it in `.gitignore`, and take it out of git if it is there.",
)
def test_env_is_not_committed(submission):
    found = [path for path in submission.all_files if path.rpartition("/")[2] == ".env"]
    assert not found, f"{found[0]} is committed."
