# make setup   everything that development needs, in .venv
# make demo    grade a sample project and show its report
# make test    lint, types, and all tests (Docker and a browser needed)
# make fast    the tests that need neither
# make prove   every suite on its solution, starter and mutants
# make bench   what the grader costs beside the bare work

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Without the plugin, whose import before coverage starts would hide its lines.
PYTEST := $(BIN)/python -m pytest -p no:grader

.PHONY: setup demo test fast lint prove bench browser clean

setup: $(VENV)/.done

$(VENV)/.done: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet "uv>=0.5"
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --editable . --group dev
	touch $@

demo: setup
	$(BIN)/grader demo

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict grader

fast: setup
	$(PYTEST) tests/unit -n 2

# Debian's Chromium where apt has it, Playwright's own elsewhere.
browser: setup
	command -v chromium >/dev/null || command -v google-chrome >/dev/null || \
	  (apt-get update && apt-get install -y --no-install-recommends chromium) >/dev/null 2>&1 || \
	  $(BIN)/playwright install --with-deps chromium

test: lint browser
	$(BIN)/grader image build
	rm -f .coverage .coverage.*
	$(PYTEST) tests -n 2 --dist loadfile --cov --cov-report= --durations=15
	$(BIN)/coverage report --skip-covered --fail-under=90

prove: setup
	$(BIN)/grader prove

bench: setup
	$(BIN)/python -m tests.bench

clean:
	rm -rf $(VENV) .coverage* .pytest_cache .mypy_cache .ruff_cache demo-report
