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
#: Shares of test pictures that differ by so much have to be told apart, by at least this difference of accuracy.
_APART, _TOLD_APART = 0.1, 0.03
#: Two of the test pictures: what a good model may get wrong of others than those that it was measured on.
_CHANCE = 0.035
_MOST_PICTURES = 10


class Chain:
    """Runs the steps in turn; each leaves what was found, or why it failed, under its name.

    Of the test pictures of later data a share, known to the suite alone, has the labels that the model has learned. So what an
    evaluation prints has to follow three numbers that nobody can guess, the second of them behind another training.
    """

    def __init__(self, student, submission, rng):
        self._student, self._submission = student, submission
        self.found = {}
        self._folder, self._model = PROCESSED, ""
        kind = kind_of_raw(submission)
        self._first = RawPictures(rng, kind)
        kept, self._later = _shares(rng)
        self._second = RawPictures(rng, kind, other=self._first, kept=kept)
        self._third = RawPictures(rng, kind, other=self._second, kept=self._later)
        self._kept = kept

    def run(self):
        """All steps, up to one that the next ones need and that fails."""
        if not (self._step("data", lambda: self._data(self._first)) and self._step("train", self._train)):
            return self.found
        evaluated = self._step("evaluate", lambda: self._evaluate(TEST))
        drawn = self._step("visualize", self._visualize)
        if not self._step("other data", lambda: self._again(self._second)):
            return self.found
        evaluated = evaluated and self._step("evaluate other data", lambda: self._evaluate(self._kept))
        drawn = drawn and self._step("visualize other data", self._visualize)
        drawn = drawn and self._step("visualize twice", self._visualize)
        if not self._step("train again", self._train):
            return self.found
        if drawn:
            self._step("visualize another model", self._visualize)
        if evaluated and self._step("evaluate another model", lambda: self._evaluate(TEST - self._kept)):
            self._step("last data", lambda: self._again(self._third))
            self._step("evaluate last data", lambda: self._evaluate(self._later))
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

    def _run(self, name, *, changes=True, pinned=False):
        command = step(self._submission, name)
        places = {
            "raw": raw_folders(self._submission)[0],
            "processed": self._folder,
            "model": self._model or "models/model.pt",
        }
        done = run(self._student, command, changes=changes, pinned=pinned, **places)
        return done, {"path": command.path, "said": " ".join(command.argv(**places))}

    def _again(self, raw):
        write_raw(self._student, self._submission, raw)
        return self._run("data", changes=False)[1]

    def _digests(self, paths):
        return sorted({hashlib.sha256(self._student.read_bytes(path)).hexdigest() for path in paths})

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
        return {**told, "written": [best], "digests": self._digests([best])}

    def _evaluate(self, right):
        done, told = self._run("evaluate", changes=False)
        found = _accuracies(done.output)
        assert found, f"`{told['said']}` prints no accuracy: print a number beside the word accuracy."
        return {**told, "accuracy": found[-1], "expected": right / TEST}

    def _visualize(self):
        done, told = self._run("visualize", pinned=True)
        drawn = [path for path in done.changed if path.lower().endswith(PICTURES)][:_MOST_PICTURES]
        assert drawn, f"`{told['said']}` ended well and drew no picture ({', '.join(PICTURES)})."
        assert _is_picture(self._student.read_bytes(drawn[0])), (
            f"{drawn[0]} is no picture, whatever its name says."
        )
        return {**told, "written": drawn[:1], "digests": self._digests(drawn)}


def _shares(rng):
    """How many test pictures of the second and of the third data keep their labels.

    Neither these shares nor that of all others of the second data come near each other.
    """
    kept = round(rng.choice((rng.uniform(0.1, 0.4), rng.uniform(0.6, 0.9))) * TEST)
    while True:
        later = round(rng.uniform(0.1, 0.9) * TEST)
        if min(abs(later - kept), abs(later - (TEST - kept))) > _APART * TEST:
            return kept, later


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


_AGAIN = ("evaluate other data", "evaluate another model", "evaluate last data")


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
    points=5,
    questions=[5],
    scope="exercises",
    environment="required",
    timeout=300,
    hint="`python src/<name>/data.py data/raw data/processed` reads all raw files, joins the pieces, brings the pictures to mean "
    "0 and standard deviation 1, and writes the training and the test data, each picture with its own label.",
)
def test_data_is_processed(submission, student, rng):
    _outcome(steps(student, submission, rng), "data")


@check(
    "The training script trains on the processed data and writes a model",
    points=1,
    questions=[5],
    scope="exercises",
    environment="required",
    timeout=300,
    requires=["data_is_processed"],
    hint="`train.py` loads what `data.py` wrote, and writes the trained model to a file below `models/`: make the folder first.",
)
def test_training_writes_a_model(submission, student, rng):
    found = steps(student, submission, rng)
    first, again = _outcome(found, "train"), _outcome(found, "train again")
    assert first["digests"] != again["digests"], (
        f"`{first['said']}` writes the same model, {again['written'][0]}, whatever data it is trained on."
    )


@check(
    "The model has learned from the data that it was trained on",
    points=6,
    questions=[5],
    scope="exercises",
    environment="required",
    timeout=300,
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
    again = [_outcome(found, name) for name in _AGAIN]
    shown = [found["evaluate"], *again]
    wrong = [
        (low, high)
        for low in shown
        for high in shown
        if high["expected"] - low["expected"] >= _APART and high["accuracy"] - low["accuracy"] < _TOLD_APART
    ]
    assert not wrong, (
        f"`{said}` prints an accuracy of {wrong[0][0]['accuracy']:.3g} where {_right(wrong[0][0])} have the labels that the "
        f"model was trained on, and {wrong[0][1]['accuracy']:.3g} where {_right(wrong[0][1])} have."
    )


def _right(outcome):
    return f"{round(outcome['expected'] * TEST)} of {TEST} test pictures"


@check(
    "The evaluation reads model and data, and its number is right",
    points=5,
    questions=[5],
    scope="exercises",
    environment="required",
    timeout=300,
    requires=["model_has_learned"],
    hint="Count the right answers over the whole test part: the model as it was written, and the data as they are now.",
)
def test_evaluation_is_right(submission, student, rng):
    found = steps(student, submission, rng)
    wrong = 1 - min(1.0, _outcome(found, "evaluate")["accuracy"])
    loose = _CHANCE + 2 * (wrong / TEST) ** 0.5
    for again in (_outcome(found, name) for name in _AGAIN):
        # A picture that the model gets wrong may have any label.
        least = again["expected"] * (1 - wrong)
        most = least + (1 - again["expected"]) * wrong
        assert least - loose <= again["accuracy"] <= most + loose, (
            f"`{again['said']}` prints an accuracy of {again['accuracy']:.3g} where {_right(again)} have the labels "
            "that the model was trained on: that is not the share of test pictures that it gets right."
        )


@check(
    "The visualization draws a picture of what it is given",
    points=4,
    questions=[5],
    scope="exercises",
    environment="required",
    timeout=300,
    requires=["training_writes_a_model"],
    hint="`visualize.py` loads the model and the test data, and writes a picture of what the model makes of them below "
    "`reports/figures/`: another one of other data, and of another model.",
)
def test_visualization_draws(submission, student, rng):
    found = steps(student, submission, rng)
    names = ("visualize", "visualize other data", "visualize twice", "visualize another model")
    first, second, twice, another = (_outcome(found, name) for name in names)
    same = set(second["digests"]) & set(twice["digests"])
    assert same, (
        f"`{first['said']}` draws another picture of the same data each time, with the same random numbers, too: "
        "what it shows does not come of the data."
    )
    assert same - set(first["digests"]), f"`{first['said']}` draws the same picture of other test data."
    assert same - set(another["digests"]), (
        f"`{first['said']}` draws the same picture, whatever the model has learned."
    )
