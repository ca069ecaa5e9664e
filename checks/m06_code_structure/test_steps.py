"""M6: the steps of the exercise, run in turn on raw data that nobody has seen."""

import hashlib
import re

from grader.suite import Evidence, StudentFault, check, evidence, measure, shared

from ..common.pictures import size
from ..common.raw_pictures import READ, TEST, RawPictures, arrays_in, problem_of_part
from ..common.words import PICTURES
from ._common import CHECKPOINTS, PROCESSED, is_data, is_model, kind_of_raw, raw_folders, run, step, write_raw

#: The accuracy from which on a model has learned something that a straight line can tell apart.
_LEARNED = 0.8


class Chain:
    """Runs the steps in turn; each leaves what was found, or why it failed, under its name."""

    def __init__(self, student, submission, rng):
        self._student, self._submission, self._rng = student, submission, rng
        self.found = {}
        self._folder, self._model, self._picture = PROCESSED, "", ""

    def run(self):
        """All steps, up to one that the next ones need and that fails."""
        kind = kind_of_raw(self._submission)
        first = RawPictures(self._rng, kind)
        # What learned the labels of `first` is right about so many; what learned those of `second`, about the others.
        kept = self._rng.randrange(round(0.68 * TEST), round(0.82 * TEST))
        second = RawPictures(self._rng, kind, other=first, kept=kept)
        if self._step("data", lambda: self._data(first)) and self._step("train", self._train):
            self._step("evaluate", self._evaluate)
            drawn = self._step("visualize", self._visualize)
            if self._step("data again", lambda: self._again("data", second)):
                self._step("evaluate again", lambda: {**self._evaluate(), "expected": kept / TEST})
                if drawn:
                    self._step("visualize again", lambda: self._again("visualize"))
        return self.found

    def _step(self, name, make):
        try:
            self.found[name] = make()
        except StudentFault as fault:
            places = [[one.path, one.line, one.text] for one in fault.evidence]
            self.found[name] = {"fault": [fault.kind, fault.message, places, fault.raised]}
        except AssertionError as problem:
            self.found[name] = {"problem": str(problem)}
        return not {"fault", "problem"} & self.found[name].keys()

    def _run(self, name, *, changes=True):
        command = step(self._submission, name)
        done = run(
            self._student,
            command,
            changes=changes,
            raw=raw_folders(self._submission)[0],
            processed=self._folder,
            model=self._model or "models/model.pt",
        )
        return done, {"path": command.path, "said": " ".join(done.argv)}

    def _again(self, name, raw=None):
        if raw:
            write_raw(self._student, self._submission, raw)
        _, told = self._run(name, changes=False)
        return {**told, "digest": self._digest()} if name == "visualize" else told

    def _digest(self):
        return hashlib.sha256(self._student.read_bytes(self._picture)).hexdigest()

    def _data(self, raw):
        write_raw(self._student, self._submission, raw)
        done, told = self._run("data")
        written = [path for path in done.changed if is_data(path)]
        assert written, f"`{told['said']}` ended well and wrote no data (.npz, .npy, .pt, .csv, .json, …)."
        parts = {"training": raw.train, "test": raw.test}
        rows = [len(part.labels) for part in parts.values()]
        found = arrays_in(self._student.probe(READ, paths=written, rows=rows))
        for name, part in parts.items():
            problem = problem_of_part(name, part, found)
            assert not problem, f"Behind `{told['said']}`, {problem}."
        self._folder = written[0].rpartition("/")[0] or "."
        return {**told, "written": written[:5]}

    def _train(self):
        done, told = self._run("train")
        models = [path for path in done.changed if is_model(path)]
        assert models, f"`{told['said']}` ended well and wrote no model (.npz, .npy, .pt, .ckpt, .json, …)."
        best = max(models, key=lambda path: ("model" in path, path.endswith(CHECKPOINTS)))
        self._model = best
        return {**told, "written": [best]}

    def _evaluate(self):
        done, told = self._run("evaluate", changes=False)
        found = _accuracies(done.output)
        assert found, f"`{told['said']}` prints no accuracy: print a number beside the word accuracy."
        return {**told, "accuracy": found[-1]}

    def _visualize(self):
        done, told = self._run("visualize")
        drawn = [path for path in done.changed if path.lower().endswith(PICTURES)]
        assert drawn, f"`{told['said']}` ended well and drew no picture ({', '.join(PICTURES)})."
        self._picture = drawn[0]
        data = self._student.read_bytes(drawn[0])
        assert _is_picture(data), f"{drawn[0]} is no picture, whatever its name says."
        return {**told, "written": drawn[:1], "digest": hashlib.sha256(data).hexdigest()}


def _is_picture(data):
    sides = size(data)
    return min(sides) >= 10 if sides else data.lstrip().startswith((b"%PDF", b"<svg", b"<?xml", b"RIFF"))


def _accuracies(text):
    """The numbers that lines with the word accuracy give for it, as fractions."""
    lines = [line for line in text[:20_000].splitlines() if re.search(r"\bacc", line, re.I)]
    return [found for line in lines if (found := _fraction(line)) is not None]


def _fraction(line):
    """The number of a line that is meant: one in per cent, one between 0 and 1 with a point, or else the last."""
    behind = line[re.search(r"\bacc", line, re.I).start() :]
    numbers = re.findall(r"(\d+(?:\.\d+)?)\s*(%?)", behind)
    for number, percent in numbers:
        if percent:
            return float(number) / 100
    shares = [float(number) for number, _ in numbers if "." in number and float(number) <= 1]
    shares += [float(number) for number, _ in reversed(numbers)]
    return (shares[0] / 100 if shares[0] > 1 else shares[0]) if shares else None


@shared
def steps(student, submission, rng):
    """What became of each step."""
    return Chain(student, submission, rng).run()


def _outcome(found, name):
    """What a step left; fails as it did."""
    outcome = found.get(name, {"problem": "The steps before it failed."})
    if "fault" in outcome:
        kind, message, places, raised = outcome["fault"]
        raise StudentFault(kind, message, [Evidence(*place) for place in places], raised)
    assert "problem" not in outcome, outcome.get("problem")
    for path in outcome.get("written", ()):
        evidence(path, None, f"written by `{outcome['said']}`")
    return outcome


@check(
    "The data script makes training and test data of the raw data",
    points=6,
    questions=[5],
    scope="exercises",
    environment="required",
    hint="`python src/<name>/data.py data/raw data/processed` reads all raw files, joins the pieces, brings the pictures to mean "
    "0 and standard deviation 1, and writes the training and the test data, each picture with its own label.",
)
def test_data_is_processed(submission, student, rng):
    _outcome(steps(student, submission, rng), "data")


@check(
    "The training script trains on the processed data and writes a model",
    points=3,
    questions=[5],
    scope="exercises",
    environment="required",
    requires=["data_is_processed"],
    hint="`train.py` loads what `data.py` wrote, and writes the trained model to a file below `models/`: make the folder first.",
)
def test_training_writes_a_model(submission, student, rng):
    _outcome(steps(student, submission, rng), "train")


@check(
    "The model has learned from the data that it was trained on",
    points=4,
    questions=[5],
    scope="exercises",
    environment="required",
    requires=["training_writes_a_model"],
    hint="`evaluate.py` loads the model that `train.py` wrote, and prints the share of the test pictures that it gets right: "
    "`accuracy: 0.97`.",
)
def test_model_has_learned(submission, student, rng):
    found = steps(student, submission, rng)
    seen = _outcome(found, "evaluate")["accuracy"]
    measure("accuracy", round(seen, 4))
    said = found["evaluate"]["said"]
    assert seen >= _LEARNED, (
        f"After the training, `{said}` prints an accuracy of {seen:.3g} on pictures that a straight line tells apart."
    )
    again = _outcome(found, "evaluate again")["accuracy"]
    assert again <= seen - 0.05, (
        f"`{said}` prints an accuracy of {again:.3g} on test pictures whose labels were changed since the training."
    )


@check(
    "The evaluation reads model and data, and its number is right",
    points=4,
    questions=[5],
    scope="exercises",
    environment="required",
    requires=["model_has_learned"],
    hint="Count the right answers over the whole test part: the model as it was written, and the data as they are now.",
)
def test_evaluation_is_right(submission, student, rng):
    found = steps(student, submission, rng)
    again = _outcome(found, "evaluate again")
    loose = 0.02 + max(0.0, 1 - _outcome(found, "evaluate")["accuracy"])
    assert abs(again["accuracy"] - again["expected"]) <= loose, (
        f"`{again['said']}` prints an accuracy of {again['accuracy']:.3g} for a model that was trained before the data changed: "
        "that is not the share of test pictures that it gets right."
    )


@check(
    "The visualization draws a picture of what it is given",
    points=3,
    questions=[5],
    scope="exercises",
    environment="required",
    requires=["training_writes_a_model"],
    hint="`visualize.py` loads the model and the test data, and writes a picture of what the model makes of them below "
    "`reports/figures/`.",
)
def test_visualization_draws(submission, student, rng):
    found = steps(student, submission, rng)
    first, second = _outcome(found, "visualize"), _outcome(found, "visualize again")
    assert first["digest"] != second["digest"], (
        f"`{first['said']}` draws the same picture of other test data."
    )
