# The two commands of the README. Each sets up what it needs in .venv, from PyPI's usual client.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
ARGS   ?=

# What `make quick` asks: the tests of values and functions, which start no process and no browser.
QUICK  := tests/test_architecture.py tests/test_docs.py tests/contract tests/http tests/result \
          tests/reports tests/plan/test_plan.py tests/plan/test_whole_plan.py tests/plan/test_register.py \
          tests/plan/test_bursts.py tests/cases/generated/test_oracle.py tests/judging/test_declare.py \
          tests/judging/test_expect.py tests/judging/test_flakiness.py tests/judging/test_outcome.py \
          tests/judging/test_shrinking.py tests/run/test_assemble.py tests/run/test_progress.py \
          tests/run/test_selection.py tests/send/test_adaptive_limit.py \
          tests/send/test_barrier.py tests/send/test_retry.py tests/send/test_usage.py \
          tests/evidence/test_log.py tests/target/test_resolution.py tests/target/test_build.py \
          tests/reference/test_catalogue.py
NOT_QUICK := --ignore-glob='*_browser.py' -k 'not another_process and not schemathesis'

# A third of the time is waiting, so there are more workers than cores.
WORKERS = PYTEST_XDIST_AUTO_NUM_WORKERS=$$($(BIN)/python -c 'import os; print(os.cpu_count() * 3 // 2)')
NO_MATRIX := --ignore=tests/test_kill_matrix.py --ignore=tests/test_kill_matrix_tls.py

.PHONY: run test quick lint types unit coverage fuzz hostile matrix matrix-all matrix-tls seeds docs container bench clean

run: $(VENV)/.installed
	@$(BIN)/conformance run $(ARGS)

test: lint types unit matrix

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

# After every edit: seconds.
quick: $(VENV)/.dev
	$(BIN)/ruff check -q .
	$(BIN)/ruff format -q --check .
	$(BIN)/pytest -n auto --dist worksteal -q $(NOT_QUICK) $(QUICK)
	@echo "Left out: types, whole runs, servers, other processes, the browser, the kill matrix: make test"

unit: $(VENV)/.dev
	$(WORKERS) $(BIN)/pytest -n auto --dist worksteal $(NO_MATRIX)

# The unit tests again, more slowly, with the lines and branches that they pass through.
coverage: $(VENV)/.dev
	$(BIN)/pytest -n auto --cov --cov-report=term $(NO_MATRIX)

# Every parser of foreign bytes with drawn bytes, for FUZZ_MINUTES and with seeds of its own; `make test`
# has a short and repeatable selection. It prints the smallest example that fails.
fuzz: $(VENV)/.dev
	$(BIN)/python -m tests.fuzz $${FUZZ_MINUTES:-10}

MATRIX := $(WORKERS) $(BIN)/pytest -n auto --dist worksteal -q

# Each defect of the reference gateway under its requirement, no variant blamed: several minutes. What
# takes longest comes first.
matrix: $(VENV)/.dev
	$(MATRIX) tests/test_kill_matrix_tls.py tests/test_kill_matrix.py

# Everything with many requests in flight, behind each change of the proxy, behind TLS, with twenty
# seeds: an hour. `make matrix` tries a part of these.
matrix-all: $(VENV)/.dev
	CONFORMANCE_MATRIX=all MATRIX_SEEDS=20 $(MATRIX) $$(grep -rl 'from tests.amount' tests --include='test_*.py')

# All defects and variants behind a TLS relay, and the variants behind nginx too.
matrix-tls: $(VENV)/.dev
	CONFORMANCE_MATRIX=all $(MATRIX) tests/test_kill_matrix_tls.py

# The reference gateway alone, with twenty seeds, one request at a time and eight at once.
seeds: $(VENV)/.dev
	MATRIX_SEEDS=20 $(BIN)/pytest -n auto --dist worksteal -q tests/test_kill_matrix.py -k every_seed

# Runs against every hostile server, two at a time, as some of them wait on purpose; `make unit` tries
# a few of them.
hostile: $(VENV)/.dev
	CONFORMANCE_HOSTILE=all $(BIN)/pytest -n 2 --dist worksteal -q tests/hostile

# The documentation as a site in build/site; fails on a link or an anchor that leads nowhere.
docs: $(VENV)/.dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

# Builds the container on a Debian of the package archive and runs it: root, buildah, mmdebstrap, minutes.
container: $(VENV)/.dev
	CONFORMANCE_CONTAINER=1 $(BIN)/pytest -q tests/ci/test_container.py

bench: $(VENV)/.dev
	$(BIN)/python benchmarks/speed.py
	$(BIN)/python -m benchmarks.pytest_mode
	$(BIN)/python -m benchmarks.tls
	$(BIN)/python benchmarks/performance.py $(ARGS)

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 …" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt hatch_build.py | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt hatch_build.py | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .coverage* build dist
