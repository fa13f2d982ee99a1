# What people type. Everything installed goes into .venv, at the versions and hashes of the lock files.

PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin

# The first Python that is new enough; PYTHON=/path/to/python chooses another.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

# Tests start processes by the dozen: each would compile the portal anew where nobody may keep bytecode.
# A worker that dies ends the run: one that takes its place would wait for ever for its second test.
PYTEST := PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n 2 --dist loadgroup --max-worker-restart 0 --durations 10

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo run test check bench faults lock

help:
	@echo "make demo     try the portal with invented schools on http://127.0.0.1:$(PORT)/ (PORT= changes it)"
	@echo "make setup    install the portal into $(VENV)"
	@echo "make run      serve the portal with the settings of the environment (README.md, Settings)"
	@echo "make test     run the tests, and name the ten slowest (ARGS= goes to pytest)"
	@echo "make check    linters, formatting, types, advisories, tests: what has to pass"
	@echo "make bench    measure (PART= chooses one: pages, job, throughput, register, qualified, loading, letters, month, desks, doors, passwords, backup, purging, paper)"
	@echo "make faults   people work while processes, locks, connections and the disk break (SEED=, SECONDS=)"
	@echo "make lock     choose newer versions of the dependencies"

setup: $(VENV)/.installed

setup-dev: $(VENV)/.installed-dev

demo: setup
	@PORT=$(PORT) $(BIN)/portal demo

run: setup
	@$(BIN)/portal db upgrade
	@PORT=$(PORT) $(BIN)/gunicorn wsgi:app

test: setup-dev
	@$(PYTEST) $(ARGS)

check: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python .ci/advisories.py
	$(PYTEST) $(ARGS)

bench: setup-dev
	@$(BIN)/python -m bench $(PART)

faults: setup-dev
	@$(BIN)/python -m tests.faults $(if $(SEED),--seed $(SEED)) $(if $(SECONDS),--seconds $(SECONDS))

$(VENV)/.installed: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing the locked dependencies into $(VENV)…"
	@$(PIP) install --require-hashes --requirement requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@echo "Installing what the tests need…"
	@$(PIP) install --require-hashes --requirement requirements-dev.lock
	@touch $@

$(BIN)/python:
	@test -n "$(PYTHON)" || { \
		echo "The portal needs Python 3.11 or newer, and none was found."; \
		echo "Install one (Debian, Ubuntu: sudo apt install python3 python3-venv), or name one: make PYTHON=/path/to/python3"; \
		exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) is older than Python 3.11, which the portal needs. Name another: make PYTHON=/path/to/python3"; \
		exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "This Python cannot make a virtual environment. Install what is missing: sudo apt install python3-venv"; \
		exit 1; }
	@$(PYTHON) -m venv --clear $(VENV)

# requirements.lock is what serves; requirements-dev.lock adds what tests. Both hold for every Python from 3.11 on.
# pip stays as it came with Python: what installs is not exchanged while it installs.
UV := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --extra build
lock: setup-dev
	@$(PIP) install uv
	$(UV) pyproject.toml --output-file requirements.lock
	$(UV) --extra dev --constraint requirements.lock --no-emit-package pip pyproject.toml --output-file requirements-dev.lock
