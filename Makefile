# make setup   everything that development needs, in .venv, as locked
# make demo    grade a sample project and show its report
# make test    lint, types, and all tests (Docker and a browser needed)
# make coverage  which lines all tests but the proofs reach, at least 90 %: tracing takes more than a third longer than `make test`
# make fast    the unit tests but those marked `process` or `slow`, with few examples of properties: a few minutes on two cores
# make prove   every suite on its solution, starter, oracles and mutants; fails if docs/suites.md would change
# make bench   what the grader costs beside the bare work, into docs/benchmarks.md and benchmarks.json (Docker and a package index needed)
# make kill    a class of forty in containers, cut off in the middle in four ways; nothing else may run (root, minutes)
# make scale   what scheduling costs a submission in a class of 100,000, on a simulated clock
# make lock    the newest versions into all locks
# make minimums, make newest   the unit tests with the oldest dependencies that pyproject.toml allows, and the newest

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Without the plugin, whose import before coverage starts would hide its lines.
PYTEST := $(BIN)/python -m pytest -p no:grader

LOCK := requirements-dev.lock
# pip's find-links and further indexes are pip's own: uv takes what is locked from its index, by digest.
UV := $(BIN)/uv pip install --quiet --python $(BIN)/python

.PHONY: setup demo test coverage fast lint prove bench kill scale browser lock minimums newest clean

setup: $(VENV)/.done

$(VENV)/.done: pyproject.toml $(LOCK)
	$(PYTHON) -m venv $(VENV)
	sed -n '/^uv==/,/[^\\]$$/p' $(LOCK) > $(VENV)/uv.txt
	$(BIN)/python -m pip install --quiet --require-hashes --requirement $(VENV)/uv.txt
	$(UV) --compile-bytecode --require-hashes --requirements $(LOCK)
	$(UV) --no-deps --no-build-isolation --editable .
	touch $@

demo: setup
	$(BIN)/grader demo

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.architecture

fast: setup
	$(PYTEST) tests/unit -m "not process and not slow" -n 2 --hypothesis-profile=fast

# Debian's Chromium where apt has it, Playwright's own elsewhere.
browser: setup
	command -v chromium >/dev/null || command -v google-chrome >/dev/null || \
	  (apt-get update && apt-get install -y --no-install-recommends chromium) >/dev/null 2>&1 || \
	  $(BIN)/playwright install --with-deps chromium

test: lint browser
	$(BIN)/grader image build
	$(PYTEST) tests -m "not proof and not kill" -n 2 --dist loadfile --hypothesis-profile=ci --durations=15
	$(PYTEST) tests/proofs -n 2 --dist load --maxschedchunk 1 --durations=15

coverage: setup
	rm -f .coverage .coverage.*
	$(PYTEST) tests -m "not proof and not kill" -n 2 --dist loadfile --hypothesis-profile=ci --cov --cov-report=
	$(BIN)/coverage report --skip-covered --fail-under=90

prove: setup
	$(BIN)/grader prove --write docs/suites.md
	git diff --exit-code docs/suites.md

bench: setup
	$(BIN)/python -m tests.bench

kill: setup
	$(PYTEST) tests/kill -x --durations=5

scale: setup
	$(BIN)/python -m tests.bench.scale

lock: setup
	$(BIN)/python -m tests.locks --upgrade
	$(MAKE) setup

# Run-time dependencies alone: the tools of development stay as they resolve beside them.
minimums: RESOLUTION := --resolution lowest-direct
minimums newest: setup
	rm -rf $(VENV)-$@
	$(PYTHON) -m venv $(VENV)-$@
	$(BIN)/uv pip compile --quiet --no-header --python $(VENV)-$@/bin/python $(RESOLUTION) pyproject.toml \
	  --output-file $(VENV)-$@/dependencies.txt
	$(BIN)/uv pip install --quiet --python $(VENV)-$@/bin/python --constraints $(VENV)-$@/dependencies.txt \
	  --editable . --group dev
	$(VENV)-$@/bin/python -m pytest -p no:grader tests/unit -n 2

clean:
	rm -rf $(VENV) $(VENV)-minimums $(VENV)-newest .coverage* .pytest_cache .mypy_cache .ruff_cache demo-report
