"""Words that are also names of folders: claims only where the sentence treats them as folders."""

from __future__ import annotations

import pytest

from grader.exam.claims import find_claims
from grader.exam.claims.places import path_claims as paths
from grader.exam.claims.places.folder_words import folder_words
from tests.claim_sample import FILES, answer, repository, verdicts

#: A folder for each word that students use for other things.
WORDS = (
    "out", "in", "up", "src", "tests", "test", "data", "model", "models", "train", "app", "api", "docs", "configs", "notebooks",
    "reports", "main", "features", "this", "scripts",
)  # fmt: skip
KNOWN = repository(files=(*FILES, *(f"{word}/kept.txt" for word in WORDS)), package="")


def named(text: str) -> set[str]:
    return set(verdicts(paths.find, 5, text, KNOWN))


@pytest.mark.parametrize(
    "text",
    [
        "We filled out the src.",
        "We filled out the template and ran the tests on the data in a train loop.",
        "The app serves the model through an api, and the docs show how to train.",
        "It turned out that we needed more data to train and test the model.",
        "Scripts and notebooks train models; reports and features are in the docs.",
    ],
)
def test_without_a_folder_in_the_sentence_no_word_is_one(text: str) -> None:
    assert named(text) == set()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("We filled out the src folder.", {"src"}),
        ("We filled out the `src/` folder.", {"src/"}),
        ("We filled out the src and tests folders.", {"src", "tests"}),
        ("We filled out `src`, which is the only folder that we kept.", set()),
        ("It turned out that the tests folder was needed to train a model.", {"tests"}),
        ("We carved out folders for the data and the docs.", set()),
        ("We ruled out folder structures that split the model in two.", set()),
        ("We moved the folder out of the data.", set()),
        ("To train the model, in this folder data is collected.", set()),
        ("We made one folder for tests and another folder for data, and found out how to train.", set()),
        ("Every folder features a README, and the docs say what the model does.", set()),
        ("The folder models the flow of data through our app.", set()),
        ("It turned out, the tests folder was empty.", {"tests"}),
        ("We set up directories and laid out directories by model.", set()),
        ("We started out in the docs directory and ended up with an app.", {"docs"}),
        ("Our main folder is src.", set()),
        ("The model and the data are in the src folder.", {"src"}),
        ("We train the model and test it from the scripts directory.", {"scripts"}),
        ("We put the data in and out of the models subfolder.", {"models"}),
    ],
)
def test_a_folder_in_the_sentence_makes_no_other_word_one(text: str, told: set[str]) -> None:
    assert named(text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("All code is in the src folder.", {"src"}),
        ("In src folder we have the code.", {"src"}),
        ("The src directory and the docs dir.", {"src", "docs"}),
        ("We removed things from the `data` folder.", {"data"}),
        ('Our "data" folder is small.', {"data"}),
        ("Our **data** folder is small.", {"data"}),
        ("Our _data_ folder is small.", {"data"}),
        ("Results go to the out folder.", {"out"}),
        ("Results go to `out/`.", {"out/"}),
        ("Results go in out/ and are kept.", {"out/"}),
        ("Results go to a folder called out.", {"out"}),
        ("Results go to the directory named 'out'.", {"out"}),
        ("The folder is called app.", {"app"}),
        ("The code is in folder src.", {"src"}),
        ("The code is in the folder src and nowhere else.", {"src"}),
        ("There is a separate folder (tests) with them.", {"tests"}),
        ("There is a separate folder: tests.", {"tests"}),
        ("We use the folders src, tests and docs.", {"src", "tests", "docs"}),
        ("We use the folders src, tests, and the docs.", {"src", "tests", "docs"}),
        ("We use folders such as `src` and tests.", {"src", "tests"}),
        ("We use folders like src, data or docs.", {"src", "data", "docs"}),
        ("The directories are: src, tests & docs.", {"src", "tests", "docs"}),
        ("The data, models and configs folders are ours.", {"data", "models", "configs"}),
        ("The data and the models folders are ours.", {"data", "models"}),
        ("The `src` and `tests` directories are ours.", {"src", "tests"}),
        ("Our model/train folder holds it; the subfolder data, too.", {"data"}),
        ("src is the folder with our code.", {"src"}),
        ("- src: folder of the code", {"src"}),
        ("We have filled out the configs directory.", {"configs"}),
    ],
)
def test_what_is_called_a_folder_is_one(text: str, told: set[str]) -> None:
    assert named(text) >= told
    assert {name.strip("/") for name in named(text)} == {name.strip("/") for name in told}


def test_a_folder_that_is_not_there_is_not_claimed_by_a_word() -> None:
    assert named("We have a folder called weights and the infra folder.") == set()


@pytest.mark.parametrize("text", ["We filled out the src.", "We filled out the src folder."])
def test_no_kind_of_claim_takes_a_verb_for_a_folder(text: str) -> None:
    (claims,) = find_claims([answer(5, text)], KNOWN).values()
    assert "out" not in [str(claim.claimed) for claim in claims]


@pytest.mark.parametrize(
    "text", ["", "folder", "folders", "folder folder", "the folder", ", folder (", "`folder`", "_ folder _ :"]
)
def test_a_folder_without_a_name_names_none(text: str) -> None:
    assert folder_words(text) == frozenset()
