"""The `submission` fixture: read-only views of a repository at a commit."""

from __future__ import annotations

import ast
from typing import Any

from grader.repository.commands.ci_commands import CiRun, ci_runs
from grader.repository.commands.commands import commands
from grader.repository.commands.pytest_runs import PytestRun, pytest_runs
from grader.repository.commands.shell_command import ShellCommand
from grader.repository.committed_secrets import Search, Secret, find_secrets, without
from grader.repository.configs.config_reads import ConfigReads
from grader.repository.configs.configs import Config, configs
from grader.repository.dependency_view import DependencyView
from grader.repository.dvc import Dvc, read_dvc
from grader.repository.faults import Evidence
from grader.repository.formats.dockerfile import Dockerfile
from grader.repository.history.history import History
from grader.repository.images.builds import builds
from grader.repository.images.images import BuiltImage, images
from grader.repository.programs.programs import Program, programs
from grader.repository.python.code_places import import_places, name_places
from grader.repository.python.lint import LintFinding, lint
from grader.repository.python.makers import Makers
from grader.repository.python.module_index import Modules
from grader.repository.python.nodes import Call
from grader.repository.python.python_file import PythonFile
from grader.repository.python.reach import Reach, Reached
from grader.repository.python.roles import is_test
from grader.repository.reads import remembered
from grader.repository.routes.route_parts import Route
from grader.repository.routes.routes import routes


class SubmissionView(DependencyView):
    """A submission as checks see it: its files (see `ParsedView`), what it declares (see `DependencyView`), and its code.

    Example:
        def test_training_is_logged(submission):
            assert submission.imports("wandb"), "No module imports wandb."
    """

    @remembered
    def commands(self) -> list[ShellCommand]:
        """Every shell command that the repository itself runs: in workflows, images, builds, scripts, tasks, hooks.

        Example:
            n_pulls = sum(command.runs("dvc pull") for command in submission.commands)
        """
        return commands(self)

    def running(self, *programs: str) -> list[ShellCommand]:
        """Return the commands that run one of the programs; see `ShellCommand.runs`.

        Example:
            deployments = submission.running("gcloud run deploy", "gcloud functions deploy")
            assert deployments, "Nothing deploys the application."
        """
        return [command for command in self.commands if command.runs(*programs)]

    @remembered
    def _ci_runs(self) -> list[CiRun]:
        return ci_runs(self, self.commands, self._reach, self.workflows())

    def ci_runs(self, *, refused: bool = False) -> list[CiRun]:
        """Return what CI runs, directly and in turn (make, tasks, scripts, own actions): `.command` and where it begins.

        refused: instead, what the workflows would run that GitHub refuses.

        Example:
            linting = [run for run in submission.ci_runs() if run.command.runs("ruff check")]
            assert any("push" in run.workflow.triggers for run in linting if run.workflow), "Nothing lints on push."
        """
        if refused:
            return ci_runs(self, [], self._reach, self.refused_workflows())
        return list(self._ci_runs)

    def ci_commands(self) -> list[ShellCommand]:
        """Return the commands of workflows and Cloud Build, then those that these start (make, tasks, scripts, hooks).

        Example:
            assert any(command.runs("ruff") for command in submission.ci_commands()), "CI does not run ruff."
        """
        return list(dict.fromkeys(run.command for run in self._ci_runs))

    def ci_test_runs(self, *, refused: bool = False) -> list[PytestRun]:
        """Return the test runs among the CI commands, and which files each collects; `refused`: see `ci_runs`.

        Example:
            runs = submission.ci_test_runs()
            assert any(run.collects("tests/test_model.py") for run in runs), "CI does not run tests/test_model.py."
        """
        return pytest_runs(self, self.ci_runs(refused=refused))

    def images(self, dockerfile: Dockerfile) -> list[BuiltImage]:
        """Return what is in the image of a Dockerfile, for each build context that is declared, else for each likely one.

        Example: `assert any(image.layers.find("/app/main.py") is not None for image in submission.images(dockerfile)), "…"`
        """
        return images(self, dockerfile, self._once("builds", "", lambda _: builds(self, self.commands)))

    def code(self, *, tests: bool = False, notebooks: bool = False) -> list[PythonFile]:
        """Return the group's own Python files, without empty ones and files of the course; tests and notebooks are optional.

        Example:
            assert any(file.classes for file in submission.code()), "No class is defined."
        """
        files = [file for file in self.python_files() if tests or not is_test(file.path)]
        own = [
            file
            for file in files
            if not file.is_empty and not self.is_template(file.path) and not self._words.has_script(file)
        ]
        if notebooks:
            own += self._parsable(self.files("**/*.ipynb"), lambda path: self.notebook(path).python)[0]
        return own

    def imports(self, *modules: str, tests: bool = False, notebooks: bool = False) -> list[Evidence]:
        """Return where the group's code imports one of the modules or a part of it: the first place in each file.

        Example:
            places = submission.imports("fastapi", "flask", notebooks=True)
            assert places, "No web framework is imported."
        """
        return [
            place
            for file in self.code(tests=tests, notebooks=notebooks)
            for place in import_places(file, modules)
        ]

    def mentions(self, *names: str, tests: bool = False, notebooks: bool = False) -> list[Evidence]:
        """Return where the group's code mentions one of the dotted names or a part of it: the first place in each file.

        Example:
            assert submission.mentions("torch.utils.data.DataLoader"), "No DataLoader is used."
        """
        return [
            place
            for file in self.code(tests=tests, notebooks=notebooks)
            for place in name_places(file, names)
        ]

    def calls(
        self, *names: str, tests: bool = False, notebooks: bool = False
    ) -> list[tuple[PythonFile, Call]]:
        """Return the calls of the names (dotted, or the end of a dotted name) in the group's code, each with its file.

        Example:
            for file, call in submission.calls("wandb.init"):
                evidence(file.path, call.line, "starts a run")
        """
        files = self.code(tests=tests, notebooks=notebooks)
        return [(file, call) for file in files for name in names for call in file.calls(name)]

    @remembered
    def modules(self) -> Modules:
        """An index that resolves an import to a file of the repository, and an expression to its text.

        Example:
            for file, call in submission.calls("torch.save"):
                path = submission.modules.text(file, call.node.args[-1])
        """
        return Modules(self.python_files())

    @remembered
    def _reach(self) -> Reach:
        return Reach(self.modules)

    def reach(self, file: PythonFile, *nodes: ast.AST) -> list[Reached]:
        """Return the code that `nodes` of a file may run: the nodes, then the functions, classes and values that they name.

        A name is followed across files; branches and methods are not decided: each may run. The start-up code of an application
        does not count as run by its handlers.

        Example:
            for file in submission.find("train"):
                calls = [call.name for piece in submission.reach(file, file.tree) for call in piece.calls]
        """
        return self._reach.run(file, *nodes)

    @remembered
    def _makers(self) -> Makers:
        return Makers(self.modules)

    def maker(self, file: PythonFile, node: ast.expr) -> str:
        """Return what made the object of a name, dotted: `requests.Session` for `s` behind `s = requests.Session()`.

        Followed are assignments, `with`, annotated parameters, fixtures and own functions. Empty where nobody can tell.
        """
        return self._makers.maker(file, node)

    @remembered
    def _routes(self) -> tuple[Route, ...]:
        return tuple(routes(self.code(), self.modules))

    def routes(self) -> list[Route]:
        """Return every route of the web applications in the group's own code, without tests.

        Example:
            assert any(route.method == "POST" for route in submission.routes()), "No route accepts POST."
        """
        return list(self._routes)

    @remembered
    def _programs(self) -> tuple[Program, ...]:
        return tuple(programs(self, self.code(), self.modules))

    def programs(self) -> list[Program]:
        """Return every Python file of the group that parses a command line, with its options; without tests.

        Example:
            assert any(program.accepts("--lr") for program in submission.programs()), "No program has an option `--lr`."
        """
        return list(self._programs)

    @remembered
    def _configs(self) -> tuple[Config, ...]:
        return tuple(configs(self))

    def configs(self) -> list[Config]:
        """Return every configuration file of experiments; configurations of tools, and data files, are skipped.

        Example:
            assert any(config.hyperparameters for config in submission.configs()), "No configuration sets hyperparameters."
        """
        return list(self._configs)

    @remembered
    def _config_reads(self) -> ConfigReads:
        return ConfigReads(
            self.configs(),
            code=self.code(notebooks=True),
            modules=self.modules,
            commands=self.commands,
            stages=self.dvc.stages,
        )

    def reads(self, config: Config) -> Evidence | None:
        """Return the code or command that plausibly loads a configuration file, or None if there is none.

        Example:
            for config in submission.configs():
                assert submission.reads(config), config.evidence()
        """
        return self._config_reads.of(config)

    @remembered
    def dvc(self) -> Dvc:
        """The folders, remotes, tracked files and pipelines of DVC, in any folder; empty if DVC is not used.

        Example:
            assert submission.dvc.remotes, "DVC has no remote."
        """
        return read_dvc(self)

    @remembered
    def _secrets(self) -> Search:
        return find_secrets(self)

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """Keys, tokens and passwords in files; each has its kind and place, never its value.

        Example:
            for secret in submission.secrets:
                evidence(secret.path, secret.line, secret.rule)
        """
        return self._secrets.found

    @property
    def unsearched(self) -> tuple[str, ...]:
        """Paths of the files that could not be searched for secrets.

        Example:
            for path in submission.unsearched:
                evidence(path, text="not searched for secrets")
        """
        return self._secrets.unread

    @property
    def secret_values(self) -> frozenset[str]:
        """The secrets themselves, which never leave this process."""
        return self._secrets.values

    def redacted(self, data: Any) -> Any:
        """Return `data` (JSON data or text) without the secrets that were found in files and without what looks like a secret.

        Example:
            printed = submission.redacted(student.run(["python", "main.py"]).output)
        """
        return without(data, self._secrets.values)

    def lint(self, *rules: str, line_length: int = 120) -> list[LintFinding]:
        """Return what ruff finds in the group's own code by these rules; the repository's own settings are ignored.

        Example:
            findings = submission.lint("E", "F401", line_length=120)
            assert not findings, [finding.evidence for finding in findings[:10]]
        """
        return lint(self.root, [file.path for file in self.code(tests=True)], rules, line_length)

    @remembered
    def history(self) -> History:
        """Commits, branches, merges and authors.

        Example:
            measure("n_commits", len(submission.history.commits))
            assert len(submission.history.people) > 1, "Only one person made commits."
        """
        self.noting.note("history")
        facts = self.facts
        return History(
            facts.get("commits") or (), facts.get("branches") or (), facts.get("history_gaps") or ()
        )
