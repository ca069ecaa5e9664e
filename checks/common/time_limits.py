"""The part of the program of `tests_program` that ends what takes too long, as a plugin of pytest: one test, and all of them."""

#: It has the names of the program: PLAN, BEGAN, at, pytest, signal, time.
LIMIT = r'''
class Limit:
    """Stops a test that takes too long, so that it is named and the others run, and runs none after the time of all of them."""

    def left_s(self, path):
        """The seconds of all tests that are left; any number for the test of ours, which takes none."""
        ends = PLAN.get("seconds", float("inf"))
        return float("inf") if str(path) == at(PLAN["tests"][-1]) else BEGAN + ends - time.monotonic()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item):
        if self.left_s(item.path) <= 0:
            item.add_marker(pytest.mark.skip(PLAN["no_time"]))

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_setup(self, item):
        yield from self.limited(item.path)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_call(self, item):
        yield from self.limited(item.path)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_teardown(self, item):
        yield from self.limited(item.path)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_make_collect_report(self, collector):
        # A folder's report is made while those of its files are not: only files run code as they are collected.
        if isinstance(collector, pytest.Module):
            yield from self.limited(collector.path)
        else:
            yield

    def limited(self, path):
        seconds = min(PLAN["most_s"], max(self.left_s(path), 0.1))

        def stop(*_):
            late = f"It did not end in {PLAN['most_s']} seconds."
            pytest.fail(late if seconds == PLAN["most_s"] else PLAN["no_time"], pytrace=False)

        if not hasattr(signal, "setitimer"):
            yield
            return
        signal.signal(signal.SIGALRM, stop)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        yield
        signal.setitimer(signal.ITIMER_REAL, 0)
'''.strip()
