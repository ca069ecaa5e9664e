"""The `submission` fixture: read-only views of a repository at a commit."""

from __future__ import annotations

import ast
from functools import cached_property
from typing import Any

from grader.repository.commands.ci_commands import ci_commands, workflow_step
from grader.repository.commands.commands import ShellCommand, commands
from grader.repository.commands.pytest_runs import PytestRun, pytest_runs
from grader.repository.committed_secrets import Search, Secret, find_secrets, without
from grader.repository.configs.config_reads import ConfigReads
from grader.repository.configs.configs import Config, configs
from grader.repository.dependencies.dependencies import Declarations, Dependency, declarations
from grader.repository.dependencies.lock_fit import Locks, locks
from grader.repository.dvc import Dvc, read_dvc
from grader.repository.faults import Evidence, SubmissionFault
from grader.repository.formats.workflow import WorkflowStep
from grader.repository.history.history import History
from grader.repository.parsed_view import ParsedView
from grader.repository.programs.programs import Program, programs
from grader.repository.python.code_places import import_places, name_places
from grader.repository.python.lint import LintFinding, lint
from grader.repository.python.module_index import Modules
from grader.repository.python.nodes import Call
from grader.repository.python.python_file import PythonFile
from grader.repository.python.reach import Reach, Reached
from grader.repository.python.roles import is_report_script, is_test
from grader.repository.routes.route_parts import Route
from grader.repository.routes.routes import routes


class SubmissionView(ParsedView):
    """A submission as checks see it: its files (see `ParsedView`), and what the group runs, imports, serves and configures."""

    @cached_property
    def declarations(self) -> Declarations:
        """Every declared dependency, addresses without a name too, and what is wrong with the files that declare them."""
        return declarations(self)

    @property
    def requirements(self) -> list[Dependency]:
        """Every declared dependency with specifier, path and line."""
        return self.declarations.named

    @cached_property
    def locks(self) -> Locks:
        """The lock files, and where each does not fit what is declared."""
        return locks(self, self.declarations)

    def require_sound_declarations(self) -> None:
        """Stop the check where a file that declares dependencies is broken: nobody can tell what is declared.

        Raises:
            SubmissionFault: names each such file, with the line where it is known.
        """
        broken = self.declarations.broken
        if broken:
            places = [place for fault in broken for place in fault.evidence]
            raise SubmissionFault(" ".join(fault.message for fault in broken[:5]), places[:10])

    @cached_property
    def dependencies(self) -> set[str]:
        """Normalised names of the declared dependencies, wherever they are declared."""
        return {dependency.name for dependency in self.requirements}

    @cached_property
    def commands(self) -> list[ShellCommand]:
        """Every shell command that the repository itself runs: in workflows, images, builds, scripts, tasks, hooks."""
        return commands(self)

    def running(self, *programs: str) -> list[ShellCommand]:
        """The commands that run one of the programs (`"pytest"`, `"gcloud run deploy"`); see `ShellCommand.runs`."""
        return [command for command in self.commands if command.runs(*programs)]

    @cached_property
    def _ci_commands(self) -> list[ShellCommand]:
        return ci_commands(self, self.commands, self._reach)

    def ci_commands(self) -> list[ShellCommand]:
        """What workflows and Cloud Build run: their own commands, then those that these start (make, tasks, scripts, hooks)."""
        return list(self._ci_commands)

    def ci_test_runs(self) -> list[PytestRun]:
        """The runs of the tests among them, and which files each collects."""
        return pytest_runs(self, self._ci_commands)

    def workflow_step(self, command: ShellCommand) -> WorkflowStep | None:
        """The step of a workflow in which a command stands; None for any other command."""
        return workflow_step(self, command)

    def code(self, *, tests: bool = False, notebooks: bool = False) -> list[PythonFile]:
        """The group's own Python: without files of the course and empty ones; tests and notebooks if asked for."""
        files = [file for file in self.python_files() if tests or not is_test(file.path)]
        own = [
            file
            for file in files
            if not file.is_empty and not self.is_template(file.path) and not is_report_script(file)
        ]
        if notebooks:
            own += self._parsable(self.files("**/*.ipynb"), lambda path: self.notebook(path).python)[0]
        return own

    def imports(self, *modules: str, tests: bool = False, notebooks: bool = False) -> list[Evidence]:
        """Where the group's code imports one of the modules, or something of it: the first place of each file."""
        return [
            place
            for file in self.code(tests=tests, notebooks=notebooks)
            for place in import_places(file, modules)
        ]

    def mentions(self, *names: str, tests: bool = False, notebooks: bool = False) -> list[Evidence]:
        """Where the group's code mentions one of the dotted names, or what is in it: the first place of each file."""
        return [
            place
            for file in self.code(tests=tests, notebooks=notebooks)
            for place in name_places(file, names)
        ]

    def calls(
        self, *names: str, tests: bool = False, notebooks: bool = False
    ) -> list[tuple[PythonFile, Call]]:
        """Calls of the names (dotted, or their ends) in the group's code, with the file of each."""
        files = self.code(tests=tests, notebooks=notebooks)
        return [(file, call) for file in files for name in names for call in file.calls(name)]

    @cached_property
    def modules(self) -> Modules:
        """Which file of the repository an import means, and what text an expression stands for."""
        return Modules(self.python_files())

    @cached_property
    def _reach(self) -> Reach:
        return Reach(self.modules)

    def reach(self, file: PythonFile, *nodes: ast.AST) -> list[Reached]:
        """The code that `nodes` of a file may run: themselves, then the functions, classes and values that they name.

        A name is followed across files; which branch or method runs is not decided. Start-up code of an application is not
        among what its handlers run.
        """
        return self._reach.run(file, *nodes)

    @cached_property
    def _routes(self) -> tuple[Route, ...]:
        return tuple(routes(self.code(), self.modules))

    def routes(self) -> list[Route]:
        """Every route of the web applications in the group's own code, tests apart."""
        return list(self._routes)

    @cached_property
    def _programs(self) -> tuple[Program, ...]:
        return tuple(programs(self, self.code(), self.modules))

    def programs(self) -> list[Program]:
        """Every Python file of the group that takes a command line, and what it may hold; tests apart."""
        return list(self._programs)

    @cached_property
    def _configs(self) -> tuple[Config, ...]:
        return tuple(configs(self))

    def configs(self) -> list[Config]:
        """Every configuration file of experiments; those of tools, and data, left out."""
        return list(self._configs)

    @cached_property
    def _config_reads(self) -> ConfigReads:
        return ConfigReads(
            self.configs(),
            code=self.code(notebooks=True),
            modules=self.modules,
            commands=self.commands,
            stages=self.dvc.stages,
        )

    def reads(self, config: Config) -> Evidence | None:
        """The code or command that plausibly loads a configuration file; None where none is to be seen."""
        return self._config_reads.of(config)

    @cached_property
    def dvc(self) -> Dvc:
        """DVC's folders, remotes, tracked files and pipelines, wherever they lie; empty without it."""
        return read_dvc(self)

    @cached_property
    def _secrets(self) -> Search:
        return find_secrets(self)

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """Keys, tokens and passwords in files; each says what kind and where, never what."""
        return self._secrets.found

    @property
    def unsearched(self) -> tuple[str, ...]:
        """Files that could not be searched for secrets."""
        return self._secrets.unread

    def redacted(self, data: Any) -> Any:
        """`data`, JSON data or text, without the secrets that were found in files, or that look like one."""
        return without(data, self._secrets.values)

    def lint(self, *rules: str, line_length: int = 120) -> list[LintFinding]:
        """What ruff finds in the group's own code by these rules (`"E"`, `"F401"`); their settings count for nothing."""
        return lint(self.root, [file.path for file in self.code(tests=True)], rules, line_length)

    @cached_property
    def history(self) -> History:
        """Commits, branches, merges and authors."""
        facts = self._facts
        return History(
            facts.get("commits") or (), facts.get("branches") or (), facts.get("history_gaps") or ()
        )
