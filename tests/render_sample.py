"""A result with something of everything, for the tests of the outputs (and nothing of any real submission)."""

from __future__ import annotations

from datetime import UTC, datetime

from grader.results import (
    Box,
    BoxVerdict,
    CheckResult,
    Claim,
    ClaimVerdict,
    Contributor,
    EvidenceRecord,
    Exam,
    Finding,
    Forge,
    GraderInfo,
    HistoryFigures,
    LargeFile,
    Measurement,
    ModuleResult,
    ModuleVerdict,
    Question,
    Result,
    Statistics,
    SubmissionInfo,
    Summary,
    Verdict,
    WorkflowRun,
)

#: What a submission may try in any string, one attack a format.
HOSTILE = (
    "<script>alert('x')</script><img src=https://evil.example/x onerror=alert(1)> \"'& {{ 7*7 }}\n"
    "\x1b[31mred\x1b[0m \x1b]8;;https://evil.example\x07link\x1b]8;;\x07 \x00 \x9b31m\n"
    "::set-output name=x::y\n##[add-mask]x %0A::error::forged\n"
    "=cmd|' /C calc'!A0\n| a | b | [text](javascript:alert(1)) `code` **bold** @someone #12 www.evil.example\n"
    "[bold red]markup[/] \u202etxet desrever\u202c zero\u200bwidth \ufeff \u2028 ]]> --> </style></title>"
)


def check(
    id: str,  # noqa: A002
    title: str,
    verdict: Verdict,
    points: float = 0.0,
    max_points: float = 1.0,
    *,
    required: bool = True,
    message: str = "",
    hint: str = "",
    evidence: tuple[EvidenceRecord, ...] = (),
    measurements: tuple[Measurement, ...] = (),
    questions: tuple[int, ...] = (),
    boxes: tuple[str, ...] = (),
) -> CheckResult:
    return CheckResult(
        id=id,
        title=title,
        verdict=verdict,
        points=points,
        max_points=max_points,
        required=required,
        message=message,
        hint=hint,
        duration_s=0.012,
        evidence=evidence,
        measurements=measurements,
        questions=questions,
        boxes=boxes,
    )


def module(
    id: str,  # noqa: A002
    title: str,
    session: str,
    verdict: ModuleVerdict,
    checks: tuple[CheckResult, ...],
    *,
    core: bool = True,
    message: str = "",
) -> ModuleResult:
    return ModuleResult(
        id=id,
        title=title,
        session=session,
        core=core,
        verdict=verdict,
        points=sum(found.points for found in checks),
        max_points=sum(found.max_points for found in checks),
        message=message,
        checks=checks,
    )


def modules() -> tuple[ModuleResult, ...]:
    docker = module(
        "M10",
        "Docker",
        "S3",
        ModuleVerdict.failed,
        (
            check(
                "M10.base_images_are_pinned",
                "Every image starts from a pinned base",
                Verdict.failed,
                max_points=2,
                message="1 of 2 Dockerfiles starts from a base without a version.",
                hint="`FROM python:3.12-slim`, not `FROM python`: an image without a tag is another one tomorrow.",
                evidence=(
                    EvidenceRecord(path="dockerfiles/train.dockerfile", line=1, text="FROM python"),
                    EvidenceRecord(path="dockerfiles/api.dockerfile", line=14, text="FROM base AS final"),
                ),
                questions=(16,),
                boxes=("w1-12",),
            ),
            check(
                "M10.entrypoint_in_exec_form",
                "The entry point is in exec form",
                Verdict.passed,
                1,
                evidence=(
                    EvidenceRecord(
                        path="dockerfiles/train.dockerfile",
                        line=22,
                        text='ENTRYPOINT ["python", "-u", "train.py"]',
                    ),
                ),
                questions=(16,),
            ),
            check(
                "M10.image_builds_in_ci",
                "A workflow builds the images",
                Verdict.blocked,
                message="Waits for: Every image starts from a pinned base.",
            ),
        ),
    )
    tests = module(
        "M16",
        "Unit testing",
        "S5",
        ModuleVerdict.partial,
        (
            check(
                "M16.tests_notice_mutants",
                "The tests notice when the model is broken",
                Verdict.partial,
                1.5,
                4,
                message="Of 8 changes to src/corrupt_mnist/model.py that break it, the tests noticed 3.",
                hint="Assert the shape of the output for a known input, and that a wrong shape raises.",
                evidence=(
                    EvidenceRecord(
                        path="tests/test_model.py",
                        line=9,
                        text="def test_model():\n    model = MyAwesomeModel()\n    assert model is not None",
                    ),
                ),
                measurements=(
                    Measurement(name="mutants_noticed", value=3),
                    Measurement(name="mutants", value=8),
                    Measurement(name="tests_passed", value=12, self_reported=True),
                ),
                questions=(7,),
            ),
            check(
                "M16.coverage",
                "The tests cover the package",
                Verdict.passed,
                1,
                measurements=(
                    Measurement(name="coverage_percent", value=61.33, unit="%", self_reported=True),
                    Measurement(name="n_tests", value=12),
                ),
                questions=(8,),
                boxes=("w2-02",),
            ),
        ),
    )
    return (
        module(
            "M1",
            "The command line",
            "S1",
            ModuleVerdict.not_applicable,
            (
                check(
                    "M1.x",
                    "A script runs from the command line",
                    Verdict.not_applicable,
                    message="Of exercises only; this is a project.",
                ),
            ),
            core=False,
        ),
        module(
            "M2",
            "Package managers and virtual environments",
            "S1",
            ModuleVerdict.passed,
            (
                check(
                    "M2.dependencies_declared",
                    "Every import is a declared dependency",
                    Verdict.passed,
                    1,
                    boxes=("w1-03",),
                ),
                check(
                    "M2.lock_file",
                    "Versions are locked",
                    Verdict.passed,
                    1,
                    evidence=(EvidenceRecord(path="uv.lock", line=None, text=""),),
                ),
            ),
        ),
        module(
            "M6",
            "Code structure",
            "S2",
            ModuleVerdict.failed,
            (
                check(
                    "M6.train_runs",
                    "The training script trains a model",
                    Verdict.timeout,
                    max_points=3,
                    message="`python -m corrupt_mnist.train` did not end within 60 s of wall time. It was ended, with its children.\nThe last line that it printed: Epoch 0, step 100",
                    hint="Let the number of epochs be an argument, and give it a small default for a trial run.",
                    evidence=(
                        EvidenceRecord(
                            path="src/corrupt_mnist/train.py", line=41, text="for epoch in range(100):"
                        ),
                    ),
                ),
                check("M6.package_installs", "The package can be imported", Verdict.passed, 1),
            ),
        ),
        module(
            "M7",
            "Good coding practice",
            "S2",
            ModuleVerdict.partial,
            (
                check(
                    "M7.formatted",
                    "The code is formatted",
                    Verdict.partial,
                    0.5,
                    1,
                    required=False,
                    message="ruff format would change 4 of 11 files.",
                    hint="uv run ruff format .",
                    evidence=(
                        EvidenceRecord(path="src/corrupt_mnist/data.py", line=3, text="import torch,os"),
                    ),
                ),
                check("M7.linted", "The linter has nothing to say", Verdict.passed, 1),
            ),
            core=False,
        ),
        docker,
        module(
            "M11",
            "Config files",
            "S3",
            ModuleVerdict.not_started,
            (check("M11.seed", "The same configuration gives the same run", Verdict.blocked, max_points=2),),
            message="No work found: looked for Hydra or OmegaConf among the imports, and for a folder `configs/`.",
        ),
        tests,
        module(
            "M22",
            "Requests and APIs",
            "S7",
            ModuleVerdict.error,
            (
                check(
                    "M22.app_answers",
                    "The application answers a request",
                    Verdict.error,
                    max_points=0,
                    message="The container was gone before the check ended.",
                ),
                check("M22.schema", "The application describes itself", Verdict.passed, 1),
            ),
        ),
    )


def exam() -> Exam:
    return Exam(
        edition="2026-01-09",
        report_path="reports/README.md",
        problems=("Question 30 could not be read: its marker is missing.",),
        questions=(
            Question(
                number=7,
                current_number=7,
                section="Version control",
                topic="Unit tests",
                answered=True,
                answer="We wrote **14 tests** in `tests/`, for the data and for the model.\n\n# A heading of ours\n\n- data: shapes and labels\n- model: output shape, see [our site](https://example.org) and [this](tests/test_model.py)\n\n| file | tests |\n|---|---:|\n| test_data.py | 8 |\n| test_model.py | 6 |\n\n![Coverage over time](figures/coverage.png)\n\n```python\ndef test_shape():\n    assert model(x).shape == (1, 10)\n```\n",
                words=64,
                words_rendered=52,
                word_range=(50, 100),
                images=1,
                image_range=None,
                within_limits=True,
                checks=("M16.tests_notice_mutants", "M99.not_in_this_run"),
                claims=(
                    Claim(text="We wrote 14 tests", kind="n_tests", claimed=14, found=12, verdict=ClaimVerdict.contradicted, why="12 test functions are in tests/: 8 in test_data.py, 4 in test_model.py.", evidence=(EvidenceRecord(path="tests/test_data.py", text="8 test functions"), EvidenceRecord(path="tests/test_model.py", line=9, text="def test_model():"))),
                    *(Claim(text=f"`tests/test_{name}.py` is one of them", kind="file", claimed=f"tests/test_{name}.py", found=f"tests/test_{name}.py", verdict=ClaimVerdict.supported, why="It exists at the commit.", evidence=(EvidenceRecord(path=f"tests/test_{name}.py"),)) for name in ("data", "model", "api", "train")),
                ),
            ),
            Question(
                number=8,
                current_number=8,
                section="Version control",
                topic="Coverage",
                answered=True,
                answer="The total code coverage is 93%. We are far from 100%, but it is a good start.",
                words=16,
                words_rendered=16,
                word_range=(100, 200),
                within_limits=False,
                checks=("M16.coverage",),
                claims=(
                    Claim(text="The total code coverage is 93%.", kind="coverage_percent", claimed=93.0, found=61.33, verdict=ClaimVerdict.contradicted, why="The tests cover 61.33 % of the package's lines when they run here."),
                    Claim(text="we used pytest", kind="tool_used", claimed="pytest", found=["pyproject.toml:31"], verdict=ClaimVerdict.supported, why="pytest is a declared dependency."),
                    Claim(text="it is a good start", kind="other", verdict=ClaimVerdict.undetermined, why="Nothing in the repository decides this."),
                ),
            ),
            Question(
                number=15,
                current_number=16,
                section="Running code and tracking experiments",
                topic="Docker",
                answered=True,
                answer=HOSTILE,
                words=120,
                words_rendered=118,
                word_range=(100, 200),
                images=0,
                image_range=(1, 1),
                within_limits=False,
                notes=("Most of the words are repeated.",),
                checks=("M10.base_images_are_pinned", "M10.entrypoint_in_exec_form"),
            ),
            Question(number=27, current_number=27, section="Overall discussion of project", topic="Credits used", answered=False, word_range=(100, 200)),
        ),
    )  # fmt: skip


def history() -> HistoryFigures:
    hours = [0] * 24
    rows = []
    for day in range(21):
        row = list(hours)
        if day % 7 < 5:
            row[9 + day % 4] = 1 + day % 3
            row[14] = 2 + day % 5
            row[(20 + day) % 24] = day % 2
        rows.append(tuple(row))
    return HistoryFigures(
        commits=104,
        commits_default_branch=97,
        merges=12,
        branches=("main", "feature/api", HOSTILE),
        contributors=(
            Contributor(name="Person A", commits=61, merges=9),
            Contributor(name="Person B", commits=31, merges=3),
            Contributor(name=HOSTILE, commits=12),
            Contributor(name="dependabot[bot]", commits=5, bot=True),
        ),
        first_commit_at=datetime(2026, 1, 5, 9, 2, tzinfo=UTC),
        last_commit_at=datetime(2026, 1, 25, 22, 40, tzinfo=UTC),
        active_days=15,
        people=3,
        pull_requests=11,
        pull_requests_by_bots=2,
        commits_by_bots=5,
        average_message_length=24.5,
        average_message_length_default_branch=26.0,
        activity_start="2026-01-05",
        activity=tuple(rows),
    )


def statistics() -> Statistics:
    return Statistics(
        files=143,
        size_bytes=2_400_000,
        largest=(
            LargeFile(path="data/raw.csv", size_bytes=1_900_000),
            LargeFile(path=HOSTILE, size_bytes=20),
        ),
        template_files=4,
        dockerfiles=2,
        python_files=17,
        notebooks=1,
        workflow_files=3,
        requirements=("pyproject.toml", HOSTILE),
        cloudbuild=("cloudbuild.yaml",),
        dvc_initialised=True,
        readme_words=410,
    )


def forge() -> Forge:
    return Forge(
        url="https://api.github.com",
        repository="example/corrupt-mnist",
        asked_at=datetime(2026, 1, 26, 8, 2, tzinfo=UTC),
        pull_requests=14,
        pull_requests_by_bots=3,
        merged=12,
        contributors=3,
        runs=(WorkflowRun(name=HOSTILE, event="push", conclusion="failure"), WorkflowRun(name="Tests")),
        passing=False,
        notes=("Reviews of the forge are not known: the token may not read this.",),
    )


def rich_result(*, id: str = "group-07", provenance: str = "self", isolated: bool = False) -> Result:  # noqa: A002
    found = modules()
    checks = [check for module in found for check in module.checks]
    return Result(
        grader=GraderInfo(
            version="0.1.0",
            course="02476",
            course_digest="sha256:" + "ab" * 32,
            image_digest="sha256:" + "cd" * 32 if isolated else "",
            sandbox="docker" if isolated else "local",
            isolated=isolated,
            python="3.12.8",
            seed="5f1c",
            environment="installed: 41 packages",
            limits={"check_s": 150.0, "memory_bytes": 3221225472, "pids": 256},
        ),
        submission=SubmissionInfo(
            id=id,
            source="https://github.com/example/corrupt-mnist",
            commit="0123456789abcdef0123456789abcdef01234567",
            branch="main",
            committed_at=datetime(2026, 1, 25, 22, 40, tzinfo=UTC),
            fetched_at=datetime(2026, 1, 26, 8, 0, tzinfo=UTC),
            dirty=provenance == "self",
            profile="project",
            provenance=provenance,  # type: ignore[arg-type]
            files=143,
            size_bytes=2_400_000,
            notes=("2 files are Git LFS pointers, so their content was not seen: models/a.ckpt, models/b.ckpt.",),
        ),
        started_at=datetime(2026, 1, 26, 8, 1, tzinfo=UTC),
        duration_s=84.2,
        modules=found,
        exam=exam(),
        checklist=(
            Box(id="w1-03", label="Create a dependency file", section="Week 1", claimed=True, verdict=BoxVerdict.supported, checks=("M2.dependencies_declared",)),
            Box(id="w1-12", label="Write at least one Dockerfile and make sure that it builds", section="Week 1", claimed=True, verdict=BoxVerdict.unsupported, checks=("M10.base_images_are_pinned",), why="1 of 2 Dockerfiles starts from a base without a version."),
            Box(id="w2-02", label="Calculate the code coverage", section="Week 2", claimed=False, verdict=BoxVerdict.supported, checks=("M16.coverage",), why="The tests cover the package."),
            Box(id="w2-09", label="Set up a budget alert", section="Week 2", claimed=True, claimed_in="docs/plan.md", verdict=BoxVerdict.undetermined, why="Only people can tell."),
            Box(id="w3-01", label="Check how robust the model is towards data drifting", section="Week 3", claimed=None, verdict=BoxVerdict.undetermined, checks=("M27.gone",)),
        ),
        history=history(),
        statistics=statistics(),
        forge=forge(),
        findings=(
            Finding(rule="Private key", path="keys/deploy.pem", line=2, message="Make a new pair.", digest="0a1b2c3d"),
            Finding(rule="Private key", path="docs/copy of key.txt", line=9, message="Make a new pair.", digest="0a1b2c3d"),
            Finding(rule="Password in an address", path=HOSTILE, line=None, message="Change the password."),
        ),
        summary=Summary(
            points=sum(module.points for module in found),
            max_points=sum(module.max_points for module in found),
            passed=sum(check.verdict is Verdict.passed for check in checks),
            failed=sum(check.verdict is Verdict.failed for check in checks),
            partial=sum(check.verdict is Verdict.partial for check in checks),
            not_applicable=sum(check.verdict is Verdict.not_applicable for check in checks),
            blocked=sum(check.verdict is Verdict.blocked for check in checks),
            timeout=sum(check.verdict is Verdict.timeout for check in checks),
            error=sum(check.verdict is Verdict.error for check in checks),
            modules_passed=sum(module.verdict is ModuleVerdict.passed for module in found),
            modules_not_started=1,
            questions_answered=3,
            questions=4,
            boxes_claimed=3,
            boxes_supported=1,
        ),
    )  # fmt: skip


def clean_result() -> Result:
    """A submission on which everything passes, from an official, isolated run."""
    everything = tuple(found for found in modules() if found.verdict is ModuleVerdict.passed)
    result = rich_result(id="group-01", provenance="official", isolated=True)
    points = sum(found.points for found in everything)
    return result.model_copy(
        update={
            "modules": everything,
            "exam": None,
            "checklist": (),
            "history": HistoryFigures(),
            "statistics": Statistics(),
            "forge": None,
            "findings": (),
            "summary": Summary(points=points, max_points=points, passed=2, modules_passed=1),
        }
    )


def hostile_result() -> Result:
    """A result in which every string that can come from a submission is an attack."""
    result = rich_result()
    nasty = CheckResult(
        id="M10.base_images_are_pinned",
        title=HOSTILE,
        verdict=Verdict.failed,
        points=0,
        max_points=2,
        message=HOSTILE,
        hint=HOSTILE,
        evidence=(
            EvidenceRecord(path=HOSTILE, line=3, text=HOSTILE),
            EvidenceRecord(path="a,b:c%0A\n::error::x.py", line=7, text=HOSTILE),
        ),
        measurements=(Measurement(name=HOSTILE, value=HOSTILE, unit=HOSTILE, self_reported=True),),
    )
    nasty_module = module("M10", HOSTILE, "S3", ModuleVerdict.failed, (nasty,), message=HOSTILE)
    nasty_question = Question(
        number=7,
        current_number=7,
        section=HOSTILE,
        topic=HOSTILE,
        answered=True,
        answer=HOSTILE,
        notes=(HOSTILE,),
        checks=(HOSTILE,),
        claims=(
            Claim(
                text=HOSTILE,
                kind="other",
                claimed=HOSTILE,
                found=[HOSTILE],
                verdict=ClaimVerdict.contradicted,
                why=HOSTILE,
                evidence=(EvidenceRecord(path=HOSTILE, line=1, text=HOSTILE),),
            ),
        ),
    )
    return result.model_copy(
        update={
            "modules": (nasty_module,),
            "exam": Exam(
                edition=HOSTILE, report_path=HOSTILE, questions=(nasty_question,), problems=(HOSTILE,)
            ),
            "checklist": (
                Box(id=HOSTILE, label=HOSTILE, section=HOSTILE, claimed=True, checks=(HOSTILE,)),
                Box(
                    id=HOSTILE[::-1],
                    label=HOSTILE,
                    section=HOSTILE,
                    claimed=True,
                    claimed_in=HOSTILE,
                    verdict=BoxVerdict.unsupported,
                    why=HOSTILE,
                ),
            ),
            "notes": (HOSTILE,),
            "findings": (Finding(rule=HOSTILE, path=HOSTILE, line=1, message=HOSTILE, digest=HOSTILE),),
            "submission": result.submission.model_copy(
                update={"source": HOSTILE, "branch": HOSTILE, "commit": HOSTILE}
            ),
        }
    )
