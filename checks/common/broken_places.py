"""The part of the program of `tests_program` that says where a test broke, as a plugin of pytest.

Of a file that cannot be imported pytest shows the frames of Python's importer, and of a test the line where it stands or the one
in a library. What helps is the innermost line of the project's own files.
"""

#: What stands before the place where a test broke, behind all else that is said of it, and before the project's line in it.
PLACE = "where it broke"
OWN = "the innermost line of the project"

#: It has the names of the program: PLAN, HERE, os, traceback, pytest.
PLUGIN = r'''
class Said(str):
    def toterminal(self, out):
        out.line(self)


class Places:
    """Reports where a test broke, which a traceback of one line leaves out: the innermost frame, and that of the project."""

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item, call):
        made = yield
        said = made.get_result().longrepr
        crash = getattr(said, "reprcrash", None)
        if crash is not None and hasattr(said, "addsection"):
            said.addsection(PLAN["place"], f"{crash.path}:{crash.lineno}: {crash.message[:300]}")
            if call.excinfo is not None and (own := self.own(call.excinfo.value)):
                said.addsection(PLAN["own"], own)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_make_collect_report(self, collector):
        """A file that cannot be imported is said with the frames of Python's importer first: its words go before them."""
        made = yield
        report = made.get_result()
        excinfo = getattr(getattr(report, "call", None), "excinfo", None)
        if excinfo is None or not report.failed:
            return
        problem = excinfo.value.__cause__ if type(excinfo.value).__name__ == "CollectError" else None
        problem = problem or excinfo.value
        words = "".join(traceback.format_exception_only(type(problem), problem)).strip()
        words = words if len(words) < 700 else f"{words[:300]} … {words[-300:]}"
        inner = traceback.extract_tb(problem.__traceback__)[-1:]
        place = "".join(f"{one.filename}:{one.lineno}: {words[:300]}\n" for one in inner)
        whole = f"{words}\n- {PLAN['place']} -\n{place}- {PLAN['own']} -\n{self.own(problem)}\n{report.longrepr}"
        report.longrepr = Said(whole)

    def own(self, problem):
        """`path:line: statement` of the innermost frame in a file of the project."""
        frames = [(one.filename, one.lineno, one.line) for one in traceback.extract_tb(problem.__traceback__)]
        if isinstance(problem, SyntaxError):
            frames.append((problem.filename or "", problem.lineno, problem.text))
        for path, line, text in reversed(frames):
            path = os.path.realpath(path)
            ours = path == os.path.realpath(__file__)
            if path.startswith(HERE + os.sep) and "-packages" + os.sep not in path and not ours:
                return f"{os.path.relpath(path, HERE)}:{line}: {(text or '').strip()[:200]}".replace(os.sep, "/")
        return ""
'''.strip()
